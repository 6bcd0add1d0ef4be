package routing_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// duo is a pool of two, with a lead that one of them has.
func duo(t *testing.T, b *bundle) (name, assignee, other string) {
	t.Helper()
	b.rep(t, "ann")
	b.rep(t, "bob")
	b.pool(t, "velocity", "ann", "bob")
	name = b.qualify(t)
	if b.handoff(t, name).GetRep() == "reps/ann" {
		return name, "ann", "bob"
	}
	return name, "bob", "ann"
}

func TestHowAHandoffEnds(t *testing.T) {
	const (
		accept, reject   = routingv1.Step_STEP_ACCEPT, routingv1.Step_STEP_REJECT
		recycle, dispose = routingv1.Step_STEP_RECYCLE, routingv1.Step_STEP_DISPOSE
	)
	for _, tc := range []struct {
		name    string
		steps   []*routingv1.AdvanceHandoffRequest
		outcome routingv1.Handoff_Outcome
		told    []string
	}{
		{"disqualified by its reason", []*routingv1.AdvanceHandoffRequest{{Step: reject, Reason: playbookv1.RejectionReason_REJECTION_REASON_COMPETITOR}},
			routingv1.Handoff_OUTCOME_DISQUALIFIED, []string{"handoff_rejected", "handoff_closed"}},
		{"too early", []*routingv1.AdvanceHandoffRequest{{Step: reject, Reason: playbookv1.RejectionReason_REJECTION_REASON_NOT_READY}},
			routingv1.Handoff_OUTCOME_RECYCLED, []string{"handoff_rejected", "handoff_closed"}},
		{"recycled before it was accepted", []*routingv1.AdvanceHandoffRequest{{Step: recycle}},
			routingv1.Handoff_OUTCOME_RECYCLED, []string{"handoff_closed"}},
		{"recycled after it was accepted", []*routingv1.AdvanceHandoffRequest{{Step: accept}, {Step: recycle}},
			routingv1.Handoff_OUTCOME_RECYCLED, []string{"handoff_accepted", "handoff_closed"}},
		{"sales-qualified", []*routingv1.AdvanceHandoffRequest{{Step: accept}, {Step: dispose, Outcome: routingv1.Handoff_OUTCOME_SQL}},
			routingv1.Handoff_OUTCOME_SQL, []string{"handoff_accepted", "handoff_closed"}},
		{"back to nurture", []*routingv1.AdvanceHandoffRequest{{Step: accept}, {Step: dispose, Outcome: routingv1.Handoff_OUTCOME_NURTURE}},
			routingv1.Handoff_OUTCOME_NURTURE, []string{"handoff_accepted", "handoff_closed"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				name, rep, _ := duo(t, b)
				var h *routingv1.Handoff
				for _, step := range tc.steps {
					step.Name, step.Assignment = name, 1
					var err error
					if h, err = b.client.AdvanceHandoff(as(t, rep), step); err != nil {
						t.Fatal(err)
					}
				}
				if h.GetState() != routingv1.Handoff_STATE_CLOSED || h.GetOutcome() != tc.outcome || h.GetRep() != "reps/"+rep {
					t.Errorf("got %v with %v by %s", h.GetState(), h.GetOutcome(), h.GetRep())
				}
				if diff := cmp.Diff(b.handoff(t, name), h, protocmp.Transform()); diff != "" {
					t.Errorf("the answer is not what is stored (-stored +answer):\n%s", diff)
				}
				if got := b.openCount(t, rep); got != 0 {
					t.Errorf("%s still has %d open", rep, got)
				}
				if diff := cmp.Diff(append([]string{"handoff_opened", "handoff_assigned"}, tc.told...), b.toldOf(t, name)); diff != "" {
					t.Errorf("told (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestADeclineGivesTheLeadToTheNextAndSpendsTheTurn(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		name, rep, other := duo(t, b)
		h := b.advanced(t, rep, name, 1, routingv1.Step_STEP_DECLINE)
		if h.GetRep() != "reps/"+other || h.GetAssignment() != 2 || h.GetState() != routingv1.Handoff_STATE_ASSIGNED {
			t.Errorf("got %v of %s, assignment %d", h.GetState(), h.GetRep(), h.GetAssignment())
		}
		for _, a := range b.ledger(t, "velocity").GetAccounts() {
			if a.GetAssignedCount() != 1 {
				t.Errorf("%s was counted %d leads, want the turn that was spent", a.GetRep(), a.GetAssignedCount())
			}
		}
		h = b.advanced(t, other, name, 2, routingv1.Step_STEP_DECLINE)
		if h.GetState() != routingv1.Handoff_STATE_HELD || h.GetHold().GetReason() != routingv1.Hold_REASON_EVERYBODY_DECLINED || h.GetRep() != "" {
			t.Errorf("got %v, %v", h.GetState(), h.GetHold())
		}
		want := []string{"handoff_opened", "handoff_assigned", "handoff_declined", "handoff_assigned", "handoff_declined", "handoff_held"}
		if diff := cmp.Diff(want, b.toldOf(t, name)); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

func (b *bundle) ledger(t *testing.T, pool string) *routingv1.FairnessLedger {
	t.Helper()
	l, err := b.client.GetFairnessLedger(revops(t), &routingv1.GetFairnessLedgerRequest{Name: "pools/" + pool + "/ledger"})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestATurnComesBackOnlyForALeadThatWasNone(t *testing.T) {
	for reason, want := range map[playbookv1.RejectionReason]int64{
		playbookv1.RejectionReason_REJECTION_REASON_DUPLICATE:            0,
		playbookv1.RejectionReason_REJECTION_REASON_BAD_DATA:             0,
		playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC: 1,
		playbookv1.RejectionReason_REJECTION_REASON_NOT_READY:            1,
	} {
		t.Run(reason.String(), func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				name, rep, _ := duo(t, b)
				req := &routingv1.AdvanceHandoffRequest{Name: name, Assignment: 1, Step: routingv1.Step_STEP_REJECT, Reason: reason}
				for range 2 { // the second time changes nothing
					if _, err := b.client.AdvanceHandoff(as(t, rep), req); err != nil {
						t.Fatal(err)
					}
				}
				for _, a := range b.ledger(t, "velocity").GetAccounts() {
					got := a.GetAssignedCount()
					if a.GetRep() == "reps/"+rep && got != want || a.GetRep() != "reps/"+rep && got != 0 {
						t.Errorf("%s: got %d", a.GetRep(), got)
					}
					if want == 0 && a.GetDeficitNanos() != 0 {
						t.Errorf("%s: got deficit %d after the turn was taken back", a.GetRep(), a.GetDeficitNanos())
					}
				}
			})
		})
	}
}

func TestAManagerAnswersForTheAssignee(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		name, rep, other := duo(t, b)
		manager := roomtest.As(t.Context(), "mia", accessv1.Role_ROLE_SALES_MANAGER)
		if _, err := b.answer(manager, name, 1, routingv1.Step_STEP_DECLINE); err != nil {
			t.Fatal(err)
		}
		declined := lastDeclined(t, b)
		if declined != "reps/"+rep {
			t.Errorf("the decline is %s's, want %s's", declined, rep)
		}
		b.assignedTo(t, name, other)
		_, err := b.answer(manager, name, 1, routingv1.Step_STEP_ACCEPT)
		if got := refusalOf(err).reason; got != "ASSIGNMENT_SUPERSEDED" {
			t.Errorf("got %v", err)
		}
		b.pool(t, "enterprise")
		held := b.qualify(t, target)
		_, err = b.answer(manager, held, 1, routingv1.Step_STEP_ACCEPT)
		if got := refusalOf(err).reason; got != "STATE_CONFLICT" {
			t.Errorf("of what nobody has: got %v", err)
		}
	})
}

func TestARepeatedRequestHasOneEffect(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		name, rep, _ := duo(t, b)
		req := &routingv1.AdvanceHandoffRequest{Name: name, Assignment: 1, Step: routingv1.Step_STEP_DECLINE,
			RequestId: "0197aa10-0000-4000-8000-000000000001"}
		first, err := b.client.AdvanceHandoff(as(t, rep), req)
		if err != nil {
			t.Fatal(err)
		}
		before := b.ledger(t, "velocity")
		again, err := b.client.AdvanceHandoff(as(t, rep), req)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, again, protocmp.Transform()); diff != "" {
			t.Errorf("another answer (-first +again):\n%s", diff)
		}
		if diff := cmp.Diff(before, b.ledger(t, "velocity"), protocmp.Transform()); diff != "" {
			t.Errorf("it cost a turn (-before +after):\n%s", diff)
		}
	})
}

func lastDeclined(t *testing.T, b *bundle) string {
	t.Helper()
	for _, e := range b.Told(t) {
		if d := e.GetHandoffDeclined(); d != nil {
			return d.GetRep()
		}
	}
	return ""
}
