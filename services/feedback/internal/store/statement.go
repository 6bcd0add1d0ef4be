package store

import (
	"context"
	"errors"
	"time"

	stated "github.com/handoffhq/handoff/services/feedback/internal/statement"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Statement is one that is archived. It never changes.
type Statement struct {
	Month   string // such as 2026-05
	Partner string
	Summary []byte // without its lines, as the API encodes it
	Lines   []byte // all of them, as the API encodes them
}

// PutStatement stores a statement, and reports whether there was none of the partner and month.
func PutStatement(ctx context.Context, tx *sqldb.Tx, s *Statement) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO statement (month, partner, summary, lines) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		s.Month, s.Partner, s.Summary, s.Lines)
	return n == 1, err
}

// GetStatement reads a statement with its lines. It fails with [ErrNotFound].
func GetStatement(ctx context.Context, q sqldb.Querier, partner, month string) (*Statement, error) {
	s := &Statement{Partner: partner, Month: month}
	err := q.QueryRow(ctx, `SELECT summary, lines FROM statement WHERE month = $1 AND partner = $2`, month, partner).Scan(&s.Summary, &s.Lines)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	return s, err
}

// Filed is where a statement stands in a list.
type Filed struct{ Month, Partner string }

// Statements reads statements without their lines: those of one partner, or of all if it is empty, after a place, the newest month
// first and those of a month by partner.
func Statements(ctx context.Context, q sqldb.Querier, partner string, after Filed, limit int64) ([]*Statement, error) {
	var all []*Statement
	for row, err := range q.Query(ctx, `SELECT month, partner, summary FROM statement
		WHERE ($1 = '' OR partner = $1) AND ($2 = '' OR month < $2 OR month = $2 AND partner > $3)
		ORDER BY month DESC, partner LIMIT $4`, partner, after.Month, after.Partner, limit) {
		if err != nil {
			return nil, err
		}
		s := &Statement{}
		if err := row.Scan(&s.Month, &s.Partner, &s.Summary); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

var statedTable = &sqldb.Table{Name: "stated", Columns: []sqldb.Column{
	{Name: "meeting", Type: sqldb.Text}, {Name: "month", Type: sqldb.Text}, {Name: "state", Type: sqldb.Int}, {Name: "reason", Type: sqldb.Int},
}, Suffix: "ON CONFLICT (meeting) DO UPDATE SET month = excluded.month, state = excluded.state, reason = excluded.reason"}

// State stores what the statement of a month says of a meeting.
func State(tx *sqldb.Tx, meeting, month string, r stated.Result) {
	tx.Insert(statedTable, meeting, month, r.State, r.Reason)
}

// Month is one whose statements are all archived.
type Month struct {
	Name string // such as 2026-05; empty for none
	End  time.Time
}

// LastMonth is the newest month whose statements are all archived.
func LastMonth(ctx context.Context, q sqldb.Querier) (Month, error) {
	var m Month
	var end int64
	err := q.QueryRow(ctx, `SELECT month, end_at FROM statement_month ORDER BY month DESC LIMIT 1`).Scan(&m.Name, &end)
	if errors.Is(err, sqldb.ErrNoRows) {
		return Month{}, nil
	}
	m.End = time.UnixMicro(end).UTC()
	return m, err
}

// CloseMonth stores that the statements of a month are all archived.
func CloseMonth(ctx context.Context, tx *sqldb.Tx, m Month) error {
	_, err := tx.Exec(ctx, `INSERT INTO statement_month (month, end_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, m.Name, m.End.UnixMicro())
	return err
}
