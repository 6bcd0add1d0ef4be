package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Change is something that became known of who a lead is: the account that it belongs to, or that it is one person with
// another record, or is not any more.
type Change struct {
	KnownAt time.Time
	Match   Match // of no lead if it is a merge
	Merge   Merge
}

// Match is the account that a lead belongs to.
type Match struct {
	Lead    string
	Account string // id; empty for none
}

// Merge says that two records are one person, or are not any more.
type Merge struct {
	Survivor, Merged string
	Undone           bool
}

// change makes the changes one after the other, and keeps how each lead stood before. Matches of different leads in a row are
// made at once.
func change(ctx context.Context, tx *sqldb.Tx, changes []Change) error {
	for len(changes) > 0 {
		if n := matches(changes); n > 0 {
			if err := match(ctx, tx, changes[:n]); err != nil {
				return err
			}
			changes = changes[n:]
			continue
		}
		if err := merge(ctx, tx, changes[0].Merge, changes[0].KnownAt.UnixMicro()); err != nil {
			return err
		}
		changes = changes[1:]
	}
	return nil
}

// matches is how many changes at the beginning are matches of different leads.
func matches(changes []Change) int {
	leads := map[string]bool{}
	for i, c := range changes {
		if c.Match.Lead == "" || leads[c.Match.Lead] {
			return i
		}
		leads[c.Match.Lead] = true
	}
	return len(changes)
}

var matchTable = &sqldb.Table{Name: "lead", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "survivor", Type: sqldb.Text}, {Name: "account", Type: sqldb.Text},
	{Name: "known_at", Type: sqldb.Int}, {Name: "source", Type: sqldb.Text}, {Name: "campaign", Type: sqldb.Text}, {Name: "partner", Type: sqldb.Text},
}, Suffix: `ON CONFLICT (id) DO UPDATE SET account = excluded.account, known_at = CASE WHEN lead.known_at >= excluded.known_at
	OR COALESCE(lead.account, '') = excluded.account THEN lead.known_at ELSE excluded.known_at END`}

// match gives leads their accounts.
func match(ctx context.Context, tx *sqldb.Tx, changes []Change) error {
	changes = slices.SortedFunc(slices.Values(changes), func(a, b Change) int { return cmp.Compare(a.Match.Lead, b.Match.Lead) })
	var rows, known [][]any
	for _, c := range changes {
		rows = append(rows, []any{c.Match.Lead, c.Match.Lead, c.Match.Account, c.KnownAt.UnixMicro(), "", "", ""})
		known = append(known, []any{c.Match.Lead, c.Match.Account, c.KnownAt.UnixMicro()})
	}
	list, args := tx.Dialect().Values(1, []sqldb.Type{sqldb.Text, sqldb.Text, sqldb.Int}, known)
	_, err := tx.Exec(ctx, `WITH v(id, account, known_at) AS (VALUES `+list+`)
		INSERT INTO lead_past (`+pastColumns+`) SELECT l.id, l.known_at, v.known_at, l.survivor, l.created_at, l.source, l.account
		FROM v JOIN lead l ON l.id = v.id WHERE l.known_at < v.known_at AND COALESCE(l.account, '') <> v.account`, args...)
	if err != nil {
		return err
	}
	_, err = tx.InsertNow(ctx, matchTable, rows...)
	return err
}

const pastColumns = `id, known_at, until_at, survivor, created_at, source, account`

// merge joins the two ends of an edge: everybody who lives on in the merged record lives on where the survivor does. Persons
// who are one already stay as they are, so an edge that is told twice, or a circle, does no harm.
func merge(ctx context.Context, tx *sqldb.Tx, m Merge, knownAt int64) error {
	if m.Undone {
		return unmerge(ctx, tx, m, knownAt)
	}
	if _, err := tx.InsertNow(ctx, bareLeadTable, bareLead(m.Merged, knownAt), bareLead(m.Survivor, knownAt)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE lead SET merged_into = $1 WHERE id = $2`, m.Survivor, m.Merged); err != nil {
		return err
	}
	const moved = ` WHERE survivor = (SELECT m.survivor FROM lead m WHERE m.id = $2) AND survivor <> (SELECT s.survivor FROM lead s WHERE s.id = $1)`
	return move(ctx, tx, moved, `(SELECT s.survivor FROM lead s WHERE s.id = $1)`, knownAt, m.Survivor, m.Merged)
}

// unmerge takes an edge back: the record lives on in itself again, and so does everybody whose chain leads to it. An edge that
// is not there is left alone.
func unmerge(ctx context.Context, tx *sqldb.Tx, m Merge, knownAt int64) error {
	changed, err := tx.Exec(ctx, `UPDATE lead SET merged_into = NULL WHERE id = $1 AND merged_into = $2`, m.Merged, m.Survivor)
	if err != nil || changed == 0 {
		return err
	}
	const moved = ` WHERE survivor <> $1 AND id IN (WITH RECURSIVE chain(id) AS (
			SELECT id FROM lead WHERE id = $1
			UNION SELECT l.id FROM lead l JOIN chain c ON l.merged_into = c.id
		) SELECT id FROM chain)`
	return move(ctx, tx, moved, `$1`, knownAt, m.Merged)
}

// move has the leads of a condition live on in another record from an instant on.
func move(ctx context.Context, tx *sqldb.Tx, condition, survivor string, knownAt int64, args ...any) error {
	args = append(args, knownAt)
	at := placeholder(args)
	_, err := tx.Exec(ctx, `INSERT INTO lead_past (`+pastColumns+`) SELECT id, known_at, `+at+`, survivor, created_at, source, account
		FROM lead`+condition+` AND known_at < `+at, args...)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE lead SET survivor = `+survivor+`, known_at = CASE WHEN known_at < `+at+` THEN `+at+` ELSE known_at END`+condition, args...)
	return err
}

var bareLeadTable = &sqldb.Table{Name: "lead", Suffix: "ON CONFLICT (id) DO NOTHING", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "survivor", Type: sqldb.Text}, {Name: "known_at", Type: sqldb.Int}, {Name: "source", Type: sqldb.Text},
	{Name: "campaign", Type: sqldb.Text}, {Name: "partner", Type: sqldb.Text},
}}

func bareLead(id string, knownAt int64) []any { return []any{id, id, knownAt, "", "", ""} }
