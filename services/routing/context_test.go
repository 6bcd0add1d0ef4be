package routing_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// moreContext says what is known of a lead after some changes.
func moreContext(lead *eventv1.Event, changes ...func(*eventv1.LeadQualified)) *eventv1.Event {
	q := proto.CloneOf(lead.GetLeadQualified())
	for _, change := range changes {
		change(q)
	}
	return &eventv1.Event{Key: lead.GetLead(), Lead: lead.GetLead(), Handoff: lead.GetHandoff(), Playbook: lead.GetPlaybook(),
		Payload: &eventv1.Event_LeadContextChanged{LeadContextChanged: &eventv1.LeadContextChanged{
			Handoff: lead.GetHandoff(), Lead: lead.GetLead(), Context: q.GetContext()}}}
}

func merged(lead *eventv1.Event, survivor string) *eventv1.Event {
	return &eventv1.Event{Key: survivor, Lead: survivor, Payload: &eventv1.Event_LeadMerged{
		LeadMerged: &eventv1.LeadMerged{Survivor: survivor, Merged: lead.GetLead()}}}
}

const survivor = "leads/0000000000000000000000000000abcd"

func TestMoreContextRaisesTheTierAndTheRepStays(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "eve")
		b.rep(t, "vic")
		b.pool(t, "enterprise", "eve")
		b.pool(t, "velocity", "vic")
		lead := b.lead()
		b.Tell(t, eventlog.Scoring, lead)
		b.Tell(t, eventlog.Scoring, moreContext(lead, target, mediumIntent))
		name := lead.GetHandoff()
		b.assignedTo(t, name, "vic")
		h := b.handoff(t, name)
		if h.GetTier() != "T2" || h.GetRule() != "tiers.T2" || !h.GetContext().GetAccount().GetTarget() || h.GetPool() != "pools/velocity" {
			t.Errorf("got tier %q by %q of %q", h.GetTier(), h.GetRule(), h.GetPool())
		}
		changed := lastTold[*eventv1.HandoffTierChanged](t, b, "handoff_tier_changed")
		if changed.GetFromTier() != "T3" || changed.GetToTier() != "T2" {
			t.Errorf("got %v", changed)
		}

		b.Tell(t, eventlog.Scoring, moreContext(lead)) // as it was at first: lower
		if h := b.handoff(t, name); h.GetTier() != "T2" || h.GetContext().GetAccount().GetTarget() {
			t.Errorf("got tier %q; the context must be replaced and the tier must stay", h.GetTier())
		}
		want := []string{"handoff_opened", "handoff_assigned", "handoff_tier_changed", "nurture_enrolled"}
		if diff := cmp.Diff(want, b.toldOf(t, name)); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

func TestARaisedLeadThatIsDeclinedGoesTheWayOfItsNewTier(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for _, rep := range []string{"eve", "vic", "vera"} {
			b.rep(t, rep)
		}
		b.pool(t, "enterprise", "eve")
		b.pool(t, "velocity", "vera", "vic")
		lead := b.lead()
		b.Tell(t, eventlog.Scoring, lead)
		h := b.handoff(t, lead.GetHandoff())
		b.Tell(t, eventlog.Scoring, moreContext(lead, target))
		b.advanced(t, strings.TrimPrefix(h.GetRep(), "reps/"), h.GetName(), 1, routingv1.Step_STEP_DECLINE)
		b.assignedTo(t, h.GetName(), "eve")
		if h := b.handoff(t, h.GetName()); h.GetTier() != "T1" || h.GetPool() != "pools/enterprise" {
			t.Errorf("got tier %q of %q", h.GetTier(), h.GetPool())
		}
	})
}

