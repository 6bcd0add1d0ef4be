package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/feedback/internal/rejection"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Rejections counts the answers of a period [from, to) by source, campaign and reason: of all reps, or of one by id. An
// assignment is answered once, by accept, reject or recycle. A decline says nothing of the lead, and a recycle after an
// accept is how the work on the lead ended, not the answer to it.
func Rejections(ctx context.Context, q sqldb.Querier, from, to time.Time, rep *string) ([]rejection.Count, error) {
	query := `SELECT h.source, h.campaign, v.reason, count(*) FROM verdict v JOIN handoff h ON h.id = v.handoff_id
		WHERE v.answered_at >= $1 AND v.answered_at < $2 AND v.state <> 0
			AND (v.step IN ($3, $4) OR v.step = $5 AND NOT EXISTS (SELECT 1 FROM verdict a
				WHERE a.handoff_id = v.handoff_id AND a.assignment = v.assignment AND a.step = $3))`
	args := []any{from.UnixMicro(), to.UnixMicro(), verdict.Accept, verdict.Reject, verdict.Recycle}
	if rep != nil {
		query, args = query+` AND v.rep = $6`, append(args, *rep)
	}
	var counts []rejection.Count
	for row, err := range q.Query(ctx, query+` GROUP BY h.source, h.campaign, v.reason`, args...) {
		if err != nil {
			return nil, err
		}
		var c rejection.Count
		if err := row.Scan(&c.Source, &c.Campaign, &c.Reason, &c.Answers); err != nil {
			return nil, err
		}
		counts = append(counts, c)
	}
	return counts, nil
}
