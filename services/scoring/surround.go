package scoring

import (
	"context"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// maxOwn is how many of an account's newest events are looked at, so that no account's history is larger than memory.
const maxOwn = 1000

// surround finds out what happens at the accounts of people who are to be judged, as far as the playbook asks for it. A
// playbook that asks for nothing costs nothing.
func (d *desk) surround(ctx context.Context, people []*dossier.Dossier) error {
	policy := d.rules.Policy
	if policy == nil || !policy.LooksAround() {
		return nil
	}
	around, known := map[string]*qualify.Around{}, map[string]struct{}{}
	var accounts []string
	for _, p := range people {
		known[p.Lead.ID] = struct{}{}
		if id := p.Lead.Match.Account; p.Lead.Partner == "" && id != "" && around[id] == nil {
			around[id] = &qualify.Around{}
			accounts = append(accounts, id)
		}
	}
	if err := d.happenings(ctx, accounts, around); err != nil {
		return err
	}
	if err := d.committees(ctx, accounts, known, around); err != nil {
		return err
	}
	for _, p := range people {
		if at := around[p.Lead.Match.Account]; p.Lead.Partner == "" && at != nil && policy.HasCommittee() {
			at.Members.Value = append(at.Members.Value, p.CommitteeMember(d.rules, d.directory, d.now))
		}
	}
	for id, at := range around {
		at.Members.Value = qualify.Foremost(at.Members.Value)
		d.directory.Surround(id, at)
	}
	return nil
}

// happenings reads what happened at accounts, and how they stand.
func (d *desk) happenings(ctx context.Context, accounts []string, around map[string]*qualify.Around) error {
	types, all := d.rules.Policy.Happens()
	if all || len(types) > 0 {
		events, err := store.OwnEvents(ctx, d.tx, accounts, store.Stretch{Types: types, Newest: maxOwn})
		if err != nil {
			return err
		}
		for id, own := range events {
			around[id].Events = record.Human(own)
		}
	}
	momenta, err := store.Momenta(ctx, d.tx, accounts)
	for id, m := range momenta {
		d.momenta[id] = m
		if d.rules.Policy.Surge != nil {
			around[id].Surging = criteria.Known(m.Surge.Surging)
		}
	}
	return err
}

// committees reads who else plays a part at accounts.
func (d *desk) committees(ctx context.Context, accounts []string, without map[string]struct{}, around map[string]*qualify.Around) error {
	if !d.rules.Policy.HasCommittee() {
		return nil
	}
	members, err := store.Members(ctx, d.tx, accounts, without, qualify.MostMembers)
	for _, id := range accounts {
		around[id].Members = criteria.Known(members[id])
	}
	return err
}
