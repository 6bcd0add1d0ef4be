package store

import (
	"context"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

const pairColumns = `lead, other, evidence, resolution, found_at`

var (
	pairColumnsOf = []sqldb.Column{
		{Name: "lead", Type: sqldb.Text}, {Name: "other", Type: sqldb.Text}, {Name: "evidence", Type: sqldb.Int},
		{Name: "resolution", Type: sqldb.Int}, {Name: "found_at", Type: sqldb.Int},
	}
	suspectTable = &sqldb.Table{Name: "lead_pair", Columns: pairColumnsOf, Suffix: `ON CONFLICT DO NOTHING`}
	pairTable    = &sqldb.Table{Name: "lead_pair", Columns: pairColumnsOf, Suffix: `ON CONFLICT (lead, other) DO UPDATE SET resolution = excluded.resolution`}
)

func pairRow(p *record.Pair) []any {
	return []any{p.Lead, p.Other, int64(p.Evidence), int64(p.Resolution), micros(p.FoundAt)}
}

// Suspect notes that two leads may be one person, unless that is known already or a person has said what they are.
func Suspect(tx *sqldb.Tx, p *record.Pair) { tx.Insert(suspectTable, pairRow(p)...) }

// Resolve writes what a person said of two leads.
func Resolve(tx *sqldb.Tx, p *record.Pair) { tx.Insert(pairTable, pairRow(p)...) }

func scanPair(row sqldb.Row) (*record.Pair, error) {
	p := &record.Pair{}
	var found int64
	err := row.Scan(&p.Lead, &p.Other, &p.Evidence, &p.Resolution, &found)
	p.FoundAt = instant(found)
	return p, err
}

// Pair reads what is known of two leads, and keeps other writers off it until the end of the transaction.
func Pair(ctx context.Context, tx *sqldb.Tx, lead, other string) (*record.Pair, error) {
	found, err := collect(tx.Query(ctx, `SELECT `+pairColumns+` FROM lead_pair WHERE lead = $1 AND other = $2`+tx.Dialect().ForUpdate(), lead, other), scanPair)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// Suspicions says which pairs a list holds.
type Suspicions struct {
	Lead     string // of one lead; empty for all
	Resolved bool   // also those that a person has resolved
}

// PairPlace is where a page of pairs ends.
type PairPlace struct {
	FoundAt     int64
	Lead, Other string
}

// Pairs lists pairs with evidence after a place, the oldest first. Leads that are one by now are left out unless a person said so.
func Pairs(ctx context.Context, q sqldb.Querier, s Suspicions, after PairPlace, limit int64) ([]*record.Pair, error) {
	conditions := `(p.found_at, p.lead, p.other) > ($1, $2, $3) AND p.evidence > 0`
	args := []any{after.FoundAt, after.Lead, after.Other, limit}
	if s.Lead != "" {
		conditions += ` AND (p.lead = $5 OR p.other = $5)`
		args = append(args, s.Lead)
	}
	if !s.Resolved {
		conditions += ` AND p.resolution = 0 AND COALESCE(NULLIF(a.merged_into, ''), a.id) <> COALESCE(NULLIF(b.merged_into, ''), b.id)`
	}
	return collect(q.Query(ctx, `SELECT p.lead, p.other, p.evidence, p.resolution, p.found_at FROM lead_pair p
		JOIN lead a ON a.id = p.lead JOIN lead b ON b.id = p.other WHERE `+conditions+`
		ORDER BY p.found_at, p.lead, p.other LIMIT $4`, args...), scanPair)
}

// Parted reports whether a person said of any two leads, one from each group, that they are two people.
func Parted(ctx context.Context, tx *sqldb.Tx, a, b []string) (bool, error) {
	first, args := sqldb.In(2, a)
	second, more := sqldb.In(2+len(args), b)
	var n int64
	err := tx.QueryRow(ctx, `SELECT count(*) FROM lead_pair WHERE resolution = $1
		AND (lead IN (`+first+`) AND other IN (`+second+`) OR other IN (`+first+`) AND lead IN (`+second+`))`,
		append(append([]any{int64(record.DifferentPeople)}, args...), more...)...).Scan(&n)
	return n > 0, err
}

// Reunite forgets that leads of two groups are different people.
func Reunite(ctx context.Context, tx *sqldb.Tx, a, b []string) error {
	first, args := sqldb.In(3, a)
	second, more := sqldb.In(3+len(args), b)
	_, err := tx.Exec(ctx, `UPDATE lead_pair SET resolution = $1 WHERE resolution = $2
		AND (lead IN (`+first+`) AND other IN (`+second+`) OR other IN (`+first+`) AND lead IN (`+second+`))`,
		append(append([]any{int64(record.SamePerson), int64(record.DifferentPeople)}, args...), more...)...)
	return err
}
