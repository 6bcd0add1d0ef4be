package routing_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// TestTheQueueIsServedByTierThenAgeThenID holds leads in another order and lets them go one by one.
func TestTheQueueIsServedByTierThenAgeThenID(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "eve", maxOpen(1))
		b.pool(t, "enterprise", "eve")
		now := roomtest.Start
		busy := b.qualify(t, target)
		late2 := b.qualify(t, target, mediumIntent)
		early2 := b.qualify(t, target, mediumIntent, qualifiedAt(now.Add(-time.Hour)))
		first1 := b.qualify(t, target)
		second1 := b.qualify(t, target)
		for _, name := range []string{busy, first1, second1, early2, late2} {
			b.assignedTo(t, name, "eve")
			b.advanced(t, "eve", name, 1, routingv1.Step_STEP_REJECT)
		}
	})
}

func TestWhoWaitsForTheSameIsNotToldOfAgain(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic", maxOpen(0))
		b.pool(t, "velocity", "vic")
		name := b.qualify(t)
		etag := b.handoff(t, name).GetEtag()
		b.calendar(t, hours("elsewhere", "UTC", "09:00", "17:00", workweek...))
		b.updateRep(t, &routingv1.Rep{Name: "reps/vic", Team: "east"}, "team")
		if diff := cmp.Diff([]string{"handoff_opened", "handoff_held"}, b.toldOf(t, name)); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		if got := b.handoff(t, name).GetEtag(); got != etag {
			t.Errorf("got etag %s, had %s", got, etag)
		}
	})
}

func TestWhoShouldHaveBeenServedGoesBeforeWhoComesNow(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic", maxOpen(1))
		b.pool(t, "velocity", "vic")
		b.Clock.Set(at("2026-03-02T18:00-05:00"))
		held := b.qualify(t)
		b.Clock.Set(at("2026-03-03T09:00-05:00")) // the timer has not fired yet
		late := b.qualify(t)
		b.assignedTo(t, held, "vic")
		b.heldFor(t, late, routingv1.Hold_REASON_EVERYBODY_AT_CAP)
	})
}

func TestPoolsTellHowManyWait(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.pool(t, "velocity")
		b.pool(t, "enterprise")
		b.qualify(t)
		b.qualify(t)
		b.qualify(t, target)
		resp, err := b.client.ListPools(revops(t), &routingv1.ListPoolsRequest{})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int32{}
		for _, p := range resp.GetPools() {
			got[p.GetName()] = p.GetHeldCount()
		}
		if diff := cmp.Diff(map[string]int32{"pools/velocity": 2, "pools/enterprise": 1}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestOverflowTakesWhatNobodyElseCan(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic", maxOpen(1))
		b.rep(t, "zoe")
		b.pool(t, "spare", "zoe")
		b.overflowing(t, "velocity", "spare", "vic")
		b.assignedTo(t, b.qualify(t), "vic")
		name := b.qualify(t)
		b.assignedTo(t, name, "zoe")
		if got := b.handoff(t, name).GetPool(); got != "pools/spare" {
			t.Errorf("got pool %q", got)
		}
	})
}

func TestALeadThatLeavesMakesRoomForOneOfTheSameDelivery(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic", maxOpen(1))
		b.pool(t, "velocity", "vic")
		first, second := b.lead(), b.lead()
		b.Tell(t, eventlog.Scoring, first, second, disqualified(first))
		if h := b.handoff(t, first.GetHandoff()); h.GetOutcome() != routingv1.Handoff_OUTCOME_DISQUALIFIED {
			t.Errorf("got %v", h.GetOutcome())
		}
		b.assignedTo(t, second.GetHandoff(), "vic")
	})
}

func TestAClosedHandoffMakesRoomUnderTheCap(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic", maxOpen(2))
		b.pool(t, "velocity", "vic")
		first, second := b.qualify(t), b.qualify(t)
		third, fourth := b.qualify(t), b.qualify(t)
		b.heldFor(t, third, routingv1.Hold_REASON_EVERYBODY_AT_CAP)
		if got := b.openCount(t, "vic"); got != 2 {
			t.Fatalf("got %d open", got)
		}
		b.advanced(t, "vic", first, 1, routingv1.Step_STEP_ACCEPT)
		b.heldFor(t, third, routingv1.Hold_REASON_EVERYBODY_AT_CAP) // accepting makes no room
		b.advanced(t, "vic", first, 1, routingv1.Step_STEP_DISPOSE)
		b.assignedTo(t, third, "vic")
		b.heldFor(t, fourth, routingv1.Hold_REASON_EVERYBODY_AT_CAP)
		b.advanced(t, "vic", second, 1, routingv1.Step_STEP_REJECT)
		b.assignedTo(t, fourth, "vic")
		if got := b.openCount(t, "vic"); got != 2 {
			t.Errorf("got %d open", got)
		}
	})
}

// TestRoomThatIsMadeAtNightIsUsedInTheMorning: whoever gives a handoff back while off shift gets what waits when they come.
func TestRoomThatIsMadeAtNightIsUsedInTheMorning(t *testing.T) {
	for _, tc := range []struct {
		name    string
		changes []func(*routingv1.Rep) // of the rep; without any they work by the playbook's calendar
		lead    func(*eventv1.LeadQualified)
	}{
		{"by their own calendar", []func(*routingv1.Rep){worksBy("office")}, func(*eventv1.LeadQualified) {}},
		{"by the playbook's calendar", nil, func(*eventv1.LeadQualified) {}},
		{"for an owner who is waited for", []func(*routingv1.Rep){worksBy("office")}, dealOf("vic")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				b.rep(t, "vic", append(tc.changes, maxOpen(1))...)
				b.pool(t, "velocity", "vic")
				first, waiting := b.qualify(t), b.qualify(t, tc.lead)
				if next := b.heldFor(t, waiting, routingv1.Hold_REASON_EVERYBODY_AT_CAP); next != nil {
					t.Fatalf("somebody is expected at %v", next.AsTime())
				}
				b.advanceTo(t, at("2026-03-02T20:00-05:00"))
				b.advanced(t, "vic", first, 1, routingv1.Step_STEP_REJECT)
				b.advanceTo(t, b.Clock.Now())
				morning := at("2026-03-03T09:00-05:00")
				if next := b.heldFor(t, waiting, routingv1.Hold_REASON_NOBODY_AVAILABLE); !next.AsTime().Equal(morning) {
					t.Fatalf("expected at %v", next.AsTime())
				}
				b.advanceTo(t, morning)
				b.assignedTo(t, waiting, "vic")
			})
		})
	}
}
