package dossier

import (
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// Cause is why an account may have to be decided.
type Cause int

// The causes.
const (
	PersonChanged   Cause = iota // the person is new, or more is known of it
	AccountsChanged              // accounts or lists changed
)

// Undecided reports whether the account must be decided because of what is known of the person.
func (d *Dossier) Undecided() bool {
	if d.Lead.Match.Number == 0 || len(d.Change.Merged) > 0 {
		return true
	}
	if d.Change.Before == nil {
		return false
	}
	return d.comparable() != d.earlier()
}

// Assign decides the account. A person who is known at an account stays there while the address is the same, whatever
// else the person writes; but when accounts or lists changed, the decision is taken afresh from the evidence.
func (d *Dossier) Assign(dir *Directory, lists Lists, cause Cause, now time.Time) {
	lead := d.comparable()
	var people []match.Person
	if cause == PersonChanged {
		people = d.known
	}
	// The zero policy leaves every weak case to a person.
	decision := match.Decide(lead, dir.candidates(match.Plan(lead), people, lists), match.Policy{})
	held := d.Lead.Match
	if held.Number > 0 && held.Rule == decision.Code && held.Account == decision.AccountID {
		return
	}
	d.Change.Made = true
	d.Lead.Match = record.Match{Account: decision.AccountID, Rule: decision.Code, Number: held.Number + 1}
	d.Change.Decision = &record.Decision{Lead: d.Lead.ID, Number: held.Number + 1, Decision: decision, DecidedAt: now}
}

// comparable is what tells the person's company.
func (d *Dossier) comparable() match.Lead {
	if d.compared == nil {
		lead := d.who.Match()
		d.compared = &lead
	}
	lead := *d.compared
	lead.Pinned = d.Lead.Match.Pinned()
	if lead.Pinned {
		lead.PinnedAccount = d.Lead.Match.Account
	}
	return lead
}

// earlier is the same before the change.
func (d *Dossier) earlier() match.Lead {
	before := *d
	lead := *d.Lead
	lead.Fields = d.Change.Before
	before.Lead = &lead
	if err := before.reread(); err != nil {
		return match.Lead{}
	}
	return before.comparable()
}

// people are the person itself, as known at its account.
func (d *Dossier) people() []match.Person {
	if d.Lead.Match.Account == "" || d.who.Address.Key == "" {
		return nil
	}
	return []match.Person{{Address: d.who.Address.Address, Key: d.who.Address.Key, AccountID: d.Lead.Match.Account}}
}
