package alarm

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"
)

// How long a watch sleeps at most, in real time, and how long after a fault.
const (
	longestSleep = 30 * time.Second
	afterFault   = time.Second
)

// Alarm wakes a watch.
type Alarm chan struct{}

// New makes an alarm.
func New() Alarm { return make(Alarm, 1) }

// Ring wakes the watch: something may be due sooner than it knows.
func (a Alarm) Ring() {
	select {
	case a <- struct{}{}:
	default:
	}
}

// Timed is what is done at instants that are known in advance.
type Timed interface {
	// NextDue is the earliest instant at which there is something to do; ok is false when there is none.
	NextDue(ctx context.Context) (at time.Time, ok bool, err error)
	// Fire does what is due.
	Fire(ctx context.Context) error
}

// Watch has it done in time by a clock, until the context ends. Undone says in the log what is not done while it fails.
func (a Alarm) Watch(ctx context.Context, what Timed, now func() time.Time, logger *slog.Logger, undone string) error {
	for ctx.Err() == nil {
		sleep := longestSleep/2 + rand.N(longestSleep/2)
		at, due, err := what.NextDue(ctx)
		if err == nil && due {
			sleep = min(sleep, max(0, at.Sub(now())))
		}
		if err == nil && due && sleep == 0 {
			err = what.Fire(ctx)
		}
		if err != nil && ctx.Err() == nil {
			logger.WarnContext(ctx, undone, slog.String("cause", err.Error())) //nolint:sloglint // the caller's is a constant
			sleep = afterFault
		}
		timer := time.NewTimer(sleep)
		select {
		case <-ctx.Done():
		case <-a:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}
