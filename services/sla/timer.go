package sla

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/steady"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

const (
	batchSize = 500                   // clocks, or handoffs of a sweep, of one transaction
	backlog   = 5 * time.Second       // what is later than that is worked off at half speed, so that there is room for others
	pace      = 50 * time.Millisecond // between two batches of a backlog, at least
	longest   = 30 * time.Second      // between two looks, so that what another replica stored is seen
	retry     = time.Second           // after a failure, and while the machine's clock is in doubt
)

// NextDue is the earliest instant at which there is something to fire; not ok if there is nothing.
func (s *Service) NextDue(ctx context.Context) (next time.Time, ok bool, err error) {
	sweep, err := store.NextSweep(ctx, s.cfg.DB)
	if err == nil {
		return sweep.Since, true, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return time.Time{}, false, err
	}
	next, err = store.NextDue(ctx, s.cfg.DB)
	return next, !next.IsZero(), err
}

// Fire tells everything that is due: the longest waiting first, in transactions of a bounded size.
func (s *Service) Fire(ctx context.Context) error {
	for {
		if more, err := s.fireSome(ctx); err != nil || !more {
			return err
		}
	}
}

// fireSome moves a batch of clocks whose calendar has changed, and tells a batch of what is due. It reports whether there was
// any, so that there may be more.
func (s *Service) fireSome(ctx context.Context) (more bool, err error) {
	swept, err := s.sweep(ctx)
	if err != nil {
		return false, err
	}
	rang, err := s.ring(ctx)
	return swept || rang, err
}

// ring tells what a batch of clocks has to tell. It reports whether there was any. What cannot be told waits by itself, and
// keeps none of the others.
func (s *Service) ring(ctx context.Context) (rang bool, err error) {
	var ids []string
	o := occasion{now: s.cfg.Now(), ring: true}
	err = s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		o.asOf = o.now
		due, more, err := store.Due(ctx, tx, o.now, batchSize)
		if ids = due; err != nil || len(ids) == 0 {
			return err
		}
		if !more.IsZero() {
			o.asOf = more // what is due later waits for its turn among the others
		}
		return s.settleAll(ctx, tx, ids, o)
	})
	if err != nil && !passing(ctx, err) {
		_, err = s.setAside(ctx, ids, o, err)
	}
	return len(ids) > 0, err
}

// sweep moves a batch of the running clocks whose calendar has changed. It reports whether there was anything to do.
func (s *Service) sweep(ctx context.Context) (bool, error) {
	switch _, err := store.NextSweep(ctx, s.cfg.DB); {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	}
	o := news(s.cfg.Now())
	ids, err := s.sweepWithout(ctx, o, nil)
	if err != nil && !passing(ctx, err) {
		var bad []string
		if bad, err = s.setAside(ctx, ids, o, err); err == nil {
			_, err = s.sweepWithout(ctx, o, bad)
		}
	}
	return true, err
}

// sweepWithout moves the next batch of a sweep, but for clocks that cannot be. It gives the handoffs of the batch.
func (s *Service) sweepWithout(ctx context.Context, o occasion, bad []string) (ids []string, err error) {
	err = s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		sweep, err := store.NextSweep(ctx, tx)
		if errors.Is(err, store.ErrNotFound) {
			return nil // another replica was faster
		}
		if err != nil {
			return err
		}
		if ids, err = store.Swept(ctx, tx, sweep, batchSize); err != nil {
			return err
		}
		if len(ids) == 0 {
			return store.EndSweep(ctx, tx, sweep)
		}
		good := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(bad, id) })
		if err := s.settleAll(ctx, tx, good, o); err != nil {
			return err
		}
		return store.MoveSweep(ctx, tx, sweep, ids[len(ids)-1])
	})
	return ids, err
}

// planner is when the loop looks next, and how to have it look earlier.
type planner struct {
	next atomic.Int64  // Unix microseconds
	wake chan struct{} // of one
}

// hear says that something is due at an instant.
func (p *planner) hear(at int64) {
	if at >= p.next.Load() {
		return
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// watch fires what is due until the context ends.
func (s *Service) watch(ctx context.Context) {
	var guard steady.Guard
	trusted, wake := true, s.plan.wake
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-timer.C:
		}
		if before := trusted; before != guard.Trust(s.cfg.Readings()) {
			trusted = !before
			s.report(ctx, trusted)
		}
		wait := retry
		if wake = nil; trusted { // in doubt nobody wakes the loop: its readings must lie apart
			wait, wake = s.look(ctx), s.plan.wake
		}
		timer.Reset(wait)
	}
}

// report says that timers stand still, or go on.
func (s *Service) report(ctx context.Context, trusted bool) {
	if trusted {
		s.cfg.Logger.InfoContext(ctx, "timers go on: the clock of the machine is steady again")
		return
	}
	s.meters.stops.Add(ctx, 1)
	s.cfg.Logger.ErrorContext(ctx, "timers stand still: the clock of the machine was set")
}

// look fires some of what is due and says how long to wait.
func (s *Service) look(ctx context.Context) time.Duration {
	s.plan.next.Store(math.MaxInt64) // whatever becomes due from here on is heard
	began := s.cfg.Now()
	_, err := s.fireSome(ctx)
	if err != nil {
		return s.failed(ctx, err)
	}
	wait, err := s.untilNext(ctx, s.cfg.Now().Sub(began))
	if err != nil {
		return s.failed(ctx, err)
	}
	s.plan.next.Store(s.cfg.Now().Add(wait).UnixMicro())
	return wait
}

// untilNext is how long the loop can wait after some work. A backlog waits for as long again as the work took.
func (s *Service) untilNext(ctx context.Context, took time.Duration) (time.Duration, error) {
	wait := longest - rand.N(longest/8)
	next, ok, err := s.NextDue(ctx)
	if !ok {
		return wait, err
	}
	left := next.Sub(s.cfg.Now())
	if left < -backlog {
		left = max(took, pace)
	}
	return min(wait, max(0, left)), err
}

func (s *Service) failed(ctx context.Context, err error) time.Duration {
	if ctx.Err() == nil {
		s.cfg.Logger.WarnContext(ctx, "timers cannot fire now", slog.String("cause", err.Error()))
	}
	return retry + rand.N(retry)
}
