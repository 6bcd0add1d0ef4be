package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Lead is what is told of a lead when it is taken in.
type Lead struct {
	ID        string
	CreatedAt time.Time // the first contact
	Source    string
	Campaign  string // id; empty for none
	Partner   string
	Account   string // id; empty for none
}

// Match is the account that a lead belongs to now.
type Match struct {
	Lead    string
	Account string // id; empty for none
}

// Merge says that two records are one person, or are not any more.
type Merge struct {
	Survivor, Merged string
	Undone           bool
}

// Handoff is what is told of a handoff. A zero field is not told.
type Handoff struct {
	ID      string
	Lead    string
	Partner string
	MQLAt   time.Time
	SALAt   time.Time
	SQLAt   time.Time
}

// Activity is what is told of something that was done with a handoff. A zero field is not told.
type Activity struct {
	Handoff    string
	ID         string
	OccurredAt time.Time
	Sales      bool // a person of sales is said to have done it
	Flagged    bool // too many came at once for a person
	Counts     bool // even if it is flagged
}

// Touch is one line of the ledger.
type Touch struct {
	Key
	ID         string
	Lead       string
	Type       string
	OccurredAt time.Time
	RecordedAt time.Time
	Campaign   string // id; empty for none
	Channel    string
	Asset      string
	Automated  bool
}

// Facts are what a stretch of events tells. Of one lead, handoff or activity there is at most one entry of a kind; they are sorted by
// id, so that two writers never wait for each other in a circle.
type Facts struct {
	Leads      []Lead
	Matches    []Match
	Merges     []Merge
	Handoffs   []Handoff
	Activities []Activity
	Touches    []Touch
}

var leadTable = &sqldb.Table{Name: "lead", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "survivor", Type: sqldb.Text}, {Name: "created_at", Type: sqldb.Int},
	{Name: "source", Type: sqldb.Text}, {Name: "campaign", Type: sqldb.Text}, {Name: "partner", Type: sqldb.Text},
	{Name: "account", Type: sqldb.Text},
}, Suffix: `ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at, source = excluded.source, campaign = excluded.campaign,
	partner = excluded.partner, account = COALESCE(lead.account, excluded.account)`}

var matchTable = &sqldb.Table{Name: "lead", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "survivor", Type: sqldb.Text}, {Name: "account", Type: sqldb.Text},
	{Name: "source", Type: sqldb.Text}, {Name: "campaign", Type: sqldb.Text}, {Name: "partner", Type: sqldb.Text},
}, Suffix: `ON CONFLICT (id) DO UPDATE SET account = excluded.account`}

var handoffTable = &sqldb.Table{Name: "handoff", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "lead", Type: sqldb.Text}, {Name: "partner", Type: sqldb.Text},
	{Name: "mql_at", Type: sqldb.Int}, {Name: "sal_at", Type: sqldb.Int}, {Name: "sql_at", Type: sqldb.Int},
}, Suffix: `ON CONFLICT (id) DO UPDATE SET
	lead = COALESCE(NULLIF(handoff.lead, ''), excluded.lead), partner = COALESCE(NULLIF(handoff.partner, ''), excluded.partner),
	` + earlier("mql_at") + `, ` + earlier("sal_at") + `, ` + earlier("sql_at")}

var activityTable = &sqldb.Table{Name: "activity", Columns: []sqldb.Column{
	{Name: "handoff", Type: sqldb.Text}, {Name: "id", Type: sqldb.Text}, {Name: "occurred_at", Type: sqldb.Int},
	{Name: "sales", Type: sqldb.Int}, {Name: "flagged", Type: sqldb.Int}, {Name: "counts", Type: sqldb.Int},
}, Suffix: `ON CONFLICT (handoff, id) DO UPDATE SET occurred_at = COALESCE(activity.occurred_at, excluded.occurred_at),
	` + either("sales") + `, ` + either("flagged") + `, ` + either("counts")}

// either keeps what was told once.
func either(column string) string {
	return column + ` = CASE WHEN activity.` + column + ` = 1 THEN 1 ELSE excluded.` + column + ` END`
}

var touchTable = &sqldb.Table{Name: "touch", Suffix: "ON CONFLICT (id) DO NOTHING", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "lead", Type: sqldb.Text}, {Name: "type", Type: sqldb.Text},
	{Name: "occurred_at", Type: sqldb.Int}, {Name: "recorded_at", Type: sqldb.Int}, {Name: "source", Type: sqldb.Text},
	{Name: "source_event_id", Type: sqldb.Text}, {Name: "campaign", Type: sqldb.Text}, {Name: "channel", Type: sqldb.Text},
	{Name: "asset", Type: sqldb.Text}, {Name: "automated", Type: sqldb.Int},
}}

