package sla

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// sweeper moves the running clocks whose calendar has changed, at half speed, so that there is room for others.
type sweeper struct {
	s    *Service
	rest time.Time
}

// NextDue implements alarm.Timed.
func (w *sweeper) NextDue(ctx context.Context) (next time.Time, ok bool, err error) {
	sweep, err := store.NextSweep(ctx, w.s.cfg.DB)
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, false, nil
	}
	if sweep.Since.Before(w.rest) {
		return w.rest, true, err
	}
	return sweep.Since, true, err
}

// Fire implements alarm.Timed: it moves a batch.
func (w *sweeper) Fire(ctx context.Context) error {
	began := w.s.cfg.Now()
	_, err := w.sweep(ctx)
	now := w.s.cfg.Now()
	w.rest = now.Add(now.Sub(began))
	return err
}

// sweep moves a batch of the running clocks whose calendar has changed. It reports whether there was anything to do.
func (w *sweeper) sweep(ctx context.Context) (bool, error) {
	switch _, err := store.NextSweep(ctx, w.s.cfg.DB); {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	}
	o := news(w.s.cfg.Now(), "calendar_changed")
	ids, err := w.without(ctx, o, nil)
	if err != nil && !passing(ctx, err) {
		var bad []string
		if bad, err = w.s.setAside(ctx, ids, o, err); err == nil {
			_, err = w.without(ctx, o, bad)
		}
	}
	return true, err
}

// without moves the next batch of a sweep, but for clocks that cannot be. It gives the handoffs of the batch.
func (w *sweeper) without(ctx context.Context, o occasion, bad []string) (ids []string, err error) {
	err = w.s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
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
		if err := w.s.settleAll(ctx, tx, good, o); err != nil {
			return err
		}
		return store.MoveSweep(ctx, tx, sweep, ids[len(ids)-1])
	})
	return ids, err
}
