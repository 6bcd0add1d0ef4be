package scoring_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	rpcstatus "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// whatIfs are leads of all sorts; each third is one that cannot be scored.
func (b *bundle) whatIfs(n int) []*scoringv1.ScoreLeadRequest {
	requests := make([]*scoringv1.ScoreLeadRequest, n)
	for i := range requests {
		requests[i] = &scoringv1.ScoreLeadRequest{
			Lead:        &scoringv1.Lead{Email: fmt.Sprintf("ann%d@initech.example", i), Title: "VP Sales"},
			Account:     &scoringv1.Account{Domains: []string{"initech.example"}, Industry: "software", Employees: proto.Int64(int64(100 * i))},
			Engagements: []*scoringv1.Engagement{b.engagement(fmt.Sprint(i), "form_submit"), b.engagement(fmt.Sprint("p", i), "page_view")},
			AsOfTime:    timestamppb.New(b.Clock.Now()),
		}
		switch i % 6 {
		case 2:
			requests[i].Lead = nil
		case 5:
			requests[i].Lead.Email = "nobody"
		}
	}
	return requests
}

func TestAStreamAnswersAsSingleCallsDo(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		requests := b.whatIfs(30)
		stream, err := b.StreamScoreLeads(b.ctx)
		if err != nil {
			t.Fatal(err)
		}
		index := 0
		for _, some := range [][]*scoringv1.ScoreLeadRequest{requests[:1], requests[1:20], requests[20:]} {
			if err := stream.Send(&scoringv1.StreamScoreLeadsRequest{Requests: some}); err != nil {
				t.Fatal(err)
			}
			answer, err := stream.Recv()
			if err != nil {
				t.Fatal(err)
			}
			if len(answer.GetResults()) != len(some) {
				t.Fatalf("%d answers to %d what-ifs", len(answer.GetResults()), len(some))
			}
			for i, result := range answer.GetResults() {
				b.sameAsAlone(t, some[i], result)
				if result.GetIndex() != int64(index) {
					t.Errorf("answer %d has the index %d", index, result.GetIndex())
				}
				index++
			}
		}
		if err := stream.CloseSend(); err != nil {
			t.Fatal(err)
		}
		if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
			t.Errorf("the stream ends with %v", err)
		}
	})
}

func (b *bundle) sameAsAlone(t *testing.T, req *scoringv1.ScoreLeadRequest, got *scoringv1.StreamScoreLeadsResponse_Result) {
	t.Helper()
	score, err := b.ScoreLead(b.ctx, req)
	want := &scoringv1.StreamScoreLeadsResponse_Result{Index: got.GetIndex(), Outcome: &scoringv1.StreamScoreLeadsResponse_Result_Score{Score: score}}
	if err != nil {
		want.Outcome = &scoringv1.StreamScoreLeadsResponse_Result_Error{Error: status.Convert(err).Proto()}
	}
	// A client of another service words the message anew.
	if diff := cmp.Diff(want, got, protocmp.Transform(), protocmp.IgnoreFields(&rpcstatus.Status{}, "message")); diff != "" {
		t.Errorf("%v: alone and in a stream (-alone +stream):\n%s", req.GetLead(), diff)
	}
}

func TestAStreamRefusesAsSingleCallsDo(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.refuses(t, "no playbook", accessv1.Role_ROLE_MARKETING, b.whatIfs(1), codes.FailedPrecondition, "no playbook is active")
		b.start(t)
		b.refuses(t, "not their role", accessv1.Role_ROLE_SALES_REP, b.whatIfs(1), codes.PermissionDenied, "roles")
		b.refuses(t, "nothing", accessv1.Role_ROLE_MARKETING, nil, codes.InvalidArgument, "requests")
		b.refuses(t, "too many", accessv1.Role_ROLE_MARKETING, b.whatIfs(101), codes.InvalidArgument, "requests")
	})
}

func (b *bundle) refuses(t *testing.T, name string, role accessv1.Role, requests []*scoringv1.ScoreLeadRequest, want codes.Code, about string) {
	t.Helper()
	stream, err := b.StreamScoreLeads(roomtest.As(t.Context(), "mara", role))
	if err != nil {
		t.Fatal(err)
	}
	_ = stream.Send(&scoringv1.StreamScoreLeadsRequest{Requests: requests}) // the answer says why not
	_, err = stream.Recv()
	if status.Code(err) != want || !strings.Contains(fmt.Sprint(status.Convert(err).Proto()), about) {
		t.Errorf("%s: got %v, want %v about %s", name, err, want, about)
	}
}

func TestAStreamEndsWithItsCaller(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		ctx, cancel := context.WithCancel(b.ctx)
		stream, err := b.StreamScoreLeads(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := stream.Send(&scoringv1.StreamScoreLeadsRequest{Requests: b.whatIfs(1)}); err != nil {
			t.Fatal(err)
		}
		if _, err := stream.Recv(); err != nil {
			t.Fatal(err)
		}
		cancel()
		if _, err := stream.Recv(); status.Code(err) != codes.Canceled {
			t.Errorf("got %v, want CANCELLED", err)
		}
	})
}
