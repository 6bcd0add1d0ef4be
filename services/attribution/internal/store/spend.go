package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"github.com/handoffhq/handoff/services/internal/money"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Key is what names a record for ever: the system that it comes from, and its id there.
type Key struct {
	Source, SourceID string
}

// Spend is one figure of spend.
type Spend struct {
	Key
	ID        string
	Campaign  string // id; empty for none
	Category  string
	Amount    money.Amount
	SpentAt   time.Time
	CreatedAt time.Time
}

const spendColumns = `s.id, s.source, s.source_id, s.campaign, s.category, s.amount_minor, s.currency, s.spent_at, s.created_at`

var spendTable = &sqldb.Table{Name: "spend", Suffix: "ON CONFLICT DO NOTHING RETURNING id", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "source", Type: sqldb.Text}, {Name: "source_id", Type: sqldb.Text},
	{Name: "campaign", Type: sqldb.Text}, {Name: "category", Type: sqldb.Text}, {Name: "amount_minor", Type: sqldb.Int},
	{Name: "currency", Type: sqldb.Text}, {Name: "spent_at", Type: sqldb.Int}, {Name: "created_at", Type: sqldb.Int},
}}

// InsertSpends stores the figures whose key is not there yet, and gives those that were stored.
func InsertSpends(ctx context.Context, tx *sqldb.Tx, spends []*Spend) ([]*Spend, error) {
	rows := make([][]any, len(spends))
	for i, s := range spends {
		rows[i] = []any{s.ID, s.Source, s.SourceID, s.Campaign, s.Category, s.Amount.Minor, s.Amount.Currency,
			s.SpentAt.UnixMicro(), s.CreatedAt.UnixMicro()}
	}
	return insertFresh(ctx, tx, spendTable, rows, spends, func(s *Spend) string { return s.ID })
}

// Spends reads the figures of the given keys that there are.
func Spends(ctx context.Context, tx *sqldb.Tx, keys []Key) (map[Key]*Spend, error) {
	list, args := keyValues(tx, keys)
	found, err := spends(ctx, tx, `WITH wanted(source, source_id) AS (VALUES `+list+`)
		SELECT `+spendColumns+` FROM spend s JOIN wanted w ON w.source = s.source AND w.source_id = s.source_id`, args...)
	if err != nil {
		return nil, err
	}
	byKey := make(map[Key]*Spend, len(found))
	for _, s := range found {
		byKey[s.Key] = s
	}
	return byKey, nil
}

// ListSpends reads up to limit figures before a place, the newest first.
func ListSpends(ctx context.Context, q sqldb.Querier, before Place, limit int64) ([]*Spend, error) {
	return spends(ctx, q, `SELECT `+spendColumns+` FROM spend s WHERE (s.spent_at, s.id) < ($1, $2)
		ORDER BY s.spent_at DESC, s.id DESC LIMIT $3`, before.Micros, before.ID, limit)
}

// SumSpend adds up what was spent in a period in the given categories, or in all of them when none is given. It fails as
// [money.Amount.Add] does.
func SumSpend(ctx context.Context, q sqldb.Querier, view View, period pipeline.Period, categories []string) (money.Amount, error) {
	query, args := `SELECT amount_minor, currency FROM spend WHERE spent_at >= $1 AND spent_at < $2 AND created_at <= $3`,
		[]any{period.Start.UnixMicro(), period.End.UnixMicro(), view.micros()}
	if len(categories) > 0 {
		list, more := sqldb.In(4, categories)
		query, args = query+` AND category IN (`+list+`)`, append(args, more...)
	}
	var sum money.Amount
	for row, err := range q.Query(ctx, query, args...) {
		if err != nil {
			return money.Amount{}, err
		}
		var amount money.Amount
		if err := row.Scan(&amount.Minor, &amount.Currency); err != nil {
			return money.Amount{}, err
		}
		if sum, err = sum.Add(amount); err != nil {
			return money.Amount{}, err
		}
	}
	return sum, nil
}

func spends(ctx context.Context, q sqldb.Querier, query string, args ...any) ([]*Spend, error) {
	var all []*Spend
	for row, err := range q.Query(ctx, query, args...) {
		if err != nil {
			return nil, err
		}
		s := &Spend{}
		var spent, created int64
		if err := row.Scan(&s.ID, &s.Source, &s.SourceID, &s.Campaign, &s.Category, &s.Amount.Minor, &s.Amount.Currency,
			&spent, &created); err != nil {
			return nil, err
		}
		s.SpentAt, s.CreatedAt = at(spent), at(created)
		all = append(all, s)
	}
	return all, nil
}
