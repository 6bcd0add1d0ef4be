package routing_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

const (
	badBudget = playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_BUDGET
	badData   = playbookv1.RejectionReason_REJECTION_REASON_BAD_DATA
	duplicate = playbookv1.RejectionReason_REJECTION_REASON_DUPLICATE
)

// ruling is that the dispute over a rejection ended so that another reason counts.
func (b *bundle) ruling(name string, before, after playbookv1.RejectionReason) *eventv1.Event {
	ruling := feedbackv1.Dispute_RULING_RECLASSIFIED
	switch after {
	case before:
		ruling = feedbackv1.Dispute_RULING_UPHELD
	case 0:
		ruling = feedbackv1.Dispute_RULING_OVERTURNED
	}
	return &eventv1.Event{Handoff: name, Payload: &eventv1.Event_DisputeResolved{DisputeResolved: &eventv1.DisputeResolved{
		Dispute: name + "/disputes/reject-1", Handoff: name, Assignment: 1, Step: routingv1.Step_STEP_REJECT, Ruling: ruling,
		ReasonBefore: before, ReasonAfter: after, ResolveTime: timestamppb.New(b.Clock.Now())}}}
}

func (b *bundle) rejects(t *testing.T, name string, reason playbookv1.RejectionReason) {
	t.Helper()
	rep := b.handoff(t, name).GetRep()
	if _, err := b.client.AdvanceHandoff(as(t, rep[len("reps/"):]), &routingv1.AdvanceHandoffRequest{Name: name, Assignment: 1,
		Step: routingv1.Step_STEP_REJECT, Reason: reason}); err != nil {
		t.Fatal(err)
	}
}

func TestTheReasonThatCountsInTheEndDecidesWhetherATurnCounts(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for i, test := range []struct {
			before, after playbookv1.RejectionReason
			acts          []string
			counts        bool
		}{
			{badData, badData, []string{"TAKEN_BACK BAD_DATA"}, false},
			{badData, 0, []string{"TAKEN_BACK BAD_DATA", "GIVEN_AGAIN DISPUTED"}, true},
			{duplicate, badBudget, []string{"TAKEN_BACK DUPLICATE", "GIVEN_AGAIN DISPUTED"}, true},
			{badData, duplicate, []string{"TAKEN_BACK BAD_DATA"}, false},
			{badBudget, badData, []string{"TAKEN_BACK BAD_DATA"}, false},
			{badBudget, duplicate, []string{"TAKEN_BACK DUPLICATE"}, false},
			{badBudget, 0, nil, true},
			{badBudget, badBudget, nil, true},
		} {
			what := fmt.Sprintf("%d: %v, then %v", i, test.before, test.after)
			b.rep(t, fmt.Sprint("ann", i))
			b.rep(t, fmt.Sprint("bob", i))
			if i == 0 {
				b.pool(t, "velocity", "ann0", "bob0")
			} else { // everybody is new, and nobody has had a turn
				b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Members: []*routingv1.PoolMember{{Rep: fmt.Sprint("reps/ann", i)}, {Rep: fmt.Sprint("reps/bob", i)}}}, "members")
			}
			name := b.qualify(t)
			b.rejects(t, name, test.before)
			b.Clock.Set(b.Clock.Now().Add(time.Minute))
			b.Tell(t, eventlog.Feedback, b.ruling(name, test.before, test.after))
			entries := b.entries(t, "velocity")
			last := entries[len(entries)-1]
			var acts []string
			for _, a := range last.GetActs() {
				acts = append(acts, a.GetKind().String()[len("KIND_"):]+" "+a.GetReason().String()[len("CREDIT_REASON_"):])
				if a.GetActor() == "" || a.GetActTime() == nil {
					t.Errorf("%s: nobody did %v", what, a)
				}
			}
			if diff := cmp.Diff(test.acts, acts); diff != "" || (last.GetCredit() == nil) != test.counts {
				t.Errorf("%s: counts %v; acts (-want +got):\n%s", what, last.GetCredit() == nil, diff)
			}
			var turns int64
			for _, n := range b.turns(t, "velocity") {
				turns += n
			}
			if (turns == 1) != test.counts {
				t.Errorf("%s: %d turns", what, turns)
			}
			b.checkBooks(t)
			b.checkLedgers(t)
		}
	})
}

func TestATurnThatPeopleTookBackStaysSoWhateverADisputeSays(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.pool(t, "velocity", "ann")
		name := b.qualify(t)
		b.rejects(t, name, badBudget)
		if _, err := b.client.CreditTurn(revops(t), &routingv1.CreditTurnRequest{Name: name, Assignment: 1,
			Reason: routingv1.CreditReason_CREDIT_REASON_MISROUTED}); err != nil {
			t.Fatal(err)
		}
		b.Tell(t, eventlog.Feedback, b.ruling(name, badData, 0))
		if entry := b.entries(t, "velocity")[0]; entry.GetCredit().GetReason() != routingv1.CreditReason_CREDIT_REASON_MISROUTED || len(entry.GetActs()) != 1 {
			t.Errorf("got %v", entry)
		}
		b.checkBooks(t)
	})
}

func TestARulingAfterTheRepHasLeftThePoolKeepsTheLedgerBalanced(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob")
		b.pool(t, "velocity", "ann", "bob")
		name := b.qualify(t)
		had := b.handoff(t, name).GetRep()
		b.rejects(t, name, badData)
		stays := map[string]string{"reps/ann": "reps/bob", "reps/bob": "reps/ann"}[had]
		b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Members: []*routingv1.PoolMember{{Rep: stays}}}, "members")
		b.Tell(t, eventlog.Feedback, b.ruling(name, badData, 0))
		if entry := b.entries(t, "velocity")[0]; entry.GetCredit() != nil {
			t.Errorf("it is not given again: %v", entry)
		}
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// TestWhenARulingComesMakesNoDifference: before the handoff is known, before it is answered, or after.
func TestWhenARulingComesMakesNoDifference(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.pool(t, "velocity", "ann")
		for early, before := range []playbookv1.RejectionReason{badData, badData, badData, badBudget, badBudget, badBudget} {
			after := map[playbookv1.RejectionReason]playbookv1.RejectionReason{badData: 0, badBudget: duplicate}[before]
			lead := b.lead()
			name := lead.GetHandoff()
			tell := func(when int) {
				if when == early%3 {
					b.Tell(t, eventlog.Feedback, b.ruling(name, before, after))
				}
			}
			tell(0)
			b.Tell(t, eventlog.Scoring, lead)
			tell(1)
			b.rejects(t, name, before)
			tell(2)
			entries := b.entries(t, "velocity")
			if last := entries[len(entries)-1]; (last.GetCredit() == nil) != (after == 0) {
				t.Errorf("%d, %v and then %v: %v", early, before, after, last)
			}
			b.checkBooks(t)
			b.checkLedgers(t)
		}
	})
}
