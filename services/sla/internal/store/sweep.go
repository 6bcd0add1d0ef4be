package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Sweep is the running clocks that a changed calendar has still to move.
type Sweep struct {
	Calendar string
	Version  int64     // of the calendar
	After    string    // the handoff up to which it is done
	Since    time.Time // when the calendar changed
}

// startSweep begins a sweep, or begins it anew.
func startSweep(ctx context.Context, tx *sqldb.Tx, c *Calendar) error {
	_, err := tx.Exec(ctx, `INSERT INTO sweep (calendar, version, after, since) VALUES ($1, $2, '', $3)
		ON CONFLICT (calendar) DO UPDATE SET version = excluded.version, after = excluded.after, since = excluded.since`,
		c.ID, c.Version, c.UpdatedAt.UnixMicro())
	return err
}

// NextSweep gives a sweep that is not done.
func NextSweep(ctx context.Context, q sqldb.Querier) (Sweep, error) {
	var s Sweep
	var since int64
	err := q.QueryRow(ctx, `SELECT calendar, version, after, since FROM sweep ORDER BY since, calendar LIMIT 1`).
		Scan(&s.Calendar, &s.Version, &s.After, &since)
	if errors.Is(err, sqldb.ErrNoRows) {
		return Sweep{}, ErrNotFound
	}
	s.Since = instant(&since)
	return s, err
}

// Swept gives the next handoffs with running clocks that count in the calendar, or wait for it, by id.
func Swept(ctx context.Context, q sqldb.Querier, s Sweep, limit int) ([]string, error) {
	var ids []string
	for row, err := range q.Query(ctx, `SELECT DISTINCT handoff FROM clock WHERE calendar = $1 AND calendar <> '' AND state IN (1, 3, 6)
		AND handoff > $2 ORDER BY handoff LIMIT $3`, s.Calendar, s.After, int64(limit)) {
		if err != nil {
			return nil, fmt.Errorf("sweep clocks: %w", err)
		}
		var id string
		if err := row.Scan(&id); err != nil {
			return nil, fmt.Errorf("sweep clocks: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// MoveSweep says that a sweep is done up to a handoff. It does nothing if the sweep has begun anew, or somebody else has
// moved it.
func MoveSweep(ctx context.Context, tx *sqldb.Tx, s Sweep, after string) error {
	_, err := tx.Exec(ctx, `UPDATE sweep SET after = $1 WHERE calendar = $2 AND version = $3 AND after = $4`, after, s.Calendar, s.Version, s.After)
	return err
}

// EndSweep says that a sweep is done. It does nothing if the sweep has begun anew.
func EndSweep(ctx context.Context, tx *sqldb.Tx, s Sweep) error {
	_, err := tx.Exec(ctx, `DELETE FROM sweep WHERE calendar = $1 AND version = $2`, s.Calendar, s.Version)
	return err
}
