package idempotency_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

func TestAnswersAreKeptForAWeekAtLeastAndNotForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := counter{handle: idempotency.Alone[*routingv1.Rep]}
		c.start(t, sqldbtest.SQLite(t, idempotency.Migrations()))
		ctx, cancel := context.WithCancel(as(t.Context(), "ops"))
		ended := make(chan error, 1)
		go func() { ended <- c.keeper.Run(ctx) }()

		const week = 7 * 24 * time.Hour
		for i, after := range []time.Duration{0, week, week} {
			time.Sleep(after)
			synctest.Wait()
			if _, err := c.create(ctx, first, "a"); err != nil {
				t.Fatal(err)
			}
			if got, want := c.count(t), []int64{1, 1, 2}[i]; got != want {
				t.Errorf("after %d weeks: got %d effects, want %d", i, got, want)
			}
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