// earlier keeps the earlier of what the column holds and what is told; NULL is later than anything.
func earlier(column string) string {
	return column + ` = CASE WHEN handoff.` + column + ` <= excluded.` + column + ` OR excluded.` + column + ` IS NULL
		THEN handoff.` + column + ` ELSE excluded.` + column + ` END`
}

// Save adds facts to what is known. What is known already changes nothing.
func Save(ctx context.Context, tx *sqldb.Tx, facts Facts) error {
	steps := []func() error{
		func() error { return write(ctx, tx, leadTable, facts.Leads, leadRow) },
		func() error { return write(ctx, tx, matchTable, facts.Matches, matchRow) },
		func() error { return merge(ctx, tx, facts.Merges) },
		func() error { return write(ctx, tx, handoffTable, facts.Handoffs, handoffRow) },
		func() error { return write(ctx, tx, activityTable, facts.Activities, activityRow) },
		func() error { return write(ctx, tx, touchTable, facts.Touches, touchRow) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func write[T any](ctx context.Context, tx *sqldb.Tx, table *sqldb.Table, facts []T, row func(T) []any) error {
	if len(facts) == 0 {
		return nil
	}
	rows := make([][]any, len(facts))
	for i, f := range facts {
		rows[i] = row(f)
	}
	_, err := tx.InsertNow(ctx, table, rows...)
	return err
}

func leadRow(l Lead) []any {
	return []any{l.ID, l.ID, micros(l.CreatedAt), l.Source, l.Campaign, l.Partner, l.Account}
}

func matchRow(m Match) []any { return []any{m.Lead, m.Lead, m.Account, "", "", ""} }

func handoffRow(h Handoff) []any {
	return []any{h.ID, h.Lead, h.Partner, micros(h.MQLAt), micros(h.SALAt), micros(h.SQLAt)}
}

func activityRow(a Activity) []any {
	return []any{a.Handoff, a.ID, micros(a.OccurredAt), a.Sales, a.Flagged, a.Counts}
}

func touchRow(t Touch) []any {
	return []any{t.ID, t.Lead, t.Type, t.OccurredAt.UnixMicro(), t.RecordedAt.UnixMicro(), t.Source, t.SourceID, t.Campaign, t.Channel,
		t.Asset, t.Automated}
}

// merge joins the two ends of each edge: everybody who lives on in the merged record lives on where the survivor does.
// Persons who are one already stay as they are, so an edge that is told twice, or a circle, does no harm.
func merge(ctx context.Context, tx *sqldb.Tx, merges []Merge) error {
	for _, m := range merges {
		if m.Undone {
			if err := unmerge(ctx, tx, m); err != nil {
				return err
			}
			continue
		}
		if _, err := tx.InsertNow(ctx, bareLeadTable, bareLead(m.Merged), bareLead(m.Survivor)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE lead SET merged_into = $1 WHERE id = $2`, m.Survivor, m.Merged); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE lead SET survivor = (SELECT s.survivor FROM lead s WHERE s.id = $1)
			WHERE survivor = (SELECT m.survivor FROM lead m WHERE m.id = $2)`, m.Survivor, m.Merged)
		if err != nil {
			return err
		}
	}
	return nil
}

// unmerge takes an edge back: the record lives on in itself again, and so does everybody whose chain leads to it. An edge that
// is not there is left alone.
func unmerge(ctx context.Context, tx *sqldb.Tx, m Merge) error {
	changed, err := tx.Exec(ctx, `UPDATE lead SET merged_into = NULL WHERE id = $1 AND merged_into = $2`, m.Merged, m.Survivor)
	if err != nil || changed == 0 {
		return err
	}
	_, err = tx.Exec(ctx, `WITH RECURSIVE chain(id) AS (
			SELECT id FROM lead WHERE id = $1
			UNION SELECT l.id FROM lead l JOIN chain c ON l.merged_into = c.id
		) UPDATE lead SET survivor = $1 WHERE id IN (SELECT id FROM chain)`, m.Merged)
	return err
}

var bareLeadTable = &sqldb.Table{Name: "lead", Suffix: "ON CONFLICT (id) DO NOTHING", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "survivor", Type: sqldb.Text}, {Name: "source", Type: sqldb.Text},
	{Name: "campaign", Type: sqldb.Text}, {Name: "partner", Type: sqldb.Text},
}}

func bareLead(id string) []any { return []any{id, id, "", "", ""} }
