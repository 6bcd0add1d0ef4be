package routing_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/reflect/protoreflect"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

func TestTheAccountsOwnerComesBeforeThePool(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for _, id := range []string{"olga", "eve"} {
			b.rep(t, id)
		}
		b.rep(t, "ina", inactive)
		b.rep(t, "max", maxOpen(0))
		b.pool(t, "enterprise", "eve")
		name := b.qualify(t, target, ownedBy("olga"))
		b.assignedTo(t, name, "olga")
		if got := b.handoff(t, name).GetPool(); got != "" {
			t.Errorf("an owner's handoff came from pool %q", got)
		}
		for _, owner := range []string{"ina", "max", "nobody-here"} {
			name := b.qualify(t, target, ownedBy(owner))
			b.assignedTo(t, name, "eve")
		}
	})
}

func TestAnOpenOpportunityWaitsForItsOwner(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.calendar(t, hours("berlin", "Europe/Berlin", "09:00", "17:00", workweek...))
		b.rep(t, "olga", worksBy("berlin")) // it is 15:00 in Berlin
		b.rep(t, "vic")
		b.pool(t, "velocity", "vic")
		b.assignedTo(t, b.qualify(t, dealOf("olga")), "olga")

		b.advanceTo(t, at("2026-03-02T20:00Z"))
		evening := b.qualify(t, dealOf("olga"))
		next := b.heldFor(t, evening, routingv1.Hold_REASON_NOBODY_AVAILABLE)
		if want := at("2026-03-03T09:00+01:00"); !next.AsTime().Equal(want) {
			t.Errorf("got next %v, want %v", next.AsTime(), want)
		}
		b.advanceTo(t, next.AsTime())
		b.assignedTo(t, evening, "olga")
	})
}

// TestANamedRepIsWaitedFor: until they come back, but not once they refused.
func TestANamedRepIsWaitedFor(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		doc := example()
		doc.Routing.FirstMatch[1].To = &playbookv1.Destination{To: &playbookv1.Destination_Rep{Rep: "olga"}}
		b.activate(t, 2, doc)
		b.calendar(t, hours("berlin", "Europe/Berlin", "09:00", "17:00", workweek...))
		b.rep(t, "olga", worksBy("berlin"))
		b.rep(t, "vic")
		b.pool(t, "velocity", "vic")
		ofOlga := func() string {
			e := b.lead(func(q *eventv1.LeadQualified) { q.Context.FirstMatch = []int32{1} })
			e.Playbook = "playbooks/2"
			b.Tell(t, eventlog.Scoring, e)
			return e.GetHandoff()
		}
		refused := ofOlga()
		b.assignedTo(t, refused, "olga")
		b.advanced(t, "olga", refused, 1, routingv1.Step_STEP_DECLINE)
		b.assignedTo(t, refused, "vic")

		b.advanceTo(t, at("2026-03-02T20:00Z"))
		evening := ofOlga()
		next := b.heldFor(t, evening, routingv1.Hold_REASON_NOBODY_AVAILABLE).AsTime()
		b.advanceTo(t, next)
		b.assignedTo(t, evening, "olga")
		if h := b.handoff(t, evening); h.GetRule() != "first_match[1]" || h.GetPool() != "" || !next.Equal(at("2026-03-03T09:00+01:00")) {
			t.Errorf("got %q from %q at %v", h.GetRule(), h.GetPool(), next)
		}
	})
}

func TestAnOpportunityThatNobodyOwnsGoesToTheTablesPool(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic")
		b.pool(t, "velocity", "vic")
		name := b.qualify(t, dealOf(""))
		b.assignedTo(t, name, "vic")
		if h := b.handoff(t, name); h.GetRule() != "first_match[0]" || h.GetTier() != "" {
			t.Errorf("got tier %q by %q", h.GetTier(), h.GetRule())
		}
		b.heldFor(t, b.qualify(t, dealOf(""), lowIntent), routingv1.Hold_REASON_NOBODY_AVAILABLE) // the table would nurture it
	})
}

