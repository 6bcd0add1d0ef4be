package store

import (
	"context"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/attribution/internal/deal"
	"github.com/handoffhq/handoff/services/internal/credit"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Opportunity is one opportunity.
type Opportunity struct {
	deal.Deal
	ID         string
	SourcedBy  credit.Team // frozen when it was put on record
	Playbook   int64       // the version by whose rule; 0 for none
	Test       bool
	CreatedAt  time.Time
	UpdatedAt  time.Time
	RowVersion int64
	Events     int64 // told about it so far
}

// Key is what names the opportunity for ever.
func (o *Opportunity) Key() Key { return Key{Source: o.Source, SourceID: o.SourceID} }

const opportunityColumns = `o.id, o.source, o.source_id, o.account, o.handoff, o.amount_minor, o.currency, o.state, o.stage, o.owner,
	o.recorded, o.opened_at, o.closed_at, o.loss_reason, o.competitor, o.sourced_by, o.playbook, o.test, o.created_at, o.updated_at,
	o.row_version, o.events`

// GetOpportunity reads an opportunity. It fails with [ErrNotFound].
func GetOpportunity(ctx context.Context, tx *sqldb.Tx, id string) (*Opportunity, error) {
	return oneOpportunity(ctx, tx, id, "")
}

// LockOpportunity reads an opportunity and keeps other writers off it until the end of the transaction. It fails with
// [ErrNotFound].
func LockOpportunity(ctx context.Context, tx *sqldb.Tx, id string) (*Opportunity, error) {
	return oneOpportunity(ctx, tx, id, tx.Dialect().ForUpdate())
}

// LockOpportunities reads the opportunities of the given keys that there are, and keeps other writers off them until the
// end of the transaction.
func LockOpportunities(ctx context.Context, tx *sqldb.Tx, keys []Key) (map[Key]*Opportunity, error) {
	list, args := keyValues(tx, keys)
	found, err := opportunities(ctx, tx, `WITH wanted(source, source_id) AS (VALUES `+list+`)
		SELECT `+opportunityColumns+` FROM opportunity o JOIN wanted w ON w.source = o.source AND w.source_id = o.source_id
		ORDER BY o.id`+tx.Dialect().ForUpdate(), args...)
	if err != nil {
		return nil, err
	}
	byKey := make(map[Key]*Opportunity, len(found))
	for _, o := range found {
		byKey[o.Key()] = o
	}
	return byKey, nil
}

// OpportunityFilter narrows a list. A zero field does not.
type OpportunityFilter struct {
	Account string
	State   deal.State
}

// ListOpportunities reads up to limit opportunities before a place, those opened last first.
func ListOpportunities(ctx context.Context, tx *sqldb.Tx, filter OpportunityFilter, before Place, limit int64) ([]*Opportunity, error) {
	query, args := `SELECT `+opportunityColumns+` FROM opportunity o WHERE (o.opened_at, o.id) < ($1, $2)`, []any{before.Micros, before.ID}
	if filter.Account != "" {
		args = append(args, filter.Account)
		query += ` AND o.account = ` + placeholder(args)
	}
	if filter.State != 0 {
		args = append(args, filter.State)
		query += ` AND o.state = ` + placeholder(args)
	}
	args = append(args, limit)
	return opportunities(ctx, tx, query+` ORDER BY o.opened_at DESC, o.id DESC LIMIT `+placeholder(args), args...)
}

func oneOpportunity(ctx context.Context, tx *sqldb.Tx, id, lock string) (*Opportunity, error) {
	found, err := opportunities(ctx, tx, `SELECT `+opportunityColumns+` FROM opportunity o WHERE o.id = $1`+lock, id)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, ErrNotFound
	}
	return found[0], nil
}

func opportunities(ctx context.Context, tx *sqldb.Tx, query string, args ...any) ([]*Opportunity, error) {
	var all []*Opportunity
	for row, err := range tx.Query(ctx, query, args...) {
		if err != nil {
			return nil, err
		}
		o, err := scanOpportunity(row)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, readContacts(ctx, tx, View{}, all)
}

func scanOpportunity(row sqldb.Row) (*Opportunity, error) {
	o := &Opportunity{}
	var opened, created, updated int64
	var closed *int64
	err := row.Scan(&o.ID, &o.Source, &o.SourceID, &o.Account, &o.Handoff, &o.AmountMinor, &o.Currency, &o.State, &o.Stage, &o.Owner,
		&o.Recorded, &opened, &closed, &o.LossReason, &o.Competitor, &o.SourcedBy, &o.Playbook, &o.Test, &created, &updated,
		&o.RowVersion, &o.Events)
	if err != nil {
		return nil, err
	}
	o.OpenedAt, o.ClosedAt, o.CreatedAt, o.UpdatedAt = at(opened), instant(closed), at(created), at(updated)
	return o, nil
}

// maxNamed bounds how many opportunities are asked for their people at once, within what a statement takes.
const maxNamed = 1000

// readContacts adds the people of the opportunities.
func readContacts(ctx context.Context, tx *sqldb.Tx, view View, all []*Opportunity) error {
	byID := make(map[string]*Opportunity, len(all))
	ids := make([]string, len(all))
	for i, o := range all {
		byID[o.ID], ids[i] = o, o.ID
	}
	for part := range slices.Chunk(ids, maxNamed) {
		list, args := sqldb.In(1, part)
		for row, err := range tx.Query(ctx, `SELECT opportunity, lead, role FROM `+view.contacts()+` c WHERE opportunity IN (`+list+`)
			ORDER BY opportunity, place`, args...) {
			if err != nil {
				return err
			}
			var id string
			var c deal.Contact
			if err := row.Scan(&id, &c.Lead, &c.Role); err != nil {
				return err
			}
			byID[id].Contacts = append(byID[id].Contacts, c)
		}
	}
	return nil
}
