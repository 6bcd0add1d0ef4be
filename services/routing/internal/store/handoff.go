package store

import (
	"context"
	"strconv"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/tier"
)

// Handoff is the passage of one lead, without its assignments and its context.
type Handoff struct {
	ID            string
	Kind          int64 // as in the API
	Lead, Account string
	Cycle         int64
	State         lifecycle.State
	Outcome       lifecycle.Outcome

	// What the playbook decided.
	Tier        string
	Rank        int64 // the place in the queue by tier; the lowest goes first
	Rule        string
	Destination tier.Kind
	Home        string // the pool that the playbook sends it to; empty for none
	Owner       string // the rep who is asked first; empty for nobody
	Queue       string
	Fallback    string  // who is asked last, as the API names a pool or a rep; empty for nobody
	Needs       Covered // what whoever gets it from a pool must cover
	Programme   string  // the nurture sequence beside it; empty for none

	// Who has it.
	Pool       string // the pool that gave it; empty for an owner
	Rep        string // the present or last assignee; empty while nobody has it
	Cover      string // who stands in for the assignee, so far as that was told; empty for nobody
	CoverFor   string // the rep in whose stead the assignee got it; empty if it is their own
	Assignment int64  // the number of assignments so far

	// Why nobody has it, and when to look again. DueAt is 0 for a handoff that no timer waits for.
	HoldReason            dispatch.Reason
	HeldAt, NextAt, DueAt int64

	// The meeting that it is for, or that was added to it, and how that does; empty for none.
	Meeting string
	Rubric  []byte // serialised

	Playbook                                     int64
	Partner, Source, SourceID                    string
	MQLAt, AssignedAt, AcceptedAt, ClosedAt      int64
	Test                                         bool
	Decisions                                    int64 // on where it goes, so far
	CreatedAt, UpdatedAt, RowVersion, EventsTold int64
}

var handoffTable = table("handoff", 1, `id text, kind int, lead text, account text, cycle int, state int, outcome int,
	tier text, rank int, rule text, destination int, home text, owner text, queue text, fallback text, needs text, programme text, pool text, rep text,
	cover text, cover_for text, assignment int,
	hold_reason int, held_at int, next_at int, due_at int, playbook int, partner text, source text, source_id text,
	meeting text, rubric bytes, mql_at int, assigned_at int, accepted_at int, closed_at int, test int, decisions int, created_at int, updated_at int, row_version int, events int`)

func (h *Handoff) fields() []any {
	return []any{&h.ID, &h.Kind, &h.Lead, &h.Account, &h.Cycle, &h.State, &h.Outcome,
		&h.Tier, &h.Rank, &h.Rule, &h.Destination, &h.Home, &h.Owner, &h.Queue, &h.Fallback, &h.Needs, &h.Programme, &h.Pool, &h.Rep, &h.Cover, &h.CoverFor, &h.Assignment,
		&h.HoldReason, &h.HeldAt, &h.NextAt, &h.DueAt, &h.Playbook, &h.Partner, &h.Source, &h.SourceID,
		&h.Meeting, &h.Rubric, &h.MQLAt, &h.AssignedAt, &h.AcceptedAt, &h.ClosedAt, &h.Test, &h.Decisions, &h.CreatedAt, &h.UpdatedAt, &h.RowVersion, &h.EventsTold}
}

var selectHandoff = `SELECT ` + columns(handoffTable) + ` FROM handoff `

// GetHandoff reads a handoff.
func GetHandoff(ctx context.Context, q sqldb.Querier, id string) (*Handoff, error) {
	return one[Handoff](q.QueryRow(ctx, selectHandoff+`WHERE id = $1`, id))
}

// Handoffs reads handoffs by id.
func Handoffs(ctx context.Context, q sqldb.Querier, ids []string) ([]*Handoff, error) {
	in, args := sqldb.In(1, ids)
	return all[Handoff](q.Query(ctx, selectHandoff+`WHERE id IN (`+in+`) ORDER BY id`, args...))
}

// LockHandoffs reads handoffs and keeps other writers off them, in the order of their ids.
func LockHandoffs(ctx context.Context, tx *sqldb.Tx, ids []string) ([]*Handoff, error) {
	in, args := sqldb.In(1, ids)
	return all[Handoff](tx.Query(ctx, selectHandoff+`WHERE id IN (`+in+`) ORDER BY id`+tx.Dialect().ForUpdate(), args...))
}

// OpenHandoffs reads the handoffs of leads that are not closed, by id.
func OpenHandoffs(ctx context.Context, q sqldb.Querier, leads []string) ([]*Handoff, error) {
	in, args := sqldb.In(2, leads)
	return all[Handoff](q.Query(ctx, selectHandoff+`WHERE state < $1 AND lead IN (`+in+`) ORDER BY id`,
		append([]any{lifecycle.StateClosed}, args...)...))
}

