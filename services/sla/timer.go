package sla

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// batchSize is how many clocks, or handoffs of a sweep, are the matter of one transaction.
const batchSize = 500

// NextDue is the earliest instant at which there is something to fire; not ok if there is nothing.
func (s *Service) NextDue(ctx context.Context) (next time.Time, ok bool, err error) {
	if next, ok, err = (&sweeper{s: s}).NextDue(ctx); ok || err != nil {
		return next, ok, err
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
	swept, err := (&sweeper{s: s}).sweep(ctx)
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
