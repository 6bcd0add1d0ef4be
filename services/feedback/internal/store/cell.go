package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/feedback/internal/rejection"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Cells counts the answers of a period [from, to) by everything that a report slices by: of all reps, or of one by id. An
// assignment is answered once, by accept, reject or recycle. A decline says nothing of the lead, and a recycle after an
// accept is how the work on the lead ended, not the answer to it. The reason is the one that counts, and the company's word for it
// that with which it was given.
func Cells(ctx context.Context, q sqldb.Querier, from, to time.Time, rep *string) ([]rejection.Cell, error) {
	var cells []rejection.Cell
	for row, err := range q.Query(ctx, `SELECT h.source, h.campaign, h.lead_magnet, h.partner, v.rep, COALESCE(a.pool, ''), COALESCE(a.tier, ''), v.counted_reason,
			CASE WHEN v.counted_reason = v.reason THEN v.detail ELSE '' END, v.standing, count(*)
		FROM verdict v JOIN handoff h ON h.id = v.handoff_id
			LEFT JOIN assignment a ON a.handoff_id = v.handoff_id AND a.number = v.assignment
		WHERE v.answered_at >= $1 AND v.answered_at < $2 AND v.state <> 0
			AND (v.step IN ($3, $4) OR v.step = $5 AND NOT EXISTS (SELECT 1 FROM verdict b
				WHERE b.handoff_id = v.handoff_id AND b.assignment = v.assignment AND b.step = $3))
			AND ($6 = '*' OR v.rep = $6)
		GROUP BY h.source, h.campaign, h.lead_magnet, h.partner, v.rep, a.pool, a.tier, v.counted_reason, v.reason, v.detail, v.standing`,
		from.UnixMicro(), to.UnixMicro(), verdict.Accept, verdict.Reject, verdict.Recycle, whose(rep)) {
		if err != nil {
			return nil, err
		}
		var c rejection.Cell
		if err := row.Scan(&c.Source, &c.Campaign, &c.LeadMagnet, &c.Partner, &c.Rep, &c.Pool, &c.Tier, &c.Reason, &c.Detail, &c.Standing, &c.Answers); err != nil {
			return nil, err
		}
		cells = append(cells, c)
	}
	return cells, nil
}

// whose is a rep as the queries of figures take it: an id, or a star for all of them.
func whose(rep *string) string {
	if rep == nil {
		return "*"
	}
	return *rep
}
