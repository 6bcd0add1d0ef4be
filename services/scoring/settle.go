package scoring

import (
	"context"
	"slices"
	"strconv"

	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// settle decides the accounts of people and judges them.
func (d *desk) settle(ctx context.Context, people []*dossier.Dossier, cause dossier.Cause) error {
	var want store.Wanted
	for _, p := range people {
		want.IDs = append(want.IDs, p.Lead.Match.Account)
		if cause == dossier.PersonChanged && !p.Undecided() {
			continue
		}
		look := p.Lookups()
		want.Domains = append(want.Domains, look.Domain)
		want.Names = append(want.Names, look.Name)
		want.Refs = append(want.Refs, look.AccountRef)
		for _, host := range look.Hosts {
			want.IDs = append(want.IDs, d.rules.Lists.Known[host])
		}
	}
	accounts, err := store.Accounts(ctx, d.tx, want)
	if err != nil {
		return err
	}
	d.directory = dossier.NewDirectory(accounts...)
	undecided := slices.DeleteFunc(slices.Clone(people), func(p *dossier.Dossier) bool {
		return cause == dossier.PersonChanged && !p.Undecided()
	})
	if err := d.resemble(ctx, undecided, cause); err != nil {
		return err
	}
	for _, p := range undecided {
		p.Assign(d.directory, d.rules, cause, d.now)
	}
	if err := d.surround(ctx, people); err != nil {
		return err
	}
	for _, p := range people {
		p.Judge(d.rules, d.directory, d.now, d.mint)
	}
	return nil
}

// resemble adds the accounts whose names are like those that people gave, for the people whose account nothing stronger
// decides.
func (d *desk) resemble(ctx context.Context, undecided []*dossier.Dossier, cause dossier.Cause) error {
	if d.rules.Policy != nil && d.rules.Policy.Matching.NameFuzzy == match.Ignore {
		return nil
	}
	given := map[string]struct{}{}
	for _, p := range undecided {
		if name := p.Lookups().Name; name != "" && p.Unsure(d.directory, d.rules, cause) {
			given[name] = struct{}{}
		}
	}
	if len(given) == 0 {
		return nil
	}
	find, err := d.names.within(ctx, d.tx)
	if err != nil {
		return err
	}
	var alike []string
	for name := range given {
		found := find(name)
		d.directory.Liken(name, found)
		alike = append(alike, found...)
	}
	accounts, err := store.Named(ctx, d.tx, alike)
	for _, a := range accounts {
		d.directory.Add(a)
	}
	return err
}

// mint makes the id of the handoff of a lead's cycle.
func (d *desk) mint(lead string, cycle int32) string {
	return d.cfg.IDs.New(d.now, "handoff", lead+"/"+strconv.Itoa(int(cycle)))
}
