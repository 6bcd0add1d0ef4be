package store

import (
	"context"
	"strings"
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
	KnownAt   time.Time
}

// Told is when something happened, and since when that is known. It is told with one instant, by whomever.
type Told struct {
	At, KnownAt time.Time
}

// Or is what both tell: the earlier instants.
func (t Told) Or(other Told) Told {
	return Told{At: Earlier(t.At, other.At), KnownAt: Earlier(t.KnownAt, other.KnownAt)}
}

// Handoff is what is told of a handoff. A zero field is not told.
type Handoff struct {
	ID      string
	Lead    string
	Partner string
	KnownAt time.Time
	MQL     Told
	SAL     Told
	SQL     Told
}

// Activity is what is told of something that was done with a handoff, and since when it is known. A zero field is not told.
type Activity struct {
	Handoff    string
	ID         string
	OccurredAt time.Time
	Sales      time.Time // a person of sales is said to have done it
	Flagged    time.Time // too many came at once for a person
	Counts     time.Time // even if it is flagged
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
	Changes    []Change // in the order in which they were told
	Handoffs   []Handoff
	Activities []Activity
	Touches    []Touch
}

var leadTable = &sqldb.Table{Name: "lead", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "survivor", Type: sqldb.Text}, {Name: "created_at", Type: sqldb.Int},
	{Name: "source", Type: sqldb.Text}, {Name: "campaign", Type: sqldb.Text}, {Name: "partner", Type: sqldb.Text},
	{Name: "account", Type: sqldb.Text}, {Name: "known_at", Type: sqldb.Int},
}, Suffix: `ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at, source = excluded.source, campaign = excluded.campaign,
	partner = excluded.partner, account = COALESCE(lead.account, excluded.account)`}

var handoffTable = &sqldb.Table{Name: "handoff", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "lead", Type: sqldb.Text}, {Name: "partner", Type: sqldb.Text},
	{Name: "known_at", Type: sqldb.Int},
	{Name: "mql_at", Type: sqldb.Int}, {Name: "mql_known", Type: sqldb.Int}, {Name: "sal_at", Type: sqldb.Int},
	{Name: "sal_known", Type: sqldb.Int}, {Name: "sql_at", Type: sqldb.Int}, {Name: "sql_known", Type: sqldb.Int},
}, Suffix: `ON CONFLICT (id) DO UPDATE SET
	lead = COALESCE(NULLIF(handoff.lead, ''), excluded.lead), partner = COALESCE(NULLIF(handoff.partner, ''), excluded.partner),
	` + earliest("handoff", "known_at", "mql_at", "mql_known", "sal_at", "sal_known", "sql_at", "sql_known")}

var activityTable = &sqldb.Table{Name: "activity", Columns: []sqldb.Column{
	{Name: "handoff", Type: sqldb.Text}, {Name: "id", Type: sqldb.Text}, {Name: "occurred_at", Type: sqldb.Int},
	{Name: "sales_known", Type: sqldb.Int}, {Name: "flag_known", Type: sqldb.Int}, {Name: "count_known", Type: sqldb.Int},
}, Suffix: `ON CONFLICT (handoff, id) DO UPDATE SET ` + earliest("activity", "occurred_at", "sales_known", "flag_known", "count_known")}

var touchTable = &sqldb.Table{Name: "touch", Suffix: "ON CONFLICT (id) DO NOTHING", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "lead", Type: sqldb.Text}, {Name: "type", Type: sqldb.Text},
	{Name: "occurred_at", Type: sqldb.Int}, {Name: "recorded_at", Type: sqldb.Int}, {Name: "source", Type: sqldb.Text},
	{Name: "source_event_id", Type: sqldb.Text}, {Name: "campaign", Type: sqldb.Text}, {Name: "channel", Type: sqldb.Text},
	{Name: "asset", Type: sqldb.Text}, {Name: "automated", Type: sqldb.Int},
}}

// earliest keeps the earlier of what each column holds and what is told; NULL is later than anything.
func earliest(table string, columns ...string) string {
	sets := make([]string, len(columns))
	for i, c := range columns {
		sets[i] = c + ` = CASE WHEN ` + table + `.` + c + ` <= excluded.` + c + ` OR excluded.` + c + ` IS NULL
			THEN ` + table + `.` + c + ` ELSE excluded.` + c + ` END`
	}
	return strings.Join(sets, ", ")
}

// Earlier is the earlier of two instants of which the zero one means never.
func Earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Save adds facts to what is known. What is known already changes nothing.
func Save(ctx context.Context, tx *sqldb.Tx, facts Facts) error {
	steps := []func() error{
		func() error { return write(ctx, tx, leadTable, facts.Leads, leadRow) },
		func() error { return change(ctx, tx, facts.Changes) },
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
	return []any{l.ID, l.ID, micros(l.CreatedAt), l.Source, l.Campaign, l.Partner, l.Account, l.KnownAt.UnixMicro()}
}

func handoffRow(h Handoff) []any {
	return []any{h.ID, h.Lead, h.Partner, h.KnownAt.UnixMicro(), micros(h.MQL.At), micros(h.MQL.KnownAt), micros(h.SAL.At),
		micros(h.SAL.KnownAt), micros(h.SQL.At), micros(h.SQL.KnownAt)}
}

func activityRow(a Activity) []any {
	return []any{a.Handoff, a.ID, micros(a.OccurredAt), micros(a.Sales), micros(a.Flagged), micros(a.Counts)}
}

func touchRow(t Touch) []any {
	return []any{t.ID, t.Lead, t.Type, t.OccurredAt.UnixMicro(), t.RecordedAt.UnixMicro(), t.Source, t.SourceID, t.Campaign, t.Channel,
		t.Asset, t.Automated}
}
