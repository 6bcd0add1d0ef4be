package store

import (
	"context"
	"errors"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Handoff is what an answer takes from its handoff.
type Handoff struct {
	ID         string
	Lead       string // the id
	Playbook   int64  // the version
	Partner    string
	Source     string
	Campaign   string
	Kind       int32  // what it passes on, as the API numbers it
	Meeting    string // that it began with, by name; empty if none
	LeadMagnet string // what drew the lead in; empty if nothing is known of it
	MQLAt      int64  // when the lead qualified, in Unix microseconds; 0 if nothing is known of it
	Events     int64  // told about the handoff so far
}

var handoffColumns = []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "lead", Type: sqldb.Text}, {Name: "playbook", Type: sqldb.Int},
	{Name: "partner", Type: sqldb.Text}, {Name: "source", Type: sqldb.Text}, {Name: "campaign", Type: sqldb.Text},
	{Name: "kind", Type: sqldb.Int}, {Name: "meeting", Type: sqldb.Text}, {Name: "lead_magnet", Type: sqldb.Text},
	{Name: "mql_at", Type: sqldb.Int}, {Name: "answers", Type: sqldb.Int}, {Name: "events", Type: sqldb.Int},
}

var (
	openedTable = &sqldb.Table{Name: "handoff", Columns: handoffColumns, Suffix: `ON CONFLICT (id) DO UPDATE SET
		lead = excluded.lead, playbook = excluded.playbook, partner = excluded.partner,
		source = excluded.source, campaign = excluded.campaign, kind = excluded.kind, meeting = excluded.meeting,
		lead_magnet = excluded.lead_magnet, mql_at = excluded.mql_at`}
	knownTable = &sqldb.Table{Name: "handoff", Columns: handoffColumns, Suffix: "ON CONFLICT DO NOTHING"}
)

func (h Handoff) row() []any {
	return []any{h.ID, h.Lead, h.Playbook, h.Partner, h.Source, h.Campaign, h.Kind, h.Meeting, h.LeadMagnet, h.MQLAt, int64(0), int64(0)}
}

// Open stores a handoff as it was opened, which is how reports count it, whatever was known of it before.
func Open(tx *sqldb.Tx, h Handoff) { tx.Insert(openedTable, h.row()...) }

// Know stores a handoff of which nothing is known yet.
func Know(tx *sqldb.Tx, h Handoff) { tx.Insert(knownTable, h.row()...) }

// LockHandoff reads a handoff and keeps other writers off it until the end of the transaction.
func LockHandoff(ctx context.Context, tx *sqldb.Tx, id string) (*Handoff, error) {
	return handoff(tx.QueryRow(ctx, selectHandoff+tx.Dialect().ForUpdate(), id))
}

// GetHandoff reads a handoff.
func GetHandoff(ctx context.Context, q sqldb.Querier, id string) (*Handoff, error) {
	return handoff(q.QueryRow(ctx, selectHandoff, id))
}

const selectHandoff = `SELECT id, lead, playbook, partner, source, campaign, kind, meeting, lead_magnet, events FROM handoff WHERE id = $1`

func handoff(row sqldb.Row) (*Handoff, error) {
	var h Handoff
	err := row.Scan(&h.ID, &h.Lead, &h.Playbook, &h.Partner, &h.Source, &h.Campaign, &h.Kind, &h.Meeting, &h.LeadMagnet, &h.Events)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	return &h, err
}

// CountEvents stores how many events were told about a handoff.
func CountEvents(ctx context.Context, tx *sqldb.Tx, h *Handoff) error {
	_, err := tx.Exec(ctx, `UPDATE handoff SET events = $1 WHERE id = $2`, h.Events, h.ID)
	return err
}

// NextAnswer numbers the answers to a handoff, from 1.
func NextAnswer(ctx context.Context, tx *sqldb.Tx, id string) (int64, error) {
	var n int64
	err := tx.QueryRow(ctx, `UPDATE handoff SET answers = answers + 1 WHERE id = $1 RETURNING answers`, id).Scan(&n)
	return n, err
}
