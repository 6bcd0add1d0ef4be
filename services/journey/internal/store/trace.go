package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Job is a handoff whose trace lacks something.
type Job struct {
	Handoff  string // the id, 32 hex digits
	Changes  int64  // how often something was added; tells whether more came while the job ran
	Attempts int64
}

// Mark plans the writing of a handoff's trace at an instant.
func Mark(ctx context.Context, tx *sqldb.Tx, handoff string, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO trace_job (handoff, next_at, changes, attempts) VALUES ($1, $2, 1, 0)
		ON CONFLICT (handoff) DO UPDATE SET changes = trace_job.changes + 1, next_at = excluded.next_at`, handoff, at.UnixMicro())
	return err
}

// NextJob is when the next job is due; ok is false when there is none.
func NextJob(ctx context.Context, q sqldb.Querier) (at time.Time, ok bool, err error) {
	var micros *int64
	if err := q.QueryRow(ctx, `SELECT min(next_at) FROM trace_job`).Scan(&micros); err != nil || micros == nil {
		return time.Time{}, false, err
	}
	return time.UnixMicro(*micros).UTC(), true, nil
}

// Due reads jobs that are due, the oldest first.
func Due(ctx context.Context, q sqldb.Querier, now time.Time, limit int64) ([]Job, error) {
	var all []Job
	for row, err := range q.Query(ctx, `SELECT handoff, changes, attempts FROM trace_job WHERE next_at <= $1 ORDER BY next_at, handoff LIMIT $2`,
		now.UnixMicro(), limit) {
		if err != nil {
			return nil, err
		}
		var j Job
		if err := row.Scan(&j.Handoff, &j.Changes, &j.Attempts); err != nil {
			return nil, err
		}
		all = append(all, j)
	}
	return all, nil
}

// Written are the keys of the stages that are written already; the root's key is empty.
func Written(ctx context.Context, q sqldb.Querier, handoff string) (map[string]bool, error) {
	keys := map[string]bool{}
	for row, err := range q.Query(ctx, `SELECT stage FROM trace_span WHERE handoff = $1`, handoff) {
		if err != nil {
			return nil, err
		}
		var key string
		if err := row.Scan(&key); err != nil {
			return nil, err
		}
		keys[key] = true
	}
	return keys, nil
}

var spanTable = &sqldb.Table{Name: "trace_span", Columns: []sqldb.Column{
	{Name: "handoff", Type: sqldb.Text}, {Name: "stage", Type: sqldb.Text},
}, Suffix: "ON CONFLICT DO NOTHING"}

// Done stores what was written, and drops the job unless more came meanwhile.
func Done(ctx context.Context, tx *sqldb.Tx, j Job, keys []string) error {
	for _, key := range keys {
		tx.Insert(spanTable, j.Handoff, key)
	}
	_, err := tx.Exec(ctx, `DELETE FROM trace_job WHERE handoff = $1 AND changes = $2`, j.Handoff, j.Changes)
	return err
}

// Later puts a job off.
func Later(ctx context.Context, tx *sqldb.Tx, j Job, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE trace_job SET next_at = $1, attempts = attempts + 1 WHERE handoff = $2`, at.UnixMicro(), j.Handoff)
	return err
}
