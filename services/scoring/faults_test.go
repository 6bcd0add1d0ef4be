package scoring_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// wantFault fails the test unless a call was refused with a code and a reason, and names the fields at fault if any are given.
func wantFault(t testing.TB, err error, code codes.Code, reason string, fields ...string) {
	t.Helper()
	st := status.Convert(err)
	var gotReason string
	var gotFields []string
	for _, detail := range st.Details() {
		switch d := detail.(type) {
		case *errdetails.ErrorInfo:
			gotReason = d.GetReason()
		case *errdetails.BadRequest:
			for _, v := range d.GetFieldViolations() {
				gotFields = append(gotFields, v.GetField())
			}
		}
	}
	if st.Code() != code || gotReason != reason {
		t.Errorf("got %v %s (%v), want %v %s", st.Code(), gotReason, err, code, reason)
	}
	if diff := cmp.Diff(fields, gotFields); fields != nil && diff != "" {
		t.Errorf("fields at fault (-want +got):\n%s", diff)
	}
}

// update changes a lead as a person.
func (b *bundle) update(t testing.TB, lead *scoringv1.Lead) *scoringv1.Lead {
	t.Helper()
	updated, err := b.UpdateLead(b.ctx, &scoringv1.UpdateLeadRequest{Lead: lead})
	if err != nil {
		t.Fatal(err)
	}
	return updated
}

// list replaces a reference list and does what follows.
func (b *bundle) list(t testing.TB, name string, values ...string) {
	t.Helper()
	revops := roomtest.As(t.Context(), "rita", accessv1.Role_ROLE_REVOPS)
	_, err := b.UpdateReferenceList(revops, &scoringv1.UpdateReferenceListRequest{ReferenceList: &scoringv1.ReferenceList{Name: "referenceLists/" + name, Values: values}})
	if err != nil {
		t.Fatal(err)
	}
	b.drain(t)
}

// deal is what attribution tells of an opportunity.
func (b *bundle) deal(t testing.TB, id, account, owner string, state attributionv1.Opportunity_State) {
	t.Helper()
	o := &attributionv1.Opportunity{Name: "opportunities/" + strings.Repeat("0", 31) + id, Account: account, Owner: owner, State: state,
		OpenTime: timestamppb.New(b.Clock.Now())}
	e := &eventv1.Event{Subject: o.GetName(), Payload: &eventv1.Event_OpportunityChanged{OpportunityChanged: &eventv1.OpportunityChanged{Opportunity: o}}}
	if state == attributionv1.Opportunity_STATE_WON || state == attributionv1.Opportunity_STATE_LOST {
		e.Payload = &eventv1.Event_OpportunityClosed{OpportunityClosed: &eventv1.OpportunityClosed{Opportunity: o}}
	}
	b.Tell(t, eventlog.Attribution, e)
}
