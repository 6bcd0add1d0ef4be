package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/pattern"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// PlanLook plans the first look for patterns, unless one is planned.
func PlanLook(ctx context.Context, tx *sqldb.Tx, next time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO pattern_watch (id, next_at) VALUES (0, $1) ON CONFLICT (id) DO NOTHING`, next.UnixMicro())
	return err
}

// NextLook is when patterns are looked for next; not ok if that is not planned.
func NextLook(ctx context.Context, q sqldb.Querier) (at time.Time, ok bool, err error) {
	var next *int64
	if err := q.QueryRow(ctx, `SELECT MIN(next_at) FROM pattern_watch`).Scan(&next); err != nil || next == nil {
		return time.Time{}, false, err
	}
	return time.UnixMicro(*next).UTC(), true, nil
}

// TakeLook takes the look that is due and plans the next one, and reports whether one is due. Another process that takes it
// waits for the end of the transaction, and finds it done.
func TakeLook(ctx context.Context, tx *sqldb.Tx, now, next time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE pattern_watch SET next_at = $1 WHERE id = 0 AND next_at <= $2`, next.UnixMicro(), now.UnixMicro())
	return n > 0, err
}

// What origins are counted by, and of which verdicts.
const (
	origin = `h.source, h.campaign, h.lead_magnet, v.rep, COALESCE(a.pool, '')`
	from   = ` FROM verdict v JOIN handoff h ON h.id = v.handoff_id
		LEFT JOIN assignment a ON a.handoff_id = v.handoff_id AND a.number = v.assignment
		WHERE v.answered_at >= $1 AND v.answered_at < $2 AND v.state <> 0`
	byOrigin = ` GROUP BY h.source, h.campaign, h.lead_magnet, v.rep, COALESCE(a.pool, '')`
)

// Messages counts, of the answers of a period [from, to) that say whether the campaign's message was right, those that say
// that it was not.
func Messages(ctx context.Context, q sqldb.Querier, start, end time.Time) ([]pattern.Row, error) {
	var rows []pattern.Row
	for row, err := range q.Query(ctx, `SELECT `+origin+`, SUM(CASE WHEN v.message_match <> $3 THEN 1 ELSE 0 END), COUNT(*)`+from+
		` AND v.message_match <> 0`+byOrigin, start.UnixMicro(), end.UnixMicro(), verdict.Accurate) {
		if err != nil {
			return nil, err
		}
		var r pattern.Row
		if err := row.Scan(&r.Source, &r.Campaign, &r.LeadMagnet, &r.Rep, &r.Pool, &r.Part, &r.Whole); err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// Ratings adds up the ratings of a period [from, to), but for those of answers that are disputed or were overturned.
func Ratings(ctx context.Context, q sqldb.Querier, start, end time.Time) ([]pattern.Rated, error) {
	var rows []pattern.Rated
	for row, err := range q.Query(ctx, `SELECT `+origin+`, SUM(v.rating), COUNT(*)`+from+` AND v.rating > 0 AND v.standing NOT IN ($3, $4)`+byOrigin,
		start.UnixMicro(), end.UnixMicro(), dispute.Disputed, dispute.Overturned) {
		if err != nil {
			return nil, err
		}
		var r pattern.Rated
		if err := row.Scan(&r.Source, &r.Campaign, &r.LeadMagnet, &r.Rep, &r.Pool, &r.Sum, &r.Count); err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}
