package dossier

import (
	"maps"
	"slices"

	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// MaxDepth is how many accounts may stand above one another. A deeper hierarchy is refused when it is written; evaluating
// one stops there.
const MaxDepth = 32

// Directory is the accounts that decisions may need, with those above them.
type Directory struct {
	accounts map[string]*record.Account
	domains  map[string][]string // registrable domain to account ids
	names    map[string][]string // key of the name to account ids
	refs     map[string]string   // source and source id to account id
}

// NewDirectory makes a directory of accounts.
func NewDirectory(accounts ...*record.Account) *Directory {
	d := &Directory{accounts: map[string]*record.Account{}, domains: map[string][]string{}, names: map[string][]string{}, refs: map[string]string{}}
	for _, a := range accounts {
		d.Add(a)
	}
	return d
}

// Add adds an account, unless it is there.
func (d *Directory) Add(a *record.Account) {
	if _, known := d.accounts[a.ID]; known {
		return
	}
	d.accounts[a.ID] = a
	d.refs[person.Ref(a.Source, a.SourceID)] = a.ID
	for _, domain := range a.Domains() {
		d.domains[domain] = append(d.domains[domain], a.ID)
	}
	if a.Keys.Name != "" {
		d.names[a.Keys.Name] = append(d.names[a.Keys.Name], a.ID)
	}
}

// Account is an account by its id, nil if it is not there.
func (d *Directory) Account(id string) *record.Account { return d.accounts[id] }

// Above are the ids of the accounts above one, the nearest first.
func (d *Directory) Above(id string) []string {
	var above []string
	for a := d.accounts[id]; a != nil && a.Parent != "" && len(above) < MaxDepth; a = d.accounts[a.Parent] {
		if a.Parent == id || slices.Contains(above, a.Parent) {
			break
		}
		above = append(above, a.Parent)
	}
	return above
}

// candidates are the accounts that may be a lead's, with what the lists say of its hosts.
func (d *Directory) candidates(look match.Lookups, people []match.Person, lists Lists) match.Candidates {
	c := match.Candidates{Referred: d.refs[look.AccountRef], People: people, ListsVersion: lists.Version}
	ids := map[string]struct{}{}
	add := func(found ...string) {
		for _, id := range found {
			ids[id] = struct{}{}
			for _, above := range d.Above(id) {
				ids[above] = struct{}{}
			}
		}
	}
	for _, host := range look.Hosts {
		if _, shared := lists.Shared[host]; shared {
			c.Shared = append(c.Shared, host)
		}
		if id, known := lists.Known[host]; known {
			c.Known = append(c.Known, match.KnownHost{Host: host, AccountID: id})
			add(id)
		}
	}
	for _, p := range people {
		add(p.AccountID)
	}
	add(d.domains[look.Domain]...)
	add(d.names[look.Name]...)
	add(c.Referred)
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if a := d.accounts[id]; a != nil {
			c.Accounts = append(c.Accounts, a.Match(d.Above(id)))
		}
	}
	return c
}

// Employer is an account as the policy sees it; nil if it is not there.
func (d *Directory) Employer(id string) *qualify.Account {
	a := d.accounts[id]
	if a == nil {
		return nil
	}
	subject := &qualify.Account{Facts: a.Facts(), Domains: a.Domains(), Owner: a.Owner}
	for _, above := range d.Above(id) {
		if parent := d.accounts[above]; parent != nil {
			subject.Domains = append(subject.Domains, parent.Domains()...)
		}
	}
	return subject
}

// Domains are the registrable domains of an account and of those above it, its own first.
func (d *Directory) Domains(id string) []string {
	if subject := d.Employer(id); subject != nil {
		return subject.Domains
	}
	return nil
}