// TestWhatNobodyCouldPlaceIsNotLookedAtForEver: a calendar that changes has everybody looked at, but whoever stands in no
// line is not waited for, and keeps nobody from being served.
func TestWhatNobodyCouldPlaceIsNotLookedAtForEver(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		nowhere := b.qualify(t, dealOf(""), lowIntent) // a deal without an owner, and the table would nurture it
		b.heldFor(t, nowhere, routingv1.Hold_REASON_NOBODY_AVAILABLE)
		queued := b.qualify(t, func(q *eventv1.LeadQualified) { q.Context.FirstMatch = []int32{1} })
		b.rep(t, "vic", worksBy("berlin"))
		b.pool(t, "velocity", "vic")
		waiting := b.qualify(t)
		b.heldFor(t, waiting, routingv1.Hold_REASON_NOBODY_AVAILABLE)

		b.calendar(t, hours("berlin", "Europe/Berlin", "00:00", "24:00", wholeWeek...))
		b.assignedTo(t, waiting, "vic")
		b.heldFor(t, nowhere, routingv1.Hold_REASON_NOBODY_AVAILABLE)
		b.heldFor(t, queued, routingv1.Hold_REASON_QUEUED)
		if at, due, err := b.service.NextDue(t.Context()); due || err != nil {
			t.Errorf("somebody is still to be looked at, at %v; %v", at, err)
		}
	})
}

func TestACustomersLeadIsQueued(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		name := b.qualify(t, func(q *eventv1.LeadQualified) { q.Context.FirstMatch = []int32{1} })
		if next := b.heldFor(t, name, routingv1.Hold_REASON_QUEUED); next != nil {
			t.Errorf("a queued lead waits for %v", next)
		}
		if h := b.handoff(t, name); h.GetQueue() != "queues/customer-success" || h.GetRule() != "first_match[1]" || h.GetPool() != "" {
			t.Errorf("got queue %q by %q, pool %q", h.GetQueue(), h.GetRule(), h.GetPool())
		}
	})
}

func TestNurtureOpensAndClosesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		name := b.qualify(t, lowIntent)
		h := b.handoff(t, name)
		if h.GetState() != routingv1.Handoff_STATE_CLOSED || h.GetOutcome() != routingv1.Handoff_OUTCOME_NURTURE || h.GetRule() != "otherwise" {
			t.Errorf("got %v with %v by %q", h.GetState(), h.GetOutcome(), h.GetRule())
		}
		if diff := cmp.Diff([]string{"handoff_opened", "handoff_closed"}, b.toldOf(t, name)); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

// TestADisqualifiedLeadIsClosedAtOnce: as it opens, and later when more is known of what nobody has accepted yet.
func TestADisqualifiedLeadIsClosedAtOnce(t *testing.T) {
	eachDB(t, func(t *testing.T, db *sqldb.DB) {
		b := bare(t, db, archive{})
		doc := rerouting()
		doc.Routing.FirstMatch[1].To = disqualify()
		doc.Routing.Tiers["T1"].Assign = disqualify()
		b.activate(t, 1, doc)
		b.calendar(t, office())
		b.rep(t, "vic")
		b.pool(t, "velocity", "vic")
		competitor := func(q *eventv1.LeadQualified) { q.Context.FirstMatch = []int32{1} }
		closed := func(name string, told ...string) {
			t.Helper()
			h, c := b.handoff(t, name), lastTold[*eventv1.HandoffClosed](t, b, "handoff_closed")
			if h.GetState() != routingv1.Handoff_STATE_CLOSED || h.GetOutcome() != routingv1.Handoff_OUTCOME_DISQUALIFIED {
				t.Errorf("got %v with %v by %q", h.GetState(), h.GetOutcome(), h.GetRule())
			}
			if c.GetHandoff() != name || c.GetOutcome() != h.GetOutcome() || c.GetStep() != 0 {
				t.Errorf("told %v", c)
			}
			if diff := cmp.Diff(told, b.toldOf(t, name)); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		}
		closed(b.qualify(t, competitor), "handoff_opened", "handoff_closed")
		closed(b.qualify(t, target), "handoff_opened", "handoff_closed")

		raised, moved, kept := b.lead(), b.lead(), b.lead()
		b.Tell(t, eventlog.Scoring, raised, moreContext(raised, target))
		closed(raised.GetHandoff(), "handoff_opened", "handoff_assigned", "handoff_tier_changed", "handoff_closed")
		b.Tell(t, eventlog.Scoring, moved, rematched(moved, competitor))
		closed(moved.GetHandoff(), "handoff_opened", "handoff_assigned", "handoff_tier_changed", "handoff_closed")

		b.Tell(t, eventlog.Scoring, kept)
		b.advanced(t, "vic", kept.GetHandoff(), 1, routingv1.Step_STEP_ACCEPT)
		b.Tell(t, eventlog.Scoring, moreContext(kept, target))
		if h := b.handoff(t, kept.GetHandoff()); h.GetState() != routingv1.Handoff_STATE_ACCEPTED || h.GetTier() != "T1" {
			t.Errorf("what was accepted is %v in %q", h.GetState(), h.GetTier())
		}
	})
}

