package routing_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
)

// day is an hour of a day of the week that begins at the room's start, a Monday in New York.
func day(n, hour int) time.Time {
	monday := at("2026-03-02T00:00-05:00")
	return monday.AddDate(0, 0, n).Add(time.Duration(hour) * time.Hour)
}

// TestAbsencesPassOnWhatNobodyHasAccepted: at once when a long one begins and nobody stands in; for a short one it waits, and if
// the playbook says so for all.
func TestAbsencesPassOnWhatNobodyHasAccepted(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		for _, id := range []string{"ann", "bob"} {
			b.rep(t, id)
		}
		b.pool(t, "velocity", "ann")
		name, worked := b.qualify(t), b.qualify(t)
		b.advanced(t, "ann", worked, 1, routingv1.Step_STEP_ACCEPT)
		b.leave(t, "ann", "", day(0, 12), day(0, 16)) // four hours of work, and no more
		b.advanceTo(t, day(0, 13))
		b.assignedTo(t, name, "ann")
		b.advanceTo(t, day(0, 16))

		b.leave(t, "ann", "", day(1, 9), day(1, 13))
		b.leave(t, "ann", "", day(1, 13), day(1, 17)) // together a day
		b.advanceTo(t, day(1, 10))
		next := b.heldFor(t, name, routingv1.Hold_REASON_NOBODY_AVAILABLE) // bob is in no pool
		if !next.AsTime().Equal(day(2, 9)) {
			t.Errorf("next at %v", next.AsTime())
		}
		told := lastTold[*eventv1.HandoffHeld](t, b, "handoff_held")
		if told.GetReassignReason() != routingv1.ReassignReason_REASSIGN_REASON_ABSENCE || told.GetPreviousRep() != "reps/ann" {
			t.Errorf("told %v", told)
		}
		if h := b.handoff(t, worked); h.GetState() != routingv1.Handoff_STATE_ACCEPTED || h.GetRep() != "reps/ann" {
			t.Errorf("what was accepted: %v of %q", h.GetState(), h.GetRep())
		}
		if diff := cmp.Diff(map[string]int64{"ann": 1}, b.turns(t, "velocity")); diff != "" {
			t.Errorf("turns (-want +got):\n%s", diff)
		}
		b.advanceTo(t, day(2, 9))
		if n := b.assignedTo(t, name, "ann"); n != 2 {
			t.Errorf("assignment %d", n)
		}
		b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Members: []*routingv1.PoolMember{{Rep: "reps/ann"}, {Rep: "reps/bob"}}}, "members")
		b.leave(t, "ann", "", b.Clock.Now().Add(-time.Hour), day(3, 9)) // entered when she is away already
		b.assignedTo(t, name, "bob")
		if got := lastTold[*eventv1.HandoffAssigned](t, b, "handoff_assigned"); got.GetReassignReason() != routingv1.ReassignReason_REASSIGN_REASON_ABSENCE {
			t.Errorf("told %v", got)
		}
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// TestAPlaybookCanLeaveHandoffsWithWhoIsAway and with who left.
func TestAPlaybookCanLeaveHandoffsWithWhoIsAway(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		doc := example()
		doc.Routing.Absence = &playbookv1.AbsencePolicy{Unaccepted: playbookv1.UnacceptedHandoffs_UNACCEPTED_HANDOFFS_KEEP}
		b.activate(t, 1, doc)
		b.rep(t, "ann")
		b.pool(t, "velocity", "ann")
		name := b.qualify(t)
		b.rep(t, "bob")
		b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Members: []*routingv1.PoolMember{{Rep: "reps/ann"}, {Rep: "reps/bob"}}}, "members")
		b.leave(t, "ann", "", day(0, 9), day(9, 9))
		b.assignedTo(t, name, "ann")
		b.updateRep(t, &routingv1.Rep{Name: "reps/ann", Active: new(bool)}, "active")
		b.assignedTo(t, name, "ann")
	})
}

// TestWhoLeavesPassesOnWhatTheyHaveNotAccepted: and no longer stands in for anybody.
func TestWhoLeavesPassesOnWhatTheyHaveNotAccepted(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		for _, id := range []string{"ann", "cat", "eve"} {
			b.rep(t, id)
		}
		b.pool(t, "velocity", "cat")
		b.pool(t, "enterprise", "ann")
		cats, anns, worked := b.qualify(t), b.qualify(t, target), b.qualify(t)
		b.advanced(t, "cat", worked, 1, routingv1.Step_STEP_ACCEPT)
		b.leave(t, "ann", "cat", day(0, 9), day(3, 9))
		if !b.sees(t, "cat", anns) {
			t.Fatal("cat does not stand in")
		}
		b.updateRep(t, &routingv1.Rep{Name: "reps/cat", Active: new(bool)}, "active")
		b.heldFor(t, cats, routingv1.Hold_REASON_NOBODY_AVAILABLE)
		b.heldFor(t, anns, routingv1.Hold_REASON_NOBODY_AVAILABLE)
		if h := b.handoff(t, worked); h.GetState() != routingv1.Handoff_STATE_ACCEPTED || h.GetRep() != "reps/cat" {
			t.Errorf("what was accepted: %v of %q", h.GetState(), h.GetRep())
		}
		if b.sees(t, "cat", anns) {
			t.Error("who left still stands in")
		}
		b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Members: []*routingv1.PoolMember{{Rep: "reps/cat"}, {Rep: "reps/eve"}}}, "members")
		b.assignedTo(t, cats, "eve")
		active := true
		b.updateRep(t, &routingv1.Rep{Name: "reps/cat", Active: &active}, "active")
		b.assignedTo(t, cats, "eve")
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}
