package routing

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// How long the timer sleeps at most, in real time, and how long after a fault.
const (
	longestSleep = 30 * time.Second
	afterFault   = time.Second
)

// NextDue is the earliest instant at which a held handoff wants to be looked at.
func (s *Service) NextDue(ctx context.Context) (time.Time, bool, error) {
	at, err := store.NextDue(ctx, s.cfg.DB)
	return store.Instant(at), at > 0, err
}

// Fire looks at every held handoff whose time has come.
func (s *Service) Fire(ctx context.Context) error {
	ctx, now := auth.WithActor(ctx, auth.Service(eventlog.Routing)), s.cfg.Now()
	for {
		var seen int
		err := s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			w := s.begin(tx, now)
			if seen, err = w.lookAtDue(ctx); err != nil {
				return err
			}
			return w.save(ctx)
		})
		if err != nil || seen < lookAtMost {
			return err
		}
	}
}

// ring wakes the timer: somebody waits, perhaps for sooner than it knows.
func (s *Service) ring() {
	select {
	case s.alarm <- struct{}{}:
	default:
	}
}

// watch looks at the holding queue in time, until the context ends.
func (s *Service) watch(ctx context.Context) error {
	for ctx.Err() == nil {
		sleep := longestSleep/2 + rand.N(longestSleep/2)
		at, due, err := s.NextDue(ctx)
		if err == nil && due {
			sleep = min(sleep, max(0, at.Sub(s.cfg.Now())))
		}
		if err == nil && due && sleep == 0 {
			err = s.Fire(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.cfg.Logger.WarnContext(ctx, "holding queue is not looked at", slog.String("cause", err.Error()))
			sleep = afterFault
		}
		timer := time.NewTimer(sleep)
		select {
		case <-ctx.Done():
		case <-s.alarm:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}
