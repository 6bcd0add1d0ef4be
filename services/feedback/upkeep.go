package feedback

import (
	"context"
	"log/slog"
	"time"

	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// How long stored answers are kept, in real time: as long as the answers to requests, so that a request id stands for one
// answer all that time. Verdicts stay for ever.
const (
	keepFor    = 8 * 24 * time.Hour
	forgetting = time.Hour
	batch      = 1000
)

// realTime is the time of the machine, which decides when to forget, also where the suite rehearses on another clock.
func realTime() time.Time { return time.Now() } //nolint:forbidigo // see above

// forget forgets old answers until the context ends.
func (s *Service) forget(ctx context.Context) error {
	tick := time.NewTicker(forgetting)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := s.forgetBefore(ctx, realTime().Add(-keepFor)); err != nil && ctx.Err() == nil {
			s.cfg.Logger.WarnContext(ctx, "stored answers are not cleaned up", slog.String("cause", err.Error()))
		}
	}
}

// forgetBefore forgets the answers stored before an instant.
func (s *Service) forgetBefore(ctx context.Context, before time.Time) error {
	for {
		var n int64
		err := s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			n, err = store.ForgetAnswers(ctx, tx, before, batch)
			return err
		})
		if err != nil || n < batch {
			return err
		}
	}
}
