package alarm

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/handoffhq/handoff/services/internal/steady"
)

// How long a watch sleeps at most, in real time, and how long after a fault or while the machine's clock is in doubt.
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

// Duty is what a watch sees to.
type Duty struct {
	Timed
	Now      func() time.Time // by which it is done
	Logger   *slog.Logger
	Undone   string                    // what the log says is not done while it fails
	Readings func() steady.Reading     // of the machine's clocks; the real ones if nil
	Stopped  func(ctx context.Context) // is told each time that the machine's clock was set; may be nil
}

// Watch sees to a duty until the context ends.
func (a Alarm) Watch(ctx context.Context, d Duty) error {
	if d.Readings == nil {
		d.Readings = steady.Real()
	}
	var guard steady.Guard
	for trusted := true; ctx.Err() == nil; {
		if before := trusted; before != guard.Trust(d.Readings()) {
			trusted = !before
			d.report(ctx, trusted)
		}
		// In doubt nobody wakes the watch, for its readings must lie apart; nor after a fault, for whoever plans anew what failed
		// would have it tried without a pause.
		sleep, woken := afterFault, Alarm(nil)
		if trusted {
			var ok bool
			if sleep, ok = d.look(ctx); ok {
				woken = a
			}
		}
		timer := time.NewTimer(sleep)
		select {
		case <-ctx.Done():
		case <-woken:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// look does what is due, and says how long to sleep then; not ok if it failed.
func (d Duty) look(ctx context.Context) (sleep time.Duration, ok bool) {
	sleep = longestSleep/2 + rand.N(longestSleep/2)
	at, due, err := d.NextDue(ctx)
	if err == nil && due {
		sleep = min(sleep, max(0, at.Sub(d.Now())))
	}
	if err == nil && due && sleep == 0 {
		err = d.Fire(ctx)
	}
	if err != nil && ctx.Err() == nil {
		d.Logger.WarnContext(ctx, d.Undone, slog.String("cause", err.Error())) //nolint:sloglint // the caller's is a constant
		return afterFault, false
	}
	return sleep, err == nil
}

// report says that timers stand still, or go on.
func (d Duty) report(ctx context.Context, trusted bool) {
	if trusted {
		d.Logger.InfoContext(ctx, "timers go on: the clock of the machine is steady again")
		return
	}
	d.Logger.ErrorContext(ctx, "timers stand still: the clock of the machine was set")
	if d.Stopped != nil {
		d.Stopped(ctx)
	}
}