// AwaitingOf reads which handoffs wait for a rep's answer, in the order of the queue.
func AwaitingOf(ctx context.Context, q sqldb.Querier, rep string) ([]*Handoff, error) {
	return all[Handoff](q.Query(ctx, selectHandoff+`WHERE rep = $1 AND state = $2 ORDER BY rank, mql_at, id`, rep, lifecycle.StateAssigned))
}

// OpenOf reads the handoffs that reps have and that are not closed, by rank, time of the MQL and id. The states are written out
// for the sake of the partial index.
func OpenOf(ctx context.Context, q sqldb.Querier, reps []string) ([]*Handoff, error) {
	in, args := sqldb.In(1, reps)
	return all[Handoff](q.Query(ctx, selectHandoff+`WHERE state IN (2, 3) AND rep IN (`+in+`) ORDER BY rank, mql_at, id`, args...))
}

// Deputised reads the handoffs that others got in a rep's stead and have not accepted yet, by rank, time of the MQL and id.
func Deputised(ctx context.Context, q sqldb.Querier, rep string) ([]*Handoff, error) {
	return all[Handoff](q.Query(ctx, selectHandoff+`WHERE state = 2 AND cover_for <> '' AND cover_for = $1 ORDER BY rank, mql_at, id`, rep))
}

// PutHandoffs stores handoffs, new ones or such that were locked.
func PutHandoffs(ctx context.Context, tx *sqldb.Tx, handoffs []*Handoff) error {
	return put(ctx, tx, handoffTable, handoffs)
}

// Filter says which handoffs are listed. An empty field asks for nothing.
type Filter struct {
	State              lifecycle.State
	Kind               int64 // as in the API
	Rep, Lead, Partner string
	OnlyRep            string   // whose handoffs alone the caller may see
	Covered            []string // and whose open ones, and those that closed while they stood in
	Before             string   // the id of the last handoff of the page before
}

// ListHandoffs reads handoffs, the newest first.
func ListHandoffs(ctx context.Context, q sqldb.Querier, f Filter, limit int64) ([]*Handoff, error) {
	c := &conditions{}
	for _, field := range []struct{ condition, value string }{
		{`rep = ?`, f.Rep}, {`lead = ?`, f.Lead}, {`partner = ?`, f.Partner}, {`id < ?`, f.Before},
	} {
		if field.value != "" {
			c.and(field.condition, field.value)
		}
	}
	if f.State != 0 {
		c.and(`state = ?`, f.State)
	}
	if f.Kind != 0 { // written out for the sake of the partial index
		c.and(`kind = ` + strconv.FormatInt(f.Kind, 10))
	}
	if f.OnlyRep != "" {
		own := `rep = ` + c.value(f.OnlyRep)
		if len(f.Covered) > 0 {
			own = `(` + own + ` OR rep IN (` + c.list(f.Covered) + `) AND (state IN (2, 3) OR cover = ` + c.value(f.OnlyRep) + `))`
		}
		c.and(own)
	}
	return all[Handoff](q.Query(ctx, selectHandoff+c.where()+` ORDER BY id DESC LIMIT `+c.value(limit), c.args...))
}

// document is a context as it is stored.
type document struct {
	handoff string
	body    []byte
}

var contextTable = table("handoff_context", 1, `handoff text, body bytes`)

func (d *document) fields() []any { return []any{&d.handoff, &d.body} }

// PutContexts stores the serialised contexts of handoffs, by id.
func PutContexts(ctx context.Context, tx *sqldb.Tx, bodies map[string][]byte) error {
	rows := make([]*document, 0, len(bodies))
	for id, body := range bodies {
		rows = append(rows, &document{handoff: id, body: body})
	}
	return put(ctx, tx, contextTable, rows)
}

// GetContext reads the serialised context of a handoff.
func GetContext(ctx context.Context, q sqldb.Querier, id string) ([]byte, error) {
	d, err := one[document](q.QueryRow(ctx, `SELECT handoff, body FROM handoff_context WHERE handoff = $1`, id))
	if err != nil {
		return nil, err
	}
	return d.body, nil
}

// Stays reads how long the latest handoffs in a state have been with reps, from the last assignment to the close.
func Stays(ctx context.Context, q sqldb.Querier, state, limit int64) ([]time.Duration, error) {
	var all []time.Duration
	for row, err := range q.Query(ctx, `SELECT closed_at - assigned_at FROM handoff
		WHERE state = $1 AND assigned_at > 0 AND closed_at > assigned_at ORDER BY id DESC LIMIT $2`, state, limit) {
		if err != nil {
			return nil, err
		}
		var stay int64
		if err := row.Scan(&stay); err != nil {
			return nil, err
		}
		all = append(all, time.Duration(stay)*time.Microsecond)
	}
	return all, nil
}
