package sla_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// replica is another process of the service on the same database.
func (b *bench) replica(t *testing.T) *bench {
	t.Helper()
	return b.replicaOn(t, b.room.Host.DB)
}

// replicaOn is one with connections of its own.
func (b *bench) replicaOn(t *testing.T, db *sqldb.DB) *bench {
	t.Helper()
	other := *b
	other.room = roomtest.New(t, db)
	other.room.Host, other.room.Clock = b.room.Host, b.room.Clock
	other.room.Host.DB = db
	other.service = other.serve(t, other.room)
	other.api = slav1.NewSlaServiceClient(other.room.Conn)
	return &other
}

// TestEverybodyAtOnce has two senders, people, a calendar that keeps changing and two loops work on the same handoffs.
func TestEverybodyAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		const leads = 24
		other := b.replica(t)
		b.calendar("us", office("UTC"))
		b.room.Clock.Set(at(5 * time.Hour))
		for n := 1; n <= leads; n++ {
			b.routing.handoffs[handoff(n)] = nil
		}
		var all sync.WaitGroup
		all.Go(func() {
			for n := 1; n <= leads; n += 2 {
				b.room.Tell(b, eventlog.Scoring, qualified(n, 0), qualified(n+1, 0))
			}
		})
		all.Go(func() {
			for n := leads; n > 1; n -= 2 {
				other.room.Tell(b, eventlog.Routing, opened(n, "T1", 0), opened(n-1, "T1", 0), assigned(n-1, 1, "ann", "", 0), assigned(n, 1, "ann", "", 0))
			}
		})
		all.Go(func() {
			for n := 1; n <= leads; n++ {
				b.call(b.admin(), n, at(time.Duration(n)*12*time.Minute))
			}
		})
		all.Go(func() {
			for i := range 6 {
				zone := []string{"UTC", "America/New_York"}[i%2]
				if _, err := other.api.UpdateCalendar(b.admin(), &slav1.UpdateCalendarRequest{Calendar: &slav1.Calendar{Name: "calendars/us", TimeZone: zone}}); err != nil {
					t.Error(err)
				}
			}
		})
		for _, side := range []*bench{b, other} {
			all.Go(func() {
				for range 8 {
					if err := side.service.Fire(b.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if err := b.service.Fire(b.Context()); err != nil {
			t.Fatal(err)
		}
		for n := 1; n <= leads; n++ {
			want := map[string]string{"assign-1": "MET", "accept-1": "OVERDUE", "first_touch-1": "MET"}
			if n > 20 {
				want["first_touch-1"] = "MISSED"
			}
			equal(b, fmt.Sprint("lead ", n), b.standing(n), want)
			equal(b, "due in New York", b.clock(n, "accept-1").GetDueTime(), stamp(at(4*time.Hour)))
		}
		told := map[string]int{}
		for _, alarm := range b.alarms() {
			told[alarm]++
		}
		equal(b, "overdue and called out", told["breached accept-1 5h0m0s"], leads)
		equal(b, "missed less those that were retracted", told["breached first_touch-1 5h0m0s"]-told["retracted first_touch-1 5h0m0s"], leads-20)
		equal(b, "met", told["met first_touch-1 5h0m0s"], 20)
	})
}
