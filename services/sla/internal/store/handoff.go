package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// Handoff is what is known of a handoff, and its clocks as they were stored last.
type Handoff struct {
	ID       string
	Lead     string // its id; empty while it is not known
	Partner  string
	Playbook int64  // its number; 0 while it is not known
	Lacking  *int64 // how many fields the context lacks; nil while that is not known
	Reason   int64  // of a rejection, as the API numbers them
	Source   string // of the lead; empty while it is not known
	Facts    deadline.Facts
	Events   int64 // told about the handoff so far
	Version  int64 // moves on whenever the handoff or one of its clocks is stored
	Clocks   map[ClockKey]Clock
	Moved    bool   // its clocks have changed since it was read
	News     string // the kind of event that changed it last since then; empty if none

	stored row
}

// row is a handoff's row. Two rows are the same iff they are equal.
type row struct {
	lead, partner string
	playbook      int64
	mqlAt         int64 // 0 for none
	lacking       int64 // -1 for none
	reason        int64
	source        string
	assignAt      int64 // 0 for none, as are the others
	touchAt       int64
	accepted      bool
	sql           bool
	forSales      bool
	facts         string
	events        int64
}

const handoffColumns = `id, lead, partner, playbook, lacking, reason, source, facts, events, version`

// Get reads handoffs by their ids. Those that are not known are missing.
func Get(ctx context.Context, q sqldb.Querier, ids ...string) (map[string]*Handoff, error) {
	list, args := sqldb.In(1, ids)
	return load(ctx, q, `SELECT `+handoffColumns+` FROM handoff WHERE id IN (`+list+`)`, args)
}

