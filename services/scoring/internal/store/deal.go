package store

import (
	"context"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// dealColumns are those of a deal that tell what became of a lead.
const dealColumns = `o.id, o.state, o.opened_at, o.closed_at`

func scanDeal(row sqldb.Row, of *string) (Opportunity, error) {
	var o Opportunity
	var opened, closed int64
	err := row.Scan(of, &o.ID, &o.State, &opened, &closed)
	o.OpenedAt, o.ClosedAt = instant(opened), instant(closed)
	return o, err
}

// DealsWith reads the deals that have leads among their contacts, by lead.
func DealsWith(ctx context.Context, q sqldb.Querier, leads []string) (map[string][]Opportunity, error) {
	return byLead(ctx, q, Batch{More: leads}, `SELECT c.lead_id, `+dealColumns+` FROM opportunity_contact c JOIN opportunity o ON o.id = c.opportunity_id
		WHERE c.lead_id $BATCH ORDER BY c.lead_id, o.id`, scanDeal)
}

// DealsFrom reads the deals that grew out of handoffs, by handoff.
func DealsFrom(ctx context.Context, q sqldb.Querier, handoffs []string) (map[string][]Opportunity, error) {
	return byLead(ctx, q, Batch{More: handoffs}, `SELECT o.handoff, `+dealColumns+` FROM opportunity o WHERE o.handoff <> '' AND o.handoff $BATCH
		ORDER BY o.handoff, o.id`, scanDeal)
}

// NamelessDeals reads the deals of accounts that name neither a contact nor a handoff, by account.
func NamelessDeals(ctx context.Context, q sqldb.Querier, accounts []string) (map[string][]Opportunity, error) {
	return byLead(ctx, q, Batch{More: accounts}, `SELECT o.account_id, `+dealColumns+` FROM opportunity o WHERE o.handoff = ''
		AND NOT EXISTS (SELECT 1 FROM opportunity_contact c WHERE c.opportunity_id = o.id) AND o.account_id $BATCH ORDER BY o.account_id, o.id`, scanDeal)
}
