package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// opportunityTable begins with the columns of [mutable].
var opportunityTable = &sqldb.Table{Name: "opportunity", Suffix: "ON CONFLICT DO NOTHING RETURNING id", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "account", Type: sqldb.Text}, {Name: "handoff", Type: sqldb.Text},
	{Name: "amount_minor", Type: sqldb.Int}, {Name: "currency", Type: sqldb.Text}, {Name: "state", Type: sqldb.Int},
	{Name: "stage", Type: sqldb.Text}, {Name: "owner", Type: sqldb.Text}, {Name: "recorded", Type: sqldb.Int},
	{Name: "opened_at", Type: sqldb.Int}, {Name: "closed_at", Type: sqldb.Int}, {Name: "loss_reason", Type: sqldb.Text},
	{Name: "competitor", Type: sqldb.Text}, {Name: "updated_at", Type: sqldb.Int}, {Name: "row_version", Type: sqldb.Int},
	{Name: "events", Type: sqldb.Int},
	{Name: "source", Type: sqldb.Text}, {Name: "source_id", Type: sqldb.Text}, {Name: "sourced_by", Type: sqldb.Int},
	{Name: "playbook", Type: sqldb.Int}, {Name: "test", Type: sqldb.Int}, {Name: "created_at", Type: sqldb.Int},
}}

var contactTable = &sqldb.Table{Name: "opportunity_contact", Columns: []sqldb.Column{
	{Name: "opportunity", Type: sqldb.Text}, {Name: "place", Type: sqldb.Int}, {Name: "lead", Type: sqldb.Text},
	{Name: "role", Type: sqldb.Text},
}}

// InsertOpportunities stores the new opportunities whose key is not there yet, and gives those that were stored.
func InsertOpportunities(ctx context.Context, tx *sqldb.Tx, all []*Opportunity) ([]*Opportunity, error) {
	rows := make([][]any, len(all))
	for i, o := range all {
		rows[i] = append(mutable(o), o.Source, o.SourceID, o.SourcedBy, o.Playbook, o.Test, o.CreatedAt.UnixMicro())
	}
	stored, err := insertFresh(ctx, tx, opportunityTable, rows, all, func(o *Opportunity) string { return o.ID })
	if err != nil {
		return nil, err
	}
	insertContacts(tx, stored)
	return stored, nil
}

// UpdateOpportunities stores changed opportunities, all changed at one instant, and keeps how they stood.
func UpdateOpportunities(ctx context.Context, tx *sqldb.Tx, all []*Opportunity) error {
	if len(all) == 0 {
		return nil
	}
	types, rows, ids := columnTypes(opportunityTable), make([][]any, len(all)), make([]string, len(all))
	for i, o := range all {
		rows[i], ids[i] = mutable(o), o.ID
	}
	if err := keepPast(ctx, tx, ids, all[0].UpdatedAt); err != nil {
		return err
	}
	list, args := tx.Dialect().Values(1, types[:len(rows[0])], rows)
	_, err := tx.Exec(ctx, `WITH v(id, account, handoff, amount_minor, currency, state, stage, owner, recorded, opened_at, closed_at,
			loss_reason, competitor, updated_at, row_version, events) AS (VALUES `+list+`)
		UPDATE opportunity SET account = v.account, handoff = v.handoff, amount_minor = v.amount_minor, currency = v.currency,
			state = v.state, stage = v.stage, owner = v.owner, recorded = v.recorded, opened_at = v.opened_at, closed_at = v.closed_at,
			loss_reason = v.loss_reason, competitor = v.competitor, updated_at = v.updated_at, row_version = v.row_version, events = v.events
		FROM v WHERE opportunity.id = v.id`, args...)
	if err != nil {
		return err
	}
	in, args := sqldb.In(1, ids)
	if _, err := tx.Exec(ctx, `DELETE FROM opportunity_contact WHERE opportunity IN (`+in+`)`, args...); err != nil {
		return err
	}
	insertContacts(tx, all)
	return nil
}

// keepPast keeps how opportunities stood before an instant. What stood for no time is not kept.
func keepPast(ctx context.Context, tx *sqldb.Tx, ids []string, until time.Time) error {
	list, args := sqldb.In(2, ids)
	args = append([]any{until.UnixMicro()}, args...)
	_, err := tx.Exec(ctx, `INSERT INTO opportunity_contact_past (opportunity, updated_at, place, lead, role)
		SELECT o.id, o.updated_at, c.place, c.lead, c.role FROM opportunity o JOIN opportunity_contact c ON c.opportunity = o.id
		WHERE o.updated_at < $1 AND o.id IN (`+list+`)`, args...)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO opportunity_past (id, updated_at, until_at, account, handoff, amount_minor, currency, state, recorded,
			opened_at, closed_at)
		SELECT id, updated_at, $1, account, handoff, amount_minor, currency, state, recorded, opened_at, closed_at
		FROM opportunity WHERE updated_at < $1 AND id IN (`+list+`)`, args...)
	return err
}

// mutable are the id and the columns that an update writes.
func mutable(o *Opportunity) []any {
	return []any{o.ID, o.Account, o.Handoff, o.AmountMinor, o.Currency, o.State, o.Stage, o.Owner, o.Recorded, o.OpenedAt.UnixMicro(),
		micros(o.ClosedAt), o.LossReason, o.Competitor, o.UpdatedAt.UnixMicro(), o.RowVersion, o.Events}
}

func columnTypes(t *sqldb.Table) []sqldb.Type {
	types := make([]sqldb.Type, len(t.Columns))
	for i, c := range t.Columns {
		types[i] = c.Type
	}
	return types
}

func insertContacts(tx *sqldb.Tx, all []*Opportunity) {
	for _, o := range all {
		for place, c := range o.Contacts {
			tx.Insert(contactTable, o.ID, place, c.Lead, c.Role)
		}
	}
}
