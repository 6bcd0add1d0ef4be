package routing_test

import (
	"testing"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
)

// TestAnAssignmentNamesTheCalendarThatTheRepWorksBy: their own, or their pool's; nothing stands for the playbook's.
func TestAnAssignmentNamesTheCalendarThatTheRepWorksBy(t *testing.T) {
	for _, tc := range []struct{ name, own, pools, want string }{
		{"their own", "own", "round", "calendars/own"},
		{"the pool's", "", "round", "calendars/round"},
		{"the playbook's", "", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				for _, id := range []string{"own", "round"} {
					b.calendar(t, hours(id, "America/New_York", "00:00", "24:00", wholeWeek...))
				}
				b.rep(t, "vic", func(r *routingv1.Rep) {
					if tc.own != "" {
						r.Calendar = "calendars/" + tc.own
					}
				})
				b.pool(t, "velocity", "vic")
				if tc.pools != "" {
					b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Calendar: "calendars/" + tc.pools}, "calendar")
					got, err := b.client.GetPool(revops(t), &routingv1.GetPoolRequest{Name: "pools/velocity"})
					if err != nil || got.GetCalendar() != "calendars/"+tc.pools {
						t.Errorf("the pool: got %v, %v", got, err)
					}
				}
				b.assignedTo(t, b.qualify(t), "vic")
				if got := lastTold[*eventv1.HandoffAssigned](t, b, "handoff_assigned").GetCalendar(); got != tc.want {
					t.Errorf("told of %q, want %q", got, tc.want)
				}
			})
		})
	}
}

// TestACapCountsTheDaysOfThePoolsCalendar: it is Tuesday in Auckland, and Monday still in New York, when the second lead comes.
func TestACapCountsTheDaysOfThePoolsCalendar(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.calendar(t, hours("auckland", "Pacific/Auckland", "00:00", "24:00", wholeWeek...))
		b.calendar(t, hours("new-york", "America/New_York", "00:00", "24:00", wholeWeek...))
		b.rep(t, "vic", maxPerDay(1))
		b.pool(t, "velocity", "vic")
		b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Calendar: "calendars/new-york"}, "calendar")
		b.Clock.Set(at("2026-03-02T05:00-05:00")) // 23:00 in Auckland
		b.assignedTo(t, b.qualify(t), "vic")
		second := b.qualify(t)
		next := b.heldFor(t, second, routingv1.Hold_REASON_EVERYBODY_AT_CAP).AsTime()
		if want := at("2026-03-03T00:00-05:00"); !next.Equal(want) {
			t.Errorf("next try at %v, want midnight in New York, %v", next, want)
		}
		b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Calendar: "calendars/auckland"}, "calendar")
		next = b.heldFor(t, second, routingv1.Hold_REASON_EVERYBODY_AT_CAP).AsTime()
		if want := at("2026-03-03T00:00+13:00"); !next.Equal(want) {
			t.Errorf("next try at %v, want midnight in Auckland, %v", next, want)
		}
		b.advanceTo(t, next)
		b.assignedTo(t, second, "vic")
	})
}
