package routing_test

import (
	"fmt"
	"sync"
	"testing"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// TestConcurrentDecisionsAreSharedExactly: every lead is given to the front desk, and eight clients decline for it at the
// same time. Nobody of the overflow pool has refused a lead, so its ten equal reps get exactly a tenth of them each.
func TestConcurrentDecisionsAreSharedExactly(t *testing.T) {
	const clients, reps, leads, batch = 8, 10, 4000, 250
	each(t, func(t *testing.T, b *bundle) {
		var members []string
		for i := range reps {
			members = append(members, fmt.Sprint("rep", i))
			b.rep(t, members[i])
		}
		b.rep(t, "desk")
		b.pool(t, "floor", members...)
		b.overflowing(t, "velocity", "floor", "desk")
		waiting := make(chan string, leads)
		var group sync.WaitGroup
		for range clients {
			group.Go(func() {
				for name := range waiting {
					if _, err := b.answer(as(t, "desk"), name, 1, routingv1.Step_STEP_DECLINE); err != nil {
						t.Errorf("decline of %s: %v", name, err)
					}
				}
			})
		}
		for range leads / batch {
			var told []*eventv1.Event
			for range batch {
				told = append(told, b.lead())
			}
			b.Tell(t, eventlog.Scoring, told...)
			for _, e := range told {
				waiting <- e.GetHandoff()
			}
		}
		close(waiting)
		group.Wait()
		for _, a := range b.ledger(t, "floor").GetAccounts() {
			if a.GetAssignedCount() != leads/reps || a.GetDeficitNanos() != 0 {
				t.Errorf("%s got %d of %d, deficit %d", a.GetRep(), a.GetAssignedCount(), leads, a.GetDeficitNanos())
			}
		}
		if got := b.ledger(t, "floor").GetDecisionCount(); got != leads {
			t.Errorf("got %d decisions", got)
		}
		b.checkBooks(t)
	})
}
