package scoring

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// perPage is how many people of an account are in memory at once when they are explained.
const perPage = 500

// recall reads people as they were known at an instant, by the leads that stand for them, in their order; groups says of which
// leads each is made. Of what was done under each lead it reads the newest, up to a number; 0 for nothing. It takes as many statements
// for many people as for one.
func recall(ctx context.Context, tx *sqldb.Tx, roots []string, groups map[string][]string, asOf time.Time, newest int64) ([]*dossier.Dossier, error) {
	var ids []string
	stood := map[string]string{}
	for _, root := range roots {
		for _, id := range groups[root] {
			ids, stood[id] = append(ids, id), root
		}
	}
	leads, err := leadsAt(ctx, tx, ids, asOf)
	if err != nil {
		return nil, err
	}
	absorbed, did := map[string][]*record.Lead{}, map[string][]record.Engagement{}
	for _, id := range ids {
		if root := stood[id]; id != root {
			absorbed[root] = append(absorbed[root], leads[id])
		}
	}
	if newest > 0 {
		history, err := store.History(ctx, tx, ids, asOf, newest)
		if err != nil {
			return nil, err
		}
		for _, e := range history {
			did[stood[e.Lead]] = append(did[stood[e.Lead]], e)
		}
	}
	people := make([]*dossier.Dossier, len(roots))
	for i, root := range roots {
		if people[i], err = dossier.Open(leads[root], absorbed[root], did[root]); err != nil {
			return nil, err
		}
	}
	return people, nil
}

// leadsAt reads leads with the fields that they had at an instant, by their ids.
func leadsAt(ctx context.Context, tx *sqldb.Tx, ids []string, asOf time.Time) (map[string]*record.Lead, error) {
	rows, err := store.Leads(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	before, err := store.FieldsAt(ctx, tx, ids, asOf)
	leads := make(map[string]*record.Lead, len(rows))
	for _, l := range rows {
		leads[l.ID] = l
		if fields, changed := before[l.ID]; changed {
			l.Fields = fields
		}
	}
	return leads, err
}

// recallPeople visits the people of an account as they were known at an instant, in the order in which they came, with the
// newest of what each did, up to a number; 0 for nothing.
func recallPeople(ctx context.Context, tx *sqldb.Tx, account string, asOf time.Time, newest int64, visit func(*dossier.Dossier)) error {
	for after := ""; ; {
		roots, err := store.PeopleAt(ctx, tx, account, asOf, after, perPage)
		if err != nil || len(roots) == 0 {
			return err
		}
		if err := recallPage(ctx, tx, roots, asOf, newest, func(p *dossier.Dossier) {
			p.Lead.Match.Account = account
			visit(p)
		}); err != nil || len(roots) < perPage {
			return err
		}
		after = roots[len(roots)-1]
	}
}

// recallPage visits some people, of whom only so many are in memory at once as did so much.
func recallPage(ctx context.Context, tx *sqldb.Tx, roots []string, asOf time.Time, newest int64, visit func(*dossier.Dossier)) error {
	groups, err := store.GroupsAt(ctx, tx, roots, asOf)
	if err != nil {
		return err
	}
	var counts map[string]int64
	if newest > 0 {
		if counts, err = store.CountDeeds(ctx, tx, store.Batch{More: members(roots, groups)}); err != nil {
			return err
		}
	}
	for len(roots) > 0 {
		n := fitting(roots, groups, counts)
		people, err := recall(ctx, tx, roots[:n], groups, asOf, newest)
		if err != nil {
			return err
		}
		for _, p := range people {
			visit(p)
		}
		roots = roots[n:]
	}
	return nil
}

// members are the leads of some groups, by the roots of these.
func members(roots []string, groups map[string][]string) []string {
	var ids []string
	for _, root := range roots {
		ids = append(ids, groups[root]...)
	}
	return ids
}

// fitting is how many of some groups of leads, from the first on, are read together, given how much was done under each lead.
func fitting(roots []string, groups map[string][]string, deeds map[string]int64) int {
	var sum int64
	for i, root := range roots {
		for _, id := range groups[root] {
			sum += min(deeds[id], maxHistory)
		}
		if sum > maxDeeds && i > 0 {
			return i
		}
	}
	return len(roots)
}

// companiesAt are an account and those above it as they were known at an instant.
func companiesAt(ctx context.Context, tx *sqldb.Tx, account string, asOf time.Time) (*dossier.Directory, error) {
	directory := dossier.NewDirectory()
	for depth := 0; account != "" && depth <= dossier.MaxDepth; depth++ {
		found, err := store.Accounts(ctx, tx, store.Wanted{IDs: []string{account}})
		if err != nil {
			return nil, err
		}
		a := dossier.NewDirectory(found...).Account(account)
		if a == nil {
			break
		}
		before, err := store.CompanyAt(ctx, tx, account, asOf)
		if err != nil {
			return nil, err
		}
		if before != nil {
			a.Company = *before
		}
		directory.Add(a)
		account = a.Parent
	}
	return directory, nil
}
