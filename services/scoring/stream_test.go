package scoring_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// stream sends leads and reads all answers.
func (b *bundle) stream(t *testing.T, requests ...*scoringv1.CreateLeadRequest) (outcomes []*scoringv1.StreamLeadsResponse_Outcome, last *scoringv1.StreamLeadsResponse) {
	t.Helper()
	stream, err := b.StreamLeads(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	sent := make(chan error, 1)
	go func() {
		for _, req := range requests {
			if err := stream.Send(&scoringv1.StreamLeadsRequest{Request: req}); err != nil {
				sent <- err
				return
			}
		}
		sent <- stream.CloseSend()
	}()
	for {
		resp, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		last = resp
		outcomes = append(outcomes, resp.GetOutcomes()...)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
	return outcomes, last
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
		wrong := map[int]string{
			3:    "lead.source_id: is required",
			4:    "lead.email: is not an e-mail address",
			5:    "lead.source: ",
			6:    "lead.country: ",
			7:    "engagements[0].type: ",
			1199: "lead.source_id: is required",
		}
		requests[3].Lead.SourceId, requests[1199].Lead.SourceId = "", ""
		requests[4].Lead.Email = "nobody"
		requests[5].Lead.Source = "No Source"
		requests[6].Lead.Country = strings.Repeat("x", 101)
		requests[7].Engagements[0].Type = "no type"
		for round := range 2 { // the second time nothing is new
			outcomes, last := b.stream(t, requests...)
			if len(outcomes) != len(requests) || last.GetTakenCount() != 1194 || last.GetRefusedCount() != 6 {
				t.Fatalf("round %d: %d answers, the last counts %d and %d", round, len(outcomes), last.GetTakenCount(), last.GetRefusedCount())
			}
			for i, o := range outcomes {
				problem, refused := wrong[i]
				if o.GetIndex() != int64(i) || (o.GetLead() == "") != refused || refused && (len(o.GetProblems()) == 0 || !strings.HasPrefix(o.GetProblems()[0], problem)) {
					t.Errorf("answer %d is %v, want the problem %q", i, o, problem)
				}
				if !refused && o.GetQualification() != scoringv1.Lead_QUALIFICATION_MQL {
					t.Errorf("answer %d is %v", i, o)
				}
			}
			if n := len(b.qualified(t)); n != 1194 {
				t.Errorf("round %d: %d qualified", round, n)
			}
		}
	})
}

func TestAnEmptyStreamAndOneOfAStranger(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		if outcomes, last := b.stream(t); len(outcomes) != 0 || last != nil {
			t.Errorf("answers to nothing: %v", outcomes)
		}
		stream, err := b.StreamLeads(roomtest.As(t.Context(), "joe", accessv1.Role_ROLE_SALES_REP))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := stream.Recv(); status.Code(err) != codes.PermissionDenied {
			t.Errorf("a rep's stream: %v", err)
		}
	})
}
