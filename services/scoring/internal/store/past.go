package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// Past is a lead with all that was recorded of it and when, for learning from it.
type Past struct {
	*record.Lead
	fields   []until[person.Fields]
	accounts []since // by decision
	Did      []Deed  // what people did, machines left out, also under leads that were merged into it
	Deals    []Deal  // that it had a part in
}

// until is what held until an instant.
type until[T any] struct {
	at    time.Time
	value T
}

// since is the account that a decision gave.
type since struct {
	at      time.Time
	account string
}

// Deed is something that a person did.
type Deed struct {
	Type                   string
	OccurredAt, RecordedAt time.Time
}

// Deal is a deal that a lead had a part in.
type Deal struct {
	State              OpportunityState
	OpenedAt, ClosedAt time.Time
}

// FieldsAt are the lead's own fields at an instant.
func (p *Past) FieldsAt(at time.Time) person.Fields { return held(p.fields, at, p.Fields) }

// AccountAt is the id of the lead's account at an instant; empty if it had none.
func (p *Past) AccountAt(at time.Time) (account string) {
	for _, d := range p.accounts {
		if !d.at.After(at) {
			account = d.account
		}
	}
	return account
}

// held is what held at an instant: the first that ended after it, or else what holds now.
func held[T any](past []until[T], at time.Time, now T) T {
	for _, p := range past {
		if p.at.After(at) {
			return p.value
		}
	}
	return now
}

// PastLeads reads leads below an id, the newest first, merged ones left out; of each what people did within a time of its
// being taken in.
func PastLeads(ctx context.Context, q sqldb.Querier, below string, within time.Duration, limit int64) ([]*Past, error) {
	leads, err := collect(q.Query(ctx, `SELECT `+leadColumns+` FROM lead WHERE id < $1 AND merged_into = '' ORDER BY id DESC LIMIT $2`, below, limit), scanLead)
	if err != nil || len(leads) == 0 {
		return nil, err
	}
	all, byID, ids := make([]*Past, len(leads)), make(map[string]*Past, len(leads)), make([]string, len(leads))
	for i, l := range leads {
		all[i], ids[i] = &Past{Lead: l}, l.ID
		byID[l.ID] = all[i]
	}
	return all, pieces(ids, func(ids []string) error {
		for _, read := range []func(context.Context, sqldb.Querier, []string, map[string]*Past) error{readFields, readAccounts, readDeals} {
			if err := read(ctx, q, ids, byID); err != nil {
				return err
			}
		}
		return readDeeds(ctx, q, ids, within, byID)
	})
}

func readFields(ctx context.Context, q sqldb.Querier, ids []string, into map[string]*Past) error {
	list, args := sqldb.In(1, ids)
	for row, err := range q.Query(ctx, `SELECT lead_id, until, fields FROM lead_past WHERE lead_id IN (`+list+`) ORDER BY lead_id, until`, args...) {
		if err != nil {
			return err
		}
		var id, text string
		var at int64
		if err := row.Scan(&id, &at, &text); err != nil {
			return err
		}
		fields, err := decodeFields(text)
		if err != nil {
			return decoded("fields", id, err)
		}
		into[id].fields = append(into[id].fields, until[person.Fields]{instant(at), fields})
	}
	return nil
}

func readAccounts(ctx context.Context, q sqldb.Querier, ids []string, into map[string]*Past) error {
	list, args := sqldb.In(1, ids)
	for row, err := range q.Query(ctx, `SELECT lead_id, decided_at, account_id FROM match_decision WHERE lead_id IN (`+list+`) ORDER BY lead_id, number`, args...) {
		if err != nil {
			return err
		}
		var id, account string
		var at int64
		if err := row.Scan(&id, &at, &account); err != nil {
			return err
		}
		into[id].accounts = append(into[id].accounts, since{instant(at), account})
	}
	return nil
}

