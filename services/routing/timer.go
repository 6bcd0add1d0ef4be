package routing

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/store"
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
