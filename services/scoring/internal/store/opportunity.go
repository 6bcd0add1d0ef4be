package store

import (
	"context"
	"errors"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// Opportunity is what scoring needs to know of a deal.
type Opportunity struct {
	ID, Account, Owner string
	State              OpportunityState
	OpenedAt, ClosedAt time.Time
	Handoff            string   // the one that it grew out of; empty if none
	Contacts           []string // leads
}

// OpportunityState is where a deal stands. The numbers are the API's.
type OpportunityState int

// The states.
const (
	OpportunityOpen OpportunityState = iota + 1
	OpportunityWon
	OpportunityLost
)

// PutOpportunity writes a deal as it stands, and gives the account that it had before; empty if it is new or had none.
func PutOpportunity(ctx context.Context, tx *sqldb.Tx, o Opportunity) (before string, err error) {
	err = tx.QueryRow(ctx, `SELECT account_id FROM opportunity WHERE id = $1`+tx.Dialect().ForUpdate(), o.ID).Scan(&before)
	if err != nil && !errors.Is(err, sqldb.ErrNoRows) {
		return "", err
	}
	_, err = tx.Exec(ctx, `INSERT INTO opportunity (id, account_id, state, owner, opened_at, closed_at, handoff) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET account_id = excluded.account_id, state = excluded.state, owner = excluded.owner, opened_at = excluded.opened_at,
		closed_at = excluded.closed_at, handoff = excluded.handoff`,
		o.ID, o.Account, int64(o.State), o.Owner, micros(o.OpenedAt), micros(o.ClosedAt), o.Handoff)
	if err != nil {
		return "", err
	}
	return before, putContacts(ctx, tx, o)
}

var contactTable = &sqldb.Table{Name: "opportunity_contact", Columns: []sqldb.Column{
	{Name: "opportunity_id", Type: sqldb.Text}, {Name: "lead_id", Type: sqldb.Text},
}, Suffix: `ON CONFLICT DO NOTHING`}

// putContacts writes who has a part in a deal now.
func putContacts(ctx context.Context, tx *sqldb.Tx, o Opportunity) error {
	_, err := tx.Exec(ctx, `DELETE FROM opportunity_contact WHERE opportunity_id = $1`, o.ID)
	for _, lead := range o.Contacts {
		tx.Insert(contactTable, o.ID, lead)
	}
	return err
}

// DealsOf is what the deals of an account come to. Of several open ones the newest counts.
func DealsOf(ctx context.Context, q sqldb.Querier, account string) (record.Deals, error) {
	var d record.Deals
	for row, err := range q.Query(ctx, `SELECT state, owner FROM opportunity WHERE account_id = $1 ORDER BY opened_at, id`, account) {
		if err != nil {
			return d, err
		}
		var state OpportunityState
		var owner string
		if err := row.Scan(&state, &owner); err != nil {
			return d, err
		}
		switch state {
		case OpportunityOpen:
			d.Open, d.Owner = true, owner
		case OpportunityWon:
			d.Won = true
		}
	}
	return d, nil
}
