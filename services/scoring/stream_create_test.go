package scoring_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	rpcstatus "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// stream sends leads, some in each message, and reads the answers as they come.
func (b *bundle) stream(t *testing.T, perMessage int, requests ...*scoringv1.CreateLeadRequest) []*scoringv1.StreamCreateLeadsResponse_Result {
	t.Helper()
	stream, err := b.StreamCreateLeads(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	sent := make(chan error, 1)
	go func() {
		for some := range slices.Chunk(requests, perMessage) {
			if err := stream.Send(&scoringv1.StreamCreateLeadsRequest{Requests: some}); err != nil {
				sent <- err
				return
			}
		}
		sent <- stream.CloseSend()
	}()
	var results []*scoringv1.StreamCreateLeadsResponse_Result
	for {
		resp, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, resp.GetResults()...)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
	return results
}

func TestAStreamOfLeadsIsAnsweredLeadByLead(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		var requests []*scoringv1.CreateLeadRequest
		for i := range 1200 {
			requests = append(requests, &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "crm", SourceId: fmt.Sprint(i), Title: "VP", Email: fmt.Sprintf("p%d@initech.example", i)},
				Engagements: []*scoringv1.Engagement{b.demo(fmt.Sprint(i))}})
		}
		wrong := map[int]string{ // the field
			3: "lead.source_id", 4: "lead.email", 5: "lead.source", 6: "lead.country", 7: "engagements[0].type", 8: "lead", 1199: "lead.source_id",
		}
		requests[3].Lead.SourceId, requests[1199].Lead.SourceId = "", ""
		requests[4].Lead.Email = "nobody"
		requests[5].Lead.Source = "No Source"
		requests[6].Lead.Country = strings.Repeat("x", 101)
		requests[7].Engagements[0].Type = "no type"
		requests[8].Lead = nil
		for round, perMessage := range []int{500, 7} { // the second time nothing is new
			results := b.stream(t, perMessage, requests...)
			if len(results) != len(requests) {
				t.Fatalf("round %d: %d answers", round, len(results))
			}
			for i, got := range results {
				field, refused := wrong[i]
				switch {
				case got.GetIndex() != int64(i):
					t.Errorf("answer %d has the index %d", i, got.GetIndex())
				case refused && (codes.Code(got.GetError().GetCode()) != codes.InvalidArgument || !strings.Contains(fmt.Sprint(got.GetError()), fmt.Sprintf("field:%q", field))):
					t.Errorf("answer %d is %v, want one about %s", i, got, field)
				case !refused && got.GetLead().GetQualification() != scoringv1.Lead_QUALIFICATION_MQL:
					t.Errorf("answer %d is %v", i, got)
				}
			}
			if n := len(b.qualified(t)); n != len(requests)-len(wrong) {
				t.Errorf("round %d: %d qualified", round, n)
			}
		}
	})
}

func TestALeadOfAStreamIsRefusedAsAloneAndTakenAsAlone(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		for name, req := range map[string]*scoringv1.CreateLeadRequest{
			"right":      {Lead: &scoringv1.Lead{Source: "crm", SourceId: "1", Email: "ann@initech.example"}},
			"no lead":    {},
			"bad source": {Lead: &scoringv1.Lead{Source: "No Source", SourceId: "1"}},
			"bad e-mail": {Lead: &scoringv1.Lead{Source: "crm", SourceId: "2", Email: "nobody"}},
		} {
			got := b.stream(t, 1, req)[0]
			lead, err := b.CreateLead(b.ctx, req)
			want := &scoringv1.StreamCreateLeadsResponse_Result{Outcome: &scoringv1.StreamCreateLeadsResponse_Result_Lead{Lead: lead}}
			if err != nil {
				want.Outcome = &scoringv1.StreamCreateLeadsResponse_Result_Error{Error: status.Convert(err).Proto()}
			}
			// A client of another service words the message anew.
			if diff := cmp.Diff(want, got, protocmp.Transform(), protocmp.IgnoreFields(&rpcstatus.Status{}, "message")); diff != "" {
				t.Errorf("%s: alone and in a stream (-alone +stream):\n%s", name, diff)
			}
		}
	})
}

func TestAnEmptyStreamAndOneOfAStranger(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		if results := b.stream(t, 1); len(results) != 0 {
			t.Errorf("answers to nothing: %v", results)
		}
		stream, err := b.StreamCreateLeads(roomtest.As(t.Context(), "joe", accessv1.Role_ROLE_SALES_REP))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := stream.Recv(); status.Code(err) != codes.PermissionDenied {
			t.Errorf("a rep's stream: %v", err)
		}
	})
}
