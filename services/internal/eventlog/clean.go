package eventlog

import (
	"context"
	"log/slog"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// How the log is cleaned. What every receiver has taken is kept for a week all the same: the journal of the journey
// service is the lasting record, the log is what a receiver can be brought up to date from.
const (
	cleanEvery = 10 * time.Minute
	keepFor    = 7 * 24 * time.Hour
	cleanBatch = 5000
)

// Clean deletes rows that every receiver has taken and that are older than a week. It never deletes the row at a
// receiver's mark: the next comparison of pasts needs it.
func (l *Log) Clean(ctx context.Context) error {
	for {
		var n int64
		err := l.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			n, err = tx.Exec(ctx, `DELETE FROM log WHERE pos IN (SELECT pos FROM log
				WHERE pos < (SELECT min(acked) FROM relay) AND (SELECT count(*) FROM relay) = $1 AND at < $2
				ORDER BY pos LIMIT $3)`, int64(len(l.Destinations())), l.cfg.Now().Add(-keepFor).UnixMicro(), int64(cleanBatch))
			return err
		})
		if err != nil || n < cleanBatch {
			return err
		}
	}
}

// Run tries parked events again and cleans the log, until the context ends.
func (l *Log) Run(ctx context.Context) error {
	retry, clean := time.NewTicker(retryEvery), time.NewTicker(cleanEvery)
	defer retry.Stop()
	defer clean.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-retry.C:
			err = l.parking.retry(ctx)
		case <-clean.C:
			err = l.Clean(ctx)
		}
		if err != nil && ctx.Err() == nil {
			l.cfg.Logger.WarnContext(ctx, "event log upkeep", slog.String("cause", err.Error()))
		}
	}
}
