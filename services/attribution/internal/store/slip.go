package store

import (
	"context"
	"errors"
	"time"

	"github.com/handoffhq/handoff/services/attribution/internal/deal"
	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// PlanSlipWatch plans the first look at the funnel, unless one is planned.
func PlanSlipWatch(ctx context.Context, tx *sqldb.Tx, next time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO slip_watch (id, next_at, events) VALUES (0, $1, 0) ON CONFLICT (id) DO NOTHING`, micros(next))
	return err
}

// NextSlipWatch is when the funnel is looked at next; the zero time if never.
func NextSlipWatch(ctx context.Context, q sqldb.Querier) (time.Time, error) {
	var next *int64
	err := q.QueryRow(ctx, `SELECT MIN(next_at) FROM slip_watch`).Scan(&next)
	return instant(next), err
}

// TakeSlipWatch takes the look at the funnel that is due, plans the next one, and gives how many falls were told of so far;
// ok is false if none is due. Another process that takes it waits for the end of the transaction, and finds it done.
func TakeSlipWatch(ctx context.Context, tx *sqldb.Tx, now, next time.Time) (events int64, ok bool, err error) {
	err = tx.QueryRow(ctx, `UPDATE slip_watch SET next_at = $1 WHERE id = 0 AND next_at <= $2 RETURNING events`, micros(next), micros(now)).Scan(&events)
	if errors.Is(err, sqldb.ErrNoRows) {
		return 0, false, nil
	}
	return events, err == nil, err
}

// CountSlips notes how many falls were told of.
func CountSlips(ctx context.Context, tx *sqldb.Tx, events int64) error {
	_, err := tx.Exec(ctx, `UPDATE slip_watch SET events = $1 WHERE id = 0`, events)
	return err
}

// TellSlip notes that a figure's fall is told now, and reports whether it may be: not if it was told after an instant.
func TellSlip(ctx context.Context, tx *sqldb.Tx, measure int64, now, notAfter time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO slip (measure, told_at) VALUES ($1, $2)
		ON CONFLICT (measure) DO UPDATE SET told_at = excluded.told_at WHERE slip.told_at <= $3`, measure, micros(now), micros(notAfter))
	return n > 0, err
}

// Wins is how many deals were won of those that were closed in a period.
func Wins(ctx context.Context, q sqldb.Querier, period pipeline.Period) (pipeline.Ratio, error) {
	var r pipeline.Ratio
	err := q.QueryRow(ctx, `SELECT COALESCE(SUM(CASE WHEN state = $1 THEN 1 ELSE 0 END), 0), COUNT(*) FROM opportunity
		WHERE state IN ($1, $2) AND closed_at >= $3 AND closed_at < $4`, deal.Won, deal.Lost, period.Start.UnixMicro(), period.End.UnixMicro()).
		Scan(&r.Numerator, &r.Denominator)
	return r, err
}

// Qualified is how many of the MQLs of a period became SQLs within a time.
func Qualified(ctx context.Context, q sqldb.Querier, period pipeline.Period, within time.Duration) (pipeline.Ratio, error) {
	var r pipeline.Ratio
	err := q.QueryRow(ctx, `SELECT COALESCE(SUM(CASE WHEN sql_at <= mql_at + $1 THEN 1 ELSE 0 END), 0), COUNT(*) FROM handoff
		WHERE mql_at >= $2 AND mql_at < $3`, within.Microseconds(), period.Start.UnixMicro(), period.End.UnixMicro()).
		Scan(&r.Numerator, &r.Denominator)
	return r, err
}
