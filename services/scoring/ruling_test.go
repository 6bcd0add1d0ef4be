package scoring_test

import (
	"fmt"
	"testing"
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

func TestWhomSalesShouldHaveKeptComesBackAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		lead := b.fitting(t)
		b.close(t, lead, routingv1.Handoff_OUTCOME_DISQUALIFIED, routingv1.Step_STEP_REJECT)
		b.pass(time.Hour)
		b.rule(t, lead, 0)
		got := b.get(t, lead.GetName())
		if got.GetCycle() != 2 || got.GetHandoff() == lead.GetHandoff() || len(b.qualified(t)) != 2 {
			t.Fatalf("the lead did not come back: cycle %d, %s", got.GetCycle(), got.GetHandoff())
		}
		b.rule(t, lead, 0) // of the handoff before, which is over for the lead
		if again := b.get(t, lead.GetName()); again.GetCycle() != 2 {
			t.Errorf("a ruling on another handoff brought it back again: cycle %d", again.GetCycle())
		}
	})
}

func TestAnotherReasonIsAnotherOutcome(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		lead := b.fitting(t)
		b.close(t, lead, routingv1.Handoff_OUTCOME_DISQUALIFIED, routingv1.Step_STEP_REJECT)
		b.pass(time.Hour)
		b.rule(t, lead, playbookv1.RejectionReason_REJECTION_REASON_NOT_READY)
		if got := b.get(t, lead.GetName()); got.GetCycle() != 1 {
			t.Fatalf("it came back without doing anything: cycle %d", got.GetCycle())
		}
		b.pass(400 * day)
		b.record(t, by(lead, b.demo("new")))
		if got := b.get(t, lead.GetName()); got.GetCycle() != 2 {
			t.Errorf("as not ready it does not come back: cycle %d", got.GetCycle())
		}
	})
}

func TestAReasonThatKeepsALeadAwayDoesSoHoweverItEnded(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		lead := b.fitting(t)
		b.close(t, lead, routingv1.Handoff_OUTCOME_RECYCLED, routingv1.Step_STEP_REJECT)
		b.rule(t, lead, playbookv1.RejectionReason_REJECTION_REASON_BAD_DATA)
		b.pass(400 * day)
		b.record(t, by(lead, b.demo("new")))
		if got := b.get(t, lead.GetName()); got.GetCycle() != 1 {
			t.Errorf("with bad data it comes back: cycle %d", got.GetCycle())
		}
	})
}

// TestARulingMayBeHeardOfBeforeTheEnd: two services tell of them, and nothing orders what these tell.
func TestARulingMayBeHeardOfBeforeTheEnd(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		for i, reason := range []playbookv1.RejectionReason{0, playbookv1.RejectionReason_REJECTION_REASON_NOT_READY} {
			for first := range 2 {
				id := fmt.Sprintf("p%d%d", i, first)
				engagements := []*scoringv1.Engagement{b.demo(id)}
				for n := range 6 {
					engagements = append(engagements, b.engagement(fmt.Sprint(id, n), "content_download"))
				}
				lead := b.lead(t, id+"@initech.example", engagements...)
				if lead.GetHandoff() == "" {
					t.Fatalf("the lead is %v with %v", lead.GetQualification(), lead.GetScore())
				}
				tell := []func(){
					func() { b.close(t, lead, routingv1.Handoff_OUTCOME_DISQUALIFIED, routingv1.Step_STEP_REJECT) },
					func() { b.rule(t, lead, reason) },
				}
				tell[first]()
				tell[1-first]()
				b.drain(t)
				want := int32(2)
				if reason != 0 {
					want = 1
				}
				if got := b.get(t, lead.GetName()); got.GetCycle() != want {
					t.Errorf("%v, told %d first: cycle %d, want %d", reason, first, got.GetCycle(), want)
				}
			}
		}
	})
}