// readDeals reads the deals with a lead, or one merged into it, among their contacts; those that grew out of its handoff; and
// those that name neither, if they were opened for its account when it was there.
func readDeals(ctx context.Context, q sqldb.Querier, ids []string, into map[string]*Past) error {
	list, args := sqldb.In(1, ids)
	const deal = `o.state, o.opened_at, o.closed_at`
	for row, err := range q.Query(ctx, `
		SELECT l.id, `+deal+` FROM lead l JOIN opportunity_contact c ON c.lead_id = l.id JOIN opportunity o ON o.id = c.opportunity_id WHERE l.id IN (`+list+`)
		UNION ALL SELECT l.merged_into, `+deal+` FROM lead l JOIN opportunity_contact c ON c.lead_id = l.id JOIN opportunity o ON o.id = c.opportunity_id
			WHERE l.merged_into <> '' AND l.merged_into IN (`+list+`)
		UNION ALL SELECT l.id, `+deal+` FROM lead l JOIN opportunity o ON o.handoff = l.handoff AND o.handoff <> '' WHERE l.handoff <> '' AND l.id IN (`+list+`)
		UNION ALL SELECT l.id, `+deal+` FROM lead l JOIN opportunity o ON o.account_id = l.account_id AND o.opened_at >= l.occurred_at
			WHERE l.account_id <> '' AND o.handoff = '' AND l.id IN (`+list+`)
			AND NOT EXISTS (SELECT 1 FROM opportunity_contact c WHERE c.opportunity_id = o.id)`, args...) {
		if err != nil {
			return err
		}
		var id string
		var d Deal
		var opened, closed int64
		if err := row.Scan(&id, &d.State, &opened, &closed); err != nil {
			return err
		}
		d.OpenedAt, d.ClosedAt = instant(opened), instant(closed)
		into[id].Deals = append(into[id].Deals, d)
	}
	return nil
}

func readDeeds(ctx context.Context, q sqldb.Querier, ids []string, within time.Duration, into map[string]*Past) error {
	list, args := sqldb.In(2, ids)
	const deed = `e.type, e.occurred_at, e.recorded_at FROM engagement e`
	for row, err := range q.Query(ctx, `
		SELECT l.id, `+deed+` JOIN lead l ON l.id = e.lead_id WHERE l.id IN (`+list+`) AND e.automated = 0 AND e.recorded_at <= l.created_at + $1
		UNION ALL SELECT l.id, `+deed+` JOIN lead a ON a.id = e.lead_id JOIN lead l ON l.id = a.merged_into
			WHERE a.merged_into <> '' AND a.merged_into IN (`+list+`) AND e.automated = 0 AND e.recorded_at <= l.created_at + $1`,
		append([]any{within.Microseconds()}, args...)...) {
		if err != nil {
			return err
		}
		var id string
		var e record.Engagement
		var occurred, recorded int64
		if err := row.Scan(&id, &e.Type, &occurred, &recorded); err != nil {
			return err
		}
		e.OccurredAt, e.RecordedAt = instant(occurred), instant(recorded)
		into[id].Did = append(into[id].Did, Deed{Type: e.Type, OccurredAt: e.Since(), RecordedAt: e.RecordedAt})
	}
	return nil
}

// PastAccount is an account with all that was known of it and when.
type PastAccount struct {
	*record.Account
	companies []until[record.Company]
}

// CompanyAt is what was known of the account at an instant.
func (p *PastAccount) CompanyAt(at time.Time) record.Company { return held(p.companies, at, p.Company) }

// PastAccounts reads accounts by their ids.
func PastAccounts(ctx context.Context, q sqldb.Querier, ids []string) (map[string]*PastAccount, error) {
	all := make(map[string]*PastAccount, len(ids))
	return all, pieces(distinct(ids), func(ids []string) error {
		list, args := sqldb.In(1, ids)
		found, err := collect(q.Query(ctx, `SELECT `+accountColumns+` FROM account WHERE id IN (`+list+`) ORDER BY id`, args...), scanAccount)
		if err != nil {
			return err
		}
		for _, a := range found {
			all[a.ID] = &PastAccount{Account: a}
		}
		for row, err := range q.Query(ctx, `SELECT account_id, until, company FROM account_past WHERE account_id IN (`+list+`) ORDER BY account_id, until`, args...) {
			if err != nil {
				return err
			}
			var id, text string
			var at int64
			if err := row.Scan(&id, &at, &text); err != nil {
				return err
			}
			company := record.Company{}
			if err := json.Unmarshal([]byte(text), &company); err != nil {
				return decoded("company", id, err)
			}
			all[id].companies = append(all[id].companies, until[record.Company]{instant(at), company})
		}
		return nil
	})
}
