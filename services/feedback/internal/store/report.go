package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Report is a report that came out. It never changes.
type Report struct {
	Kind        string // such as rejections
	Period      string // its name
	Start, End  time.Time
	PublishedAt time.Time
	Body        []byte // as the API encodes it
}

// Rejections is the kind of the rejection reports.
const Rejections = "rejections"

// Publish stores a report, unless the one of its period came out already, and says whether it did.
func Publish(ctx context.Context, tx *sqldb.Tx, r *Report) (published bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO report (kind, period, start_at, end_at, published_at, body) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (kind, period) DO NOTHING`, r.Kind, r.Period, r.Start.UnixMicro(), r.End.UnixMicro(), r.PublishedAt.UnixMicro(), r.Body)
	if err != nil {
		return false, fmt.Errorf("store report: %w", err)
	}
	return n > 0, nil
}

const selectReport = `SELECT kind, period, start_at, end_at, published_at, body FROM report WHERE kind = $1 `

// GetReport reads a report.
func GetReport(ctx context.Context, q sqldb.Querier, kind, period string) (*Report, error) {
	return oneReport(q.QueryRow(ctx, selectReport+`AND period = $2`, kind, period))
}

// LastReport reads the report of the last period.
func LastReport(ctx context.Context, q sqldb.Querier, kind string) (*Report, error) {
	return oneReport(q.QueryRow(ctx, selectReport+`ORDER BY end_at DESC LIMIT 1`, kind))
}

// Reports reads reports, the last period first: those before a period by its name, or all for an empty one.
func Reports(ctx context.Context, q sqldb.Querier, kind, before string, limit int64) ([]*Report, error) {
	var all []*Report
	for row, err := range q.Query(ctx, selectReport+`AND ($2 = '' OR period < $2) ORDER BY period DESC LIMIT $3`, kind, before, limit) {
		if err != nil {
			return nil, fmt.Errorf("list reports: %w", err)
		}
		r, err := oneReport(row)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func oneReport(row sqldb.Row) (*Report, error) {
	var r Report
	var start, end, published int64
	err := row.Scan(&r.Kind, &r.Period, &start, &end, &published, &r.Body)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read report: %w", err)
	}
	r.Start, r.End, r.PublishedAt = time.UnixMicro(start).UTC(), time.UnixMicro(end).UTC(), time.UnixMicro(published).UTC()
	return &r, nil
}