func TestRulesOfAnotherVersionAreNotTakenForThoseOfTheHandoffs(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "eve")
		b.pool(t, "enterprise", "eve")
		b.pool(t, "velocity")
		lead := b.lead()
		b.Tell(t, eventlog.Scoring, lead)
		more := moreContext(lead, target, dealOf("eve")) // by the rules of the version that is in force now
		more.Playbook = "playbooks/2"
		b.Tell(t, eventlog.Scoring, more)
		b.assignedTo(t, lead.GetHandoff(), "eve")
		if h := b.handoff(t, lead.GetHandoff()); h.GetTier() != "T1" || h.GetPlaybook() != "playbooks/1" {
			t.Errorf("got tier %q of %s", h.GetTier(), h.GetPlaybook())
		}
	})
}

func TestAHeldLeadThatRisesGoesWhereItsTierGoes(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "eve")
		b.rep(t, "olga", maxOpen(0))
		b.pool(t, "enterprise", "eve")
		b.pool(t, "velocity")
		lead := b.lead()
		b.Tell(t, eventlog.Scoring, lead)
		b.heldFor(t, lead.GetHandoff(), routingv1.Hold_REASON_POOL_EMPTY)
		b.Tell(t, eventlog.Scoring, moreContext(lead, target))
		b.assignedTo(t, lead.GetHandoff(), "eve")
	})
}

func TestAHeldLeadGoesToTheOwnerWhoIsFoundLater(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "olga")
		b.pool(t, "enterprise")
		lead := b.lead(target)
		b.Tell(t, eventlog.Scoring, lead)
		b.heldFor(t, lead.GetHandoff(), routingv1.Hold_REASON_POOL_EMPTY)
		b.Tell(t, eventlog.Scoring, moreContext(lead, ownedBy("olga")))
		b.assignedTo(t, lead.GetHandoff(), "olga")
	})
}

func TestContextOfAClosedHandoffIsLeftAlone(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		lead := b.lead(lowIntent)
		b.Tell(t, eventlog.Scoring, lead)
		before := b.handoff(t, lead.GetHandoff())
		b.Tell(t, eventlog.Scoring, moreContext(lead, target, func(q *eventv1.LeadQualified) {
			q.Context.Intent = playbookv1.IntentLevel_INTENT_LEVEL_HIGH
		}))
		if diff := cmp.Diff(before, b.handoff(t, lead.GetHandoff()), protocmp.Transform()); diff != "" {
			t.Errorf("(-before +after):\n%s", diff)
		}
	})
}

// TestWhatEndsAHandoffWithoutAVerdict: as long as nobody has accepted it.
func TestWhatEndsAHandoffWithoutAVerdict(t *testing.T) {
	toMerged := func(lead *eventv1.Event) *eventv1.Event { return merged(lead, survivor) }
	for _, tc := range []struct {
		name     string
		event    func(*eventv1.Event) *eventv1.Event
		outcome  routingv1.Handoff_Outcome
		turnBack bool
	}{
		{"disqualified", disqualified, routingv1.Handoff_OUTCOME_DISQUALIFIED, false},
		{"merged", toMerged, routingv1.Handoff_OUTCOME_DUPLICATE, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				b.rep(t, "vic")
				b.pool(t, "velocity", "vic")
				b.pool(t, "enterprise")
				assigned, accepted, held := b.lead(), b.lead(), b.lead(target)
				b.Tell(t, eventlog.Scoring, assigned, accepted, held)
				b.advanced(t, "vic", accepted.GetHandoff(), 1, routingv1.Step_STEP_ACCEPT)
				b.Tell(t, eventlog.Scoring, tc.event(assigned), tc.event(accepted), tc.event(held))
				for _, lead := range []*eventv1.Event{assigned, held} {
					if h := b.handoff(t, lead.GetHandoff()); h.GetState() != routingv1.Handoff_STATE_CLOSED || h.GetOutcome() != tc.outcome {
						t.Errorf("%s: got %v with %v", lead.GetHandoff(), h.GetState(), h.GetOutcome())
					}
				}
				if got := b.handoff(t, accepted.GetHandoff()).GetState(); got != routingv1.Handoff_STATE_ACCEPTED {
					t.Errorf("an accepted handoff became %v", got)
				}
				if got := b.openCount(t, "vic"); got != 1 {
					t.Errorf("got %d open", got)
				}
				want := int64(2)
				if tc.turnBack {
					want = 1
				}
				if got := b.ledger(t, "velocity").GetAccounts()[0].GetAssignedCount(); got != want {
					t.Errorf("got %d turns, want %d", got, want)
				}
				closed := lastTold[*eventv1.HandoffClosed](t, b, "handoff_closed")
				if closed.GetStep() != routingv1.Step_STEP_UNSPECIFIED || closed.GetOutcome() != tc.outcome {
					t.Errorf("told %v", closed)
				}
			})
		})
	}
}

