package routing_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// warming is the example in which the third tier has a nurture sequence of its own, and so has whoever no tier takes.
func warming() *playbookv1.Document {
	doc := rerouting()
	doc.Routing.Tiers["T3"].Nurture = "velocity-warm"
	doc.Routing.Tiers["T4"] = &playbookv1.TierRule{Intent: []playbookv1.IntentLevel{playbookv1.IntentLevel_INTENT_LEVEL_LOW}, Nurture: "drip",
		Assign: &playbookv1.Destination{To: &playbookv1.Destination_Nurture{Nurture: true}}}
	return doc
}

// TestALeadIsNurturedBesideItsHandoff: from its start, by whatever sequence its tier has; one without lets the last go on.
func TestALeadIsNurturedBesideItsHandoff(t *testing.T) {
	under(t, warming(), func(t *testing.T, b *bundle) {
		b.rep(t, "eve")
		b.pool(t, "enterprise", "eve")
		b.pool(t, "velocity", "eve")
		warm, low, moved := b.lead(), b.lead(lowIntent), b.lead()
		b.Tell(t, eventlog.Scoring, warm, low, moved)
		b.nurtured(t, warm, "velocity-warm", "handoff_opened", "nurture_enrolled", "handoff_assigned")
		b.nurtured(t, low, "drip", "handoff_opened", "nurture_enrolled", "handoff_closed")

		b.Tell(t, eventlog.Scoring, moreContext(warm, target, mediumIntent))
		b.nurtured(t, warm, "abm-warm", "handoff_opened", "nurture_enrolled", "handoff_assigned", "handoff_tier_changed", "nurture_enrolled")
		enrolled := lastTold[*eventv1.NurtureEnrolled](t, b, "nurture_enrolled")
		if enrolled.GetHandoff() != warm.GetHandoff() || enrolled.GetLead() != warm.GetLead() || enrolled.GetProgramme() != "abm-warm" ||
			enrolled.GetTier() != "T2" || !enrolled.GetEnrolTime().AsTime().Equal(b.Clock.Now()) {
			t.Errorf("told %v", enrolled)
		}
		b.Tell(t, eventlog.Scoring, moreContext(warm, target))
		b.nurtured(t, warm, "abm-warm", "handoff_opened", "nurture_enrolled", "handoff_assigned", "handoff_tier_changed", "nurture_enrolled",
			"handoff_tier_changed")

		b.Tell(t, eventlog.Scoring, rematched(moved, target, mediumIntent))
		b.nurtured(t, moved, "abm-warm", "handoff_opened", "nurture_enrolled", "handoff_assigned", "handoff_tier_changed", "nurture_enrolled")
	})
}

// TestNobodyNurturesWhomTheLeadTurnedOutToBe: the survivor is, if anybody.
func TestNobodyNurturesWhomTheLeadTurnedOutToBe(t *testing.T) {
	under(t, warming(), func(t *testing.T, b *bundle) {
		lead := b.lead()
		b.Tell(t, eventlog.Scoring, merged(lead, survivor), lead)
		b.nurtured(t, lead, "", "handoff_opened", "handoff_closed")
	})
}

// TestWhoIsDisqualifiedIsNotNurtured: as the lead comes, and when it rises into such a tier.
func TestWhoIsDisqualifiedIsNotNurtured(t *testing.T) {
	doc := warming()
	doc.Routing.Tiers["T1"].Assign, doc.Routing.Tiers["T1"].Nurture = disqualify(), "abm-hot"
	under(t, doc, func(t *testing.T, b *bundle) {
		b.pool(t, "velocity")
		came, rises := b.lead(target), b.lead()
		b.Tell(t, eventlog.Scoring, came, rises, moreContext(rises, target))
		b.nurtured(t, came, "", "handoff_opened", "handoff_closed")
		b.nurtured(t, rises, "velocity-warm", "handoff_opened", "nurture_enrolled", "handoff_held", "handoff_tier_changed", "handoff_closed")
	})
}

func (b *bundle) nurtured(t *testing.T, lead *eventv1.Event, programme string, told ...string) {
	t.Helper()
	if got := b.handoff(t, lead.GetHandoff()).GetNurtureProgramme(); got != programme {
		t.Errorf("nurtured by %q, want %q", got, programme)
	}
	if diff := cmp.Diff(told, b.toldOf(t, lead.GetHandoff())); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// TestWhoRefusedAMergedLeadRefusedWhoItTurnedOutToBe: also past another merge in between, and until it is taken back.
func TestWhoRefusedAMergedLeadRefusedWhoItTurnedOutToBe(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for _, rep := range []string{"ann", "bob", "cleo"} {
			b.rep(t, rep)
		}
		b.pool(t, "velocity", "ann", "bob", "cleo")
		first, second, third := b.lead(), b.lead(), b.lead()
		refuse := func(lead *eventv1.Event, step routingv1.Step) (rep string) {
			t.Helper()
			b.Tell(t, eventlog.Scoring, lead)
			h := b.handoff(t, lead.GetHandoff())
			b.advanced(t, h.GetRep()[len("reps/"):], h.GetName(), 1, step)
			return h.GetRep()
		}
		one, other := refuse(first, routingv1.Step_STEP_REJECT), refuse(second, routingv1.Step_STEP_REJECT)
		b.Tell(t, eventlog.Scoring, merged(first, second.GetLead()))
		comesBack := func() *eventv1.Event {
			return b.lead(func(q *eventv1.LeadQualified) { q.Lead, q.Cycle = third.GetLead(), 2 })
		}
		together := []*eventv1.Event{merged(second, third.GetLead()), comesBack(), comesBack(), comesBack()}
		later := comesBack()
		b.Tell(t, eventlog.Scoring, together...)
		b.Tell(t, eventlog.Scoring, later)
		for _, back := range append(together[1:], later) {
			h := b.handoff(t, back.GetHandoff())
			if h.GetState() != routingv1.Handoff_STATE_ASSIGNED || h.GetRep() == one || h.GetRep() == other {
				t.Errorf("it came back to %q, though %s and %s had rejected it; %v", h.GetRep(), one, other, h.GetState())
			}
		}
		b.Tell(t, eventlog.Scoring, &eventv1.Event{Key: second.GetLead(), Lead: second.GetLead(), Payload: &eventv1.Event_LeadUnmerged{
			LeadUnmerged: &eventv1.LeadUnmerged{Survivor: third.GetLead(), Restored: second.GetLead()}}})
		to := map[string]bool{}
		for range 3 {
			back := comesBack()
			b.Tell(t, eventlog.Scoring, back)
			to[b.handoff(t, back.GetHandoff()).GetRep()] = true
		}
		if len(to) == 1 {
			t.Errorf("by itself again it still comes to %v alone", to)
		}
	})
}
