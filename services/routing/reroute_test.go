package routing_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

const otherAccount = "accounts/000000000000000000000000000000aa"

// rematched says that a lead belongs to another account, and what is known of it then.
func rematched(lead *eventv1.Event, changes ...func(*eventv1.LeadQualified)) *eventv1.Event {
	q := proto.CloneOf(lead.GetLeadQualified())
	for _, change := range changes {
		change(q)
	}
	return &eventv1.Event{Key: lead.GetLead(), Lead: lead.GetLead(), Handoff: lead.GetHandoff(), Playbook: lead.GetPlaybook(),
		Payload: &eventv1.Event_MatchChanged{MatchChanged: &eventv1.MatchChanged{
			Lead: lead.GetLead(), ToAccount: otherAccount, Rule: "MANUAL_LOCK", Handoff: lead.GetHandoff(), Context: q.GetContext()}}}
}

// rerouting is the example in which a change of account sends handoffs elsewhere that nobody has accepted.
func rerouting() *playbookv1.Document {
	doc := example()
	doc.Matching = &playbookv1.MatchingPolicy{OnChange: playbookv1.MatchChange_MATCH_CHANGE_REROUTE_IF_UNACCEPTED}
	return doc
}

func TestAnotherAccountSendsAHandoffElsewhereIfThePlaybookSaysSo(t *testing.T) {
	notify, reroute := example(), rerouting()
	for _, tc := range []struct {
		name     string
		doc      *playbookv1.Document
		accepted bool
		changes  []func(*eventv1.LeadQualified)
		rep      string
		told     []string
	}{
		{"it stays and is told", notify, false, []func(*eventv1.LeadQualified){target, ownedBy("olga")}, "vic", nil},
		{"to the owner", reroute, false, []func(*eventv1.LeadQualified){target, ownedBy("olga")}, "olga", []string{"handoff_tier_changed", "handoff_assigned"}},
		{"to the pool of the tier", reroute, false, []func(*eventv1.LeadQualified){target}, "eve", []string{"handoff_tier_changed", "handoff_assigned"}},
		{"where it is", reroute, false, nil, "vic", nil},
		{"after it was accepted it stays", reroute, true, []func(*eventv1.LeadQualified){target, ownedBy("olga")}, "vic", nil},
		{"to nurture it does not go", reroute, false, []func(*eventv1.LeadQualified){lowIntent}, "vic", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				b.activate(t, 2, tc.doc)
				for _, rep := range []string{"vic", "eve", "olga"} {
					b.rep(t, rep)
				}
				b.pool(t, "enterprise", "eve")
				b.pool(t, "velocity", "vic")
				lead := b.lead()
				lead.Playbook = "playbooks/2"
				b.Tell(t, eventlog.Scoring, lead)
				name := lead.GetHandoff()
				if tc.accepted {
					b.advanced(t, "vic", name, 1, routingv1.Step_STEP_ACCEPT)
				}
				before := kindsOf(t, b, name)
				b.Tell(t, eventlog.Scoring, rematched(lead, tc.changes...))
				h := b.handoff(t, name)
				if h.GetRep() != "reps/"+tc.rep || h.GetAccount() != otherAccount {
					t.Errorf("got %s of %s, want %s of the new account", h.GetRep(), h.GetAccount(), tc.rep)
				}
				if diff := cmp.Diff(append(before, tc.told...), kindsOf(t, b, name)); diff != "" {
					t.Errorf("told (-want +got):\n%s", diff)
				}
				if tc.rep == "vic" {
					return
				}
				for _, a := range b.ledger(t, "velocity").GetAccounts() {
					if a.GetAssignedCount() != 0 {
						t.Errorf("the turn that was taken away counts: %v", a)
					}
				}
			})
		})
	}
}

// kindsOf are the kinds of events about a handoff, whichever playbook it stays with.
func kindsOf(t *testing.T, b *bundle, handoff string) []string {
	t.Helper()
	var kinds []string
	for _, e := range b.Told(t) {
		if e.GetHandoff() == handoff {
			kinds = append(kinds, strings.TrimPrefix(e.GetType(), "handoff.routing."))
		}
	}
	return kinds
}

func TestARepKeepsWhatNobodyElseCouldTake(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.activate(t, 2, rerouting())
		b.rep(t, "vic")
		b.pool(t, "enterprise")
		b.pool(t, "velocity", "vic")
		lead := b.lead()
		lead.Playbook = "playbooks/2"
		b.Tell(t, eventlog.Scoring, lead, rematched(lead, target))
		b.assignedTo(t, lead.GetHandoff(), "vic")
	})
}

func TestAHeldHandoffGoesWhereTheNewAccountIs(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.activate(t, 2, rerouting())
		b.rep(t, "eve")
		b.pool(t, "enterprise", "eve")
		b.pool(t, "velocity")
		lead := b.lead()
		lead.Playbook = "playbooks/2"
		b.Tell(t, eventlog.Scoring, lead)
		b.heldFor(t, lead.GetHandoff(), routingv1.Hold_REASON_POOL_EMPTY)
		b.Tell(t, eventlog.Scoring, rematched(lead, target))
		b.assignedTo(t, lead.GetHandoff(), "eve")
	})
}

func TestALeadThatStandsByItselfAgainIsRoutedAgain(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic")
		b.pool(t, "velocity", "vic")
		lead := b.lead()
		b.Tell(t, eventlog.Scoring, lead, merged(lead, survivor))
		if h := b.handoff(t, lead.GetHandoff()); h.GetState() != routingv1.Handoff_STATE_CLOSED {
			t.Fatalf("the merged lead's handoff is %v", h.GetState())
		}
		again := b.lead(func(q *eventv1.LeadQualified) { q.Lead, q.Cycle = lead.GetLead(), 2 })
		b.Tell(t, eventlog.Scoring, &eventv1.Event{Key: survivor, Lead: survivor, Payload: &eventv1.Event_LeadUnmerged{
			LeadUnmerged: &eventv1.LeadUnmerged{Survivor: survivor, Restored: lead.GetLead()}}}, again)
		b.assignedTo(t, again.GetHandoff(), "vic")
	})
}

// An accepted handoff stays with the lead that was merged, and belongs to the account of the lead that stays.
func TestAnotherAccountReachesTheHandoffOfALeadThatWasMerged(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic")
		b.pool(t, "velocity", "vic")
		lead := b.lead()
		b.Tell(t, eventlog.Scoring, lead)
		name := lead.GetHandoff()
		b.advanced(t, "vic", name, 1, routingv1.Step_STEP_ACCEPT)
		b.Tell(t, eventlog.Scoring, merged(lead, survivor))
		b.Tell(t, eventlog.Scoring, &eventv1.Event{Key: survivor, Lead: survivor, Handoff: name, Playbook: lead.GetPlaybook(), Payload: &eventv1.Event_MatchChanged{
			MatchChanged: &eventv1.MatchChanged{Lead: survivor, ToAccount: otherAccount, Handoff: name, Context: lead.GetLeadQualified().GetContext()}}})
		if h := b.handoff(t, name); h.GetAccount() != otherAccount || h.GetRep() != "reps/vic" {
			t.Errorf("it belongs to %q and is with %q", h.GetAccount(), h.GetRep())
		}
	})
}