// Lock gives handoffs by their ids, and keeps other writers off them until the end of the transaction. Those that are not
// known yet are made.
func Lock(ctx context.Context, tx *sqldb.Tx, ids ...string) (map[string]*Handoff, error) {
	found, err := lock(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	missing := slices.DeleteFunc(slices.Sorted(slices.Values(ids)), func(id string) bool { return found[id] != nil })
	missing = slices.Compact(missing)
	if len(missing) == 0 {
		return found, nil
	}
	made, err := create(ctx, tx, missing)
	if err != nil {
		return nil, err
	}
	if !made { // somebody else made one of them meanwhile
		return lock(ctx, tx, ids)
	}
	for _, id := range missing {
		h := &Handoff{ID: id, Clocks: map[ClockKey]Clock{}}
		h.stored = h.row(noFacts)
		found[id] = h
	}
	return found, nil
}

func lock(ctx context.Context, tx *sqldb.Tx, ids []string) (map[string]*Handoff, error) {
	list, args := sqldb.In(1, ids)
	return load(ctx, tx, `SELECT `+handoffColumns+` FROM handoff WHERE id IN (`+list+`) ORDER BY id`+tx.Dialect().ForUpdate(), args)
}

// noFacts is the document of a handoff of which nothing is known yet.
const noFacts = "{}"

// create makes rows of handoffs of which nothing is known yet. It reports whether it made all of them.
func create(ctx context.Context, tx *sqldb.Tx, ids []string) (bool, error) {
	rows := make([][]any, len(ids))
	for i, id := range ids {
		rows[i] = []any{id}
	}
	n, err := tx.InsertNow(ctx, newHandoffTable, rows...)
	return n == int64(len(ids)), err
}

func load(ctx context.Context, q sqldb.Querier, query string, args []any) (map[string]*Handoff, error) {
	found := map[string]*Handoff{}
	for from, err := range q.Query(ctx, query, args...) {
		if err != nil {
			return nil, fmt.Errorf("read handoffs: %w", err)
		}
		h, err := scanHandoff(from)
		if err != nil {
			return nil, err
		}
		found[h.ID] = h
	}
	return found, loadClocks(ctx, q, found)
}

func scanHandoff(from sqldb.Row) (*Handoff, error) {
	h := &Handoff{Clocks: map[ClockKey]Clock{}}
	var facts string
	if err := from.Scan(&h.ID, &h.Lead, &h.Partner, &h.Playbook, &h.Lacking, &h.Reason, &h.Source, &facts, &h.Events, &h.Version); err != nil {
		return nil, fmt.Errorf("read handoff: %w", err)
	}
	if err := json.Unmarshal([]byte(facts), &h.Facts); err != nil {
		return nil, fmt.Errorf("read facts of handoff %s: %w", h.ID, err)
	}
	h.stored = h.row(facts)
	return h, nil
}

func (h *Handoff) row(facts string) row {
	lacking := int64(-1)
	if h.Lacking != nil {
		lacking = *h.Lacking
	}
	p := h.Facts.Passage()
	return row{lead: h.Lead, partner: h.Partner, playbook: h.Playbook, mqlAt: micros(h.Facts.MQL), lacking: lacking,
		reason: h.Reason, source: h.Source, assignAt: micros(p.Assigned), touchAt: micros(p.Touched), accepted: p.Accepted,
		sql: p.SQL, forSales: p.ForSales, facts: facts, events: h.Events}
}

// OfLeads gives the ids of the handoffs of some leads.
func OfLeads(ctx context.Context, q sqldb.Querier, leads []string) ([]string, error) {
	if len(leads) == 0 {
		return nil, nil
	}
	list, args := sqldb.In(1, leads)
	var ids []string
	for row, err := range q.Query(ctx, `SELECT id FROM handoff WHERE lead IN (`+list+`)`, args...) {
		if err != nil {
			return nil, err
		}
		var id string
		if err := row.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

var (
	newHandoffTable = &sqldb.Table{Name: "handoff", Columns: []sqldb.Column{{Name: "id", Type: sqldb.Text}}, Suffix: `ON CONFLICT DO NOTHING`}

	handoffTable = &sqldb.Table{Name: "handoff", Columns: []sqldb.Column{
		{Name: "id", Type: sqldb.Text}, {Name: "lead", Type: sqldb.Text}, {Name: "partner", Type: sqldb.Text},
		{Name: "playbook", Type: sqldb.Int}, {Name: "mql_at", Type: sqldb.Int}, {Name: "lacking", Type: sqldb.Int},
		{Name: "reason", Type: sqldb.Int}, {Name: "source", Type: sqldb.Text}, {Name: "assign_at", Type: sqldb.Int},
		{Name: "touch_at", Type: sqldb.Int}, {Name: "accepted", Type: sqldb.Int}, {Name: "sql", Type: sqldb.Int},
		{Name: "for_sales", Type: sqldb.Int}, {Name: "facts", Type: sqldb.Text}, {Name: "events", Type: sqldb.Int},
		{Name: "version", Type: sqldb.Int},
	}, Suffix: `ON CONFLICT (id) DO UPDATE SET
		lead = excluded.lead, partner = excluded.partner, playbook = excluded.playbook, mql_at = excluded.mql_at,
		lacking = excluded.lacking, reason = excluded.reason, source = excluded.source, assign_at = excluded.assign_at,
		touch_at = excluded.touch_at, accepted = excluded.accepted, sql = excluded.sql, for_sales = excluded.for_sales,
		facts = excluded.facts, events = excluded.events, version = excluded.version`}

	// advanceTable changes rows that are there. An UPDATE of many rows would be planned as a scan of the table while that is small.
	advanceTable = &sqldb.Table{Name: "handoff", Columns: []sqldb.Column{
		{Name: "id", Type: sqldb.Text}, {Name: "events", Type: sqldb.Int}, {Name: "version", Type: sqldb.Int},
	}, Suffix: `ON CONFLICT (id) DO UPDATE SET events = excluded.events, version = excluded.version`}
)

// Put stores a handoff that is locked, if it or a clock of it has changed, once a transaction. Its clocks are stored by
// themselves.
func Put(tx *sqldb.Tx, h *Handoff) error {
	facts, err := json.Marshal(h.Facts)
	if err != nil {
		return fmt.Errorf("store facts of handoff %s: %w", h.ID, err)
	}
	r := h.row(string(facts))
	if !h.moves(r) {
		return nil
	}
	var lacking any
	if h.Lacking != nil {
		lacking = *h.Lacking
	}
	tx.Insert(handoffTable, h.ID, r.lead, r.partner, r.playbook, orNull(r.mqlAt), lacking, r.reason, r.source, orNull(r.assignAt),
		orNull(r.touchAt), r.accepted, r.sql, r.forSales, r.facts, r.events, h.Version)
	return nil
}

// Advance is Put for a handoff of which nothing new is known: its clocks have told something at the most.
func Advance(tx *sqldb.Tx, h *Handoff) {
	r := h.stored
	r.events = h.Events
	if h.moves(r) {
		tx.Insert(advanceTable, h.ID, r.events, h.Version)
	}
}

// moves reports whether a handoff that is to be stored as a row, or a clock of it, differs from what is stored, and if so moves
// its version on.
func (h *Handoff) moves(r row) bool {
	if r == h.stored && !h.Moved {
		return false
	}
	h.stored, h.Moved = r, false
	h.Version++
	return true
}

// Pinned gives the number of the playbook that a handoff follows; not ok if nothing is known of the handoff.
func Pinned(ctx context.Context, q sqldb.Querier, id string) (number int64, ok bool, err error) {
	err = q.QueryRow(ctx, `SELECT playbook FROM handoff WHERE id = $1`, id).Scan(&number)
	if errors.Is(err, sqldb.ErrNoRows) {
		return 0, false, nil
	}
	return number, err == nil, err
}
