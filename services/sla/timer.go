package sla

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/steady"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

const (
	batchSize = 500              // clocks, or handoffs of a sweep, of one transaction
	longest   = 30 * time.Second // between two looks, so that what another replica stored is seen
	retry     = time.Second      // after a failure, and while the machine's clock is in doubt
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
		swept, err := s.sweep(ctx)
		if err != nil {
			return err
		}
		rang, err := s.ring(ctx)
		if err != nil {
			return err
		}
		if !swept && !rang {
			return nil
		}
	}
}

// ring tells what a batch of clocks has to tell. It reports whether there was any.
func (s *Service) ring(ctx context.Context) (rang bool, err error) {
	now := s.cfg.Now()
	err = s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		ids, more, err := store.Due(ctx, tx, now, batchSize)
		if rang = len(ids) > 0; err != nil || !rang {
			return err
		}
		all, err := store.Lock(ctx, tx, ids...)
		if err != nil {
			return err
		}
		o := occasion{now: now, asOf: now, ring: true}
		if !more.IsZero() {
			o.asOf = more // what is due later waits for its turn among the others
		}
		return s.settle(ctx, tx, all, o)
	})
	return rang, err
}

// sweep moves a batch of the running clocks whose calendar has changed. It reports whether there was anything to do.
func (s *Service) sweep(ctx context.Context) (bool, error) {
	switch _, err := store.NextSweep(ctx, s.cfg.DB); {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	}
	now := s.cfg.Now()
	return true, s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		sweep, err := store.NextSweep(ctx, tx)
		if errors.Is(err, store.ErrNotFound) {
			return nil // another replica was faster
		}
		if err != nil {
			return err
		}
		ids, err := store.Swept(ctx, tx, sweep, batchSize)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return store.EndSweep(ctx, tx, sweep)
		}
		all, err := store.Lock(ctx, tx, ids...)
		if err != nil {
			return err
		}
		if err := s.settle(ctx, tx, all, news(now)); err != nil {
			return err
		}
		return store.MoveSweep(ctx, tx, sweep, ids[len(ids)-1])
	})
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

// look fires what is due and says how long to wait.
func (s *Service) look(ctx context.Context) time.Duration {
	s.plan.next.Store(math.MaxInt64) // whatever becomes due from here on is heard
	if err := s.Fire(ctx); err != nil {
		return s.failed(ctx, err)
	}
	next, ok, err := s.NextDue(ctx)
	if err != nil {
		return s.failed(ctx, err)
	}
	now := s.cfg.Now()
	wait := longest - rand.N(longest/8)
	if ok {
		wait = min(wait, max(0, next.Sub(now)))
	}
	s.plan.next.Store(now.Add(wait).UnixMicro())
	return wait
}

func (s *Service) failed(ctx context.Context, err error) time.Duration {
	if ctx.Err() == nil {
		s.cfg.Logger.WarnContext(ctx, "timers cannot fire now", slog.String("cause", err.Error()))
	}
	return retry + rand.N(retry)
}