// toldOf are the kinds of events told of a handoff. It fails when their order has a gap.
func (b *bundle) toldOf(t *testing.T, name string) []string {
	t.Helper()
	var kinds []string
	for _, e := range b.Told(t) {
		if e.GetKey() != name {
			continue
		}
		kinds = append(kinds, strings.TrimPrefix(e.GetType(), "handoff.routing."))
		if e.GetSeq() != int64(len(kinds)) || e.GetHandoff() != name || e.GetLead() == "" || e.GetPlaybook() != "playbooks/1" {
			t.Errorf("event %s has seq %d, handoff %q, lead %q, playbook %q", e.GetId(), e.GetSeq(), e.GetHandoff(), e.GetLead(), e.GetPlaybook())
		}
	}
	return kinds
}

// lastTold is the payload of the newest event of a kind.
func lastTold[T any](t *testing.T, b *bundle, field protoreflect.Name) T {
	t.Helper()
	told := b.Told(t)
	for i := len(told) - 1; i >= 0; i-- {
		m := told[i].ProtoReflect()
		if f := m.Descriptor().Fields().ByName(field); m.Has(f) {
			return m.Get(f).Message().Interface().(T)
		}
	}
	t.Fatalf("no %s was told", field)
	panic("unreachable")
}

func TestEventsTellWhatTheOthersNeed(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.calendar(t, hours("berlin", "Europe/Berlin", "09:00", "17:00", workweek...))
		b.rep(t, "vic", worksBy("berlin"))
		b.pool(t, "velocity", "vic")
		name := b.qualify(t, func(q *eventv1.LeadQualified) {
			q.Context.Missing = []playbookv1.ContextField{playbookv1.ContextField_CONTEXT_FIELD_CONTENT_CONSUMED}
			q.Context.LeadMagnet = "ebook"
		})
		opened := lastTold[*eventv1.HandoffOpened](t, b, "handoff_opened")
		if opened.GetTier() != "T3" || opened.GetSource() != "web" || opened.GetCampaign() != "spring" || len(opened.GetMissingContext()) != 1 ||
			opened.GetLeadMagnet() != "ebook" {
			t.Errorf("opened: got %v", opened)
		}
		assigned := lastTold[*eventv1.HandoffAssigned](t, b, "handoff_assigned")
		if assigned.GetRep() != "reps/vic" || assigned.GetAssignment() != 1 || assigned.GetPool() != "pools/velocity" ||
			assigned.GetCalendar() != "calendars/berlin" || assigned.GetTier() != "T3" {
			t.Errorf("assigned: got %v", assigned)
		}
		b.advanced(t, "vic", name, 1, routingv1.Step_STEP_REJECT)
		rejected := lastTold[*eventv1.HandoffRejected](t, b, "handoff_rejected")
		if rejected.GetReason() != playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_BUDGET || rejected.GetRep() != "reps/vic" {
			t.Errorf("rejected: got %v", rejected)
		}
		closed := lastTold[*eventv1.HandoffClosed](t, b, "handoff_closed")
		if closed.GetOutcome() != routingv1.Handoff_OUTCOME_DISQUALIFIED || closed.GetStep() != routingv1.Step_STEP_REJECT ||
			closed.GetReason() != rejected.GetReason() || closed.GetAssignment() != 1 || closed.GetRep() != "reps/vic" {
			t.Errorf("closed: got %v", closed)
		}
		want := []string{"handoff_opened", "handoff_assigned", "handoff_rejected", "handoff_closed"}
		if diff := cmp.Diff(want, b.toldOf(t, name)); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

func TestAPlaybookThatHasNotArrivedIsFetched(t *testing.T) {
	eachDB(t, func(t *testing.T, db *sqldb.DB) {
		b := bare(t, db, archive{doc: example()})
		b.calendar(t, office())
		b.rep(t, "vic")
		b.pool(t, "velocity", "vic")
		e := b.lead()
		e.Playbook = "playbooks/7"
		b.Tell(t, eventlog.Scoring, e)
		b.assignedTo(t, e.GetHandoff(), "vic")
		if got := b.handoff(t, e.GetHandoff()).GetPlaybook(); got != "playbooks/7" {
			t.Errorf("got playbook %q", got)
		}
	})
}
