package store

import (
	"context"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/playbook/internal/agreement"
)

// Review is a reason to look at a version in force again. Cause is the API's number. The rates are nil where no rate fell.
type Review struct {
	Cause            int64
	DueAt            int64
	Recent, Baseline *float64
}

// scheduled is the cause of a review that time brings.
const scheduled = 1

func reviews(ctx context.Context, q sqldb.Querier, p *Playbook) error {
	for row, err := range q.Query(ctx, `SELECT cause, due_at, recent, baseline FROM review WHERE version = $1 ORDER BY due_at, cause`, p.Version) {
		if err != nil {
			return err
		}
		var r Review
		if err := row.Scan(&r.Cause, &r.DueAt, &r.Recent, &r.Baseline); err != nil {
			return err
		}
		p.Reviews = append(p.Reviews, r)
	}
	return nil
}

// AddReview notes a reason to look at a version again, and reports whether it is a new one: each cause counts once.
func AddReview(ctx context.Context, tx *sqldb.Tx, version int64, r Review) (isNew bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO review (version, cause, due_at, recent, baseline) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (version, cause) DO NOTHING`, version, r.Cause, r.DueAt, r.Recent, r.Baseline)
	return n > 0, err
}

// NextReview is when the version in force is to be looked at by its schedule; 0 if it was told, or nothing is in force.
func NextReview(ctx context.Context, q sqldb.Querier) (int64, error) {
	var at int64
	err := q.QueryRow(ctx, `SELECT COALESCE(MIN(review_due_at), 0) FROM playbook WHERE state = $1
		AND NOT EXISTS (SELECT 1 FROM review WHERE review.version = playbook.version AND review.cause = $2)`,
		int64(agreement.Active), int64(scheduled)).Scan(&at)
	return at, err
}
