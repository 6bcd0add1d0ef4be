package replay

import (
	"maps"
	"slices"
	"sort"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// Companies are accounts, as they are and as they were. They are not safe for concurrent use: what was asked for is kept.
type Companies struct {
	accounts map[string]*company
	families map[string]*family
	events   map[string][]qualify.Engagement // by account, in the order in which they became known
}

type company struct {
	*record.Account
	earlier []Known // the oldest first
}

// Known is what was known of a company until an instant.
type Known struct {
	Until   time.Time
	Company record.Company
}

// Employer is an account at an instant, as a policy sees it, and whose it is.
type Employer struct {
	Subject          *qualify.Account
	Owner, DealOwner string // ids of reps; empty for nobody
}

// family is an account and those that are, or were, above it.
type family struct {
	changes   []time.Time // when anything about them changed, in order, each once
	employers []*Employer // before the first change, between two, after the last; nil where nobody has asked yet
}

// NewCompanies makes companies without any account.
func NewCompanies() *Companies {
	return &Companies{accounts: map[string]*company{}, families: map[string]*family{}, events: map[string][]qualify.Engagement{}}
}

// Add adds an account, and what was known of it before, the oldest first. All must be there before anything is asked.
func (c *Companies) Add(a *record.Account, earlier []Known) { c.accounts[a.ID] = &company{a, earlier} }

// Stir adds what happened at accounts, in the order in which it became known. It is not changed.
func (c *Companies) Stir(happened map[string][]qualify.Engagement) { maps.Copy(c.events, happened) }

// Events are what was known at an instant to have happened at an account. They must not change.
func (c *Companies) Events(account string, t time.Time) []qualify.Engagement {
	all := c.events[account]
	n := sort.Search(len(all), func(i int) bool { return all[i].KnownAt.After(t) })
	return all[:n:n]
}

// Len is how many accounts there are.
func (c *Companies) Len() int { return len(c.accounts) }

// Missing are the accounts that stood above others and are not here.
func (c *Companies) Missing() []string {
	var ids []string
	for _, a := range c.accounts {
		for _, parent := range a.parents() {
			if c.accounts[parent] == nil {
				ids = append(ids, parent)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// parents are the accounts directly above, now and before.
func (c *company) parents() []string {
	var ids []string
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	add(c.Parent)
	for i := range c.earlier {
		add(c.earlier[i].Company.Parent)
	}
	return ids
}

// at is what was known at an instant.
func (c *company) at(t time.Time) *record.Account {
	for i := range c.earlier {
		if c.earlier[i].Until.After(t) {
			account := *c.Account
			account.Company = c.earlier[i].Company
			return &account
		}
	}
	return c.Account
}

// Changes are the instants at which something about an account, or one above it, changed.
func (c *Companies) Changes(account string) []time.Time {
	if f := c.family(account); f != nil {
		return f.changes
	}
	return nil
}

// At is an account at an instant; nil for none.
func (c *Companies) At(account string, t time.Time) *Employer {
	f := c.family(account)
	if f == nil {
		return nil
	}
	place := sort.Search(len(f.changes), func(i int) bool { return f.changes[i].After(t) })
	if f.employers[place] == nil {
		f.employers[place] = c.employer(account, t)
	}
	return f.employers[place]
}

func (c *Companies) family(account string) *family {
	if c.accounts[account] == nil {
		return nil
	}
	if f := c.families[account]; f != nil {
		return f
	}
	f := &family{}
	for _, id := range c.line(account) {
		for _, known := range c.accounts[id].earlier {
			f.changes = append(f.changes, known.Until)
		}
	}
	slices.SortFunc(f.changes, time.Time.Compare)
	f.changes = slices.CompactFunc(f.changes, time.Time.Equal)
	f.employers = make([]*Employer, len(f.changes)+1)
	c.families[account] = f
	return f
}

// line is an account and all that are or were above it.
func (c *Companies) line(account string) []string {
	line := []string{account}
	for i := 0; i < len(line); i++ {
		for _, parent := range c.accounts[line[i]].parents() {
			if c.accounts[parent] != nil && !slices.Contains(line, parent) {
				line = append(line, parent)
			}
		}
	}
	return line
}

func (c *Companies) employer(account string, t time.Time) *Employer {
	directory := dossier.NewDirectory()
	for _, id := range c.line(account) {
		directory.Add(c.accounts[id].at(t))
	}
	held := directory.Account(account)
	return &Employer{Subject: directory.Employer(account), Owner: held.Owner, DealOwner: held.Deals.Owner}
}