func TestALeadThatWasMergedBeforeItQualifiedIsClosedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic")
		b.pool(t, "velocity", "vic")
		lead := b.lead()
		b.Tell(t, eventlog.Scoring, merged(lead, survivor))
		b.Tell(t, eventlog.Scoring, lead)
		if h := b.handoff(t, lead.GetHandoff()); h.GetOutcome() != routingv1.Handoff_OUTCOME_DUPLICATE || h.GetAssignment() != 0 {
			t.Errorf("got %v, assignment %d", h.GetOutcome(), h.GetAssignment())
		}
	})
}

func TestAnotherAccountIsStoredAndNobodyLosesTheLead(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic")
		b.pool(t, "velocity", "vic")
		lead := b.lead()
		b.Tell(t, eventlog.Scoring, lead)
		const account = "accounts/0000000000000000000000000000000b"
		b.Tell(t, eventlog.Scoring, &eventv1.Event{Key: lead.GetLead(), Lead: lead.GetLead(), Payload: &eventv1.Event_MatchChanged{
			MatchChanged: &eventv1.MatchChanged{Lead: lead.GetLead(), ToAccount: account}}})
		b.assignedTo(t, lead.GetHandoff(), "vic")
		if got := b.handoff(t, lead.GetHandoff()).GetAccount(); got != account {
			t.Errorf("got %q", got)
		}
	})
}

// TestALeadThatComesBackPassesByWhoRefusedIt: who rejected it, if the playbook says so, and who declined it, always. The
// other rep is away, so it is held or theirs.
func TestALeadThatComesBackPassesByWhoRefusedIt(t *testing.T) {
	for _, tc := range []struct {
		name    string
		exclude bool
		step    routingv1.Step
		again   bool // the rep who refused it may get it again
	}{
		{"rejected", true, routingv1.Step_STEP_REJECT, false},
		{"rejected, and the playbook does not mind", false, routingv1.Step_STEP_REJECT, true},
		{"declined", false, routingv1.Step_STEP_DECLINE, false},
		{"recycled", true, routingv1.Step_STEP_RECYCLE, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				doc := example()
				doc.Feedback = &playbookv1.FeedbackPolicy{Recycle: &playbookv1.RecyclePolicy{ExcludeRejectingRep: &tc.exclude}}
				b.activate(t, 2, doc)
				name, refuser, other := duo(t, b)
				lead := b.handoff(t, name).GetLead()
				b.advanced(t, refuser, name, 1, tc.step)
				if tc.step == routingv1.Step_STEP_DECLINE {
					b.advanced(t, other, name, 2, routingv1.Step_STEP_RECYCLE)
				}
				b.updateRep(t, &routingv1.Rep{Name: "reps/" + other, Active: proto.Bool(false)}, "active")
				again := b.lead(func(q *eventv1.LeadQualified) { q.Lead, q.Cycle = lead, 2 })
				again.Playbook = "playbooks/2"
				b.Tell(t, eventlog.Scoring, again)
				if tc.again {
					b.assignedTo(t, again.GetHandoff(), refuser)
				} else {
					b.heldFor(t, again.GetHandoff(), routingv1.Hold_REASON_EVERYBODY_DECLINED)
				}
			})
		})
	}
}
