package attribution

import (
	"cmp"
	"context"
	"slices"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// party says whose touches count for an opportunity.
type party struct {
	account   string   // the account that it is with; empty if that is not known
	everybody bool     // everybody of the account counts
	persons   []string // who counts besides
	qualified bool     // it grew out of a handoff that ended sales-qualified
}

// parties finds the party of each opportunity. Ids that no event has told of yet stand for themselves: the event may be on
// its way.
func parties(ctx context.Context, tx *sqldb.Tx, view store.View, people playbookv1.EligiblePeople, all []*store.Opportunity) ([]party, error) {
	var ids, leads []string
	for _, o := range all {
		ids = append(ids, o.Handoff)
		leads = append(leads, o.Leads()...)
	}
	handoffs, err := store.Handoffs(ctx, tx, view, ids)
	if err != nil {
		return nil, err
	}
	for _, h := range handoffs {
		leads = append(leads, h.Lead)
	}
	persons, err := store.Persons(ctx, tx, view, leads)
	if err != nil {
		return nil, err
	}
	found := make([]party, len(all))
	for i, o := range all {
		found[i] = partyOf(o, handoffs[o.Handoff], persons, people)
	}
	return found, nil
}

// partyOf is the party of one opportunity.
//
// Where everybody of the account counts, so do the people that the opportunity names, wherever they were matched; where
// only those with a role count and none is named, the lead of its handoff does. An opportunity without an account is with
// the account of the first of them who has one.
func partyOf(o *store.Opportunity, handoff store.Handoff, known map[string]store.Person, people playbookv1.EligiblePeople) party {
	p := party{
		account:   o.Account,
		everybody: people == playbookv1.EligiblePeople_ELIGIBLE_PEOPLE_ACCOUNT,
		qualified: !handoff.SQL.At.IsZero(),
	}
	named := o.Leads()
	if handoff.Lead != "" && (p.everybody || len(named) == 0) {
		named = append(named, handoff.Lead)
	}
	for _, lead := range named {
		p.account = cmp.Or(p.account, known[lead].Account)
	}
	if people == playbookv1.EligiblePeople_ELIGIBLE_PEOPLE_PRIMARY {
		named = named[:min(len(named), 1)]
	}
	for _, lead := range named {
		person := known[lead]
		id := cmp.Or(person.ID, lead)
		counted := p.everybody && p.account != "" && person.Account == p.account
		if !counted && !slices.Contains(p.persons, id) {
			p.persons = append(p.persons, id)
		}
	}
	return p
}
