package dossier

import (
	"maps"
	"slices"

	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
	"github.com/handoffhq/handoff/services/scoring/internal/normal/mailkind"
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
	around   map[string]*qualify.Around
	alike    map[string][]string // key of a name to the keys of names that are like it
}

// NewDirectory makes a directory of accounts.
func NewDirectory(accounts ...*record.Account) *Directory {
	d := &Directory{accounts: map[string]*record.Account{}, domains: map[string][]string{}, names: map[string][]string{}, refs: map[string]string{},
		around: map[string]*qualify.Around{}, alike: map[string][]string{}}
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

// likens reports whether there are names that are like one that a person gave.
func (d *Directory) likens(name string) bool { return len(d.alike[name]) > 0 }

// Liken notes which names are like one.
func (d *Directory) Liken(name string, alike []string) { d.alike[name] = alike }

// Account is an account by its id, nil if it is not there.
func (d *Directory) Account(id string) *record.Account { return d.accounts[id] }

// Ref is the account that a source calls so; empty if it is not there.
func (d *Directory) Ref(ref string) string { return d.refs[ref] }

// Surround says what happens at an account.
func (d *Directory) Surround(id string, around *qualify.Around) { d.around[id] = around }

// Around is what happens at an account; nil if that is not known.
func (d *Directory) Around(id string) *qualify.Around { return d.around[id] }

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
	for _, name := range d.alike[look.Name] {
		add(d.names[name]...)
	}
	add(c.Referred)
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if a := d.accounts[id]; a != nil {
			c.Accounts = append(c.Accounts, a.Match(d.Above(id)))
		}
	}
	return c
}

// At is the account at a host, by the rules that match leads by the host of their address; empty if they name none. Known
// is false for a host that tells no company: many use it.
func (d *Directory) At(host normal.Host, lists Lists) (account string, known bool) {
	lead := match.Lead{Email: normal.Email{Host: host, Kind: mailkind.Of(host.Name, host.Domain)}}
	look := match.Plan(lead)
	if len(look.Hosts) == 0 {
		return "", false
	}
	for _, name := range look.Hosts {
		if _, shared := lists.Shared[name]; shared {
			return "", false
		}
	}
	return match.Decide(lead, d.candidates(look, nil, lists), match.Policy{}).AccountID, true
}

// Employer is an account as the policy sees it; nil if it is not there.
func (d *Directory) Employer(id string) *qualify.Account {
	a := d.accounts[id]
	if a == nil {
		return nil
	}
	subject := &qualify.Account{Facts: a.Facts(), Domains: a.Domains(), Owner: a.Owner, Around: d.around[id]}
	for _, above := range d.Above(id) {
		if parent := d.accounts[above]; parent != nil {
			subject.Above = append(subject.Above, parent.Domains()...)
		}
	}
	return subject
}

// Domains are the registrable domains of an account, and those of the accounts above it.
func (d *Directory) Domains(id string) (own, above []string) {
	if subject := d.Employer(id); subject != nil {
		return subject.Domains, subject.Above
	}
	return nil, nil
}
