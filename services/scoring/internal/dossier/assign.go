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
	if d.Lead.Match.Number == 0 || d.joinedOrParted() {
		return true
	}
	if len(d.Change.Past) == 0 {
		return false
	}
	return d.comparable() != d.earlier()
}

// Unsure reports whether no strong rule decides the account, so that names which are alike matter.
func (d *Dossier) Unsure(dir *Directory, rules Rules, cause Cause) bool {
	decision := d.decide(dir, rules, cause)
	d.tentative = &decision
	return decision.Code == match.Unmatched || decision.Code == match.ReviewPersonMulti
}

// Assign decides the account. A person who is known at an account stays there while the address is the same, whatever
// else the person writes; but when accounts or lists changed, the decision is taken afresh from the evidence. What
// [Dossier.Unsure] found stands unless there are names that are alike.
func (d *Dossier) Assign(dir *Directory, rules Rules, cause Cause, now time.Time) {
	if d.tentative == nil || dir.likens(d.Lookups().Name) {
		decision := d.decide(dir, rules, cause)
		d.tentative = &decision
	}
	decision := *d.tentative
	d.tentative = nil
	held := d.Lead.Match
	if held.Number > 0 && held.Rule == decision.Code && held.Account == decision.AccountID {
		return
	}
	d.adopt(record.Decision{Decision: decision, DecidedAt: now})
}

// decide gives what the rules decide. Before the first playbook every weak case is left to a person.
func (d *Dossier) decide(dir *Directory, rules Rules, cause Cause) match.Decision {
	lead := d.comparable()
	var people []match.Person
	if cause == PersonChanged {
		people = d.known
	}
	var policy match.Policy
	if rules.Policy != nil {
		policy = rules.Policy.Matching
	}
	return match.Decide(lead, dir.candidates(match.Plan(lead), people, rules.Lists), policy)
}

// Pin has the person belong to an account, or to none, because somebody decided so. No rule changes that.
func (d *Dossier) Pin(account, decider string, held *record.Decision, now time.Time) {
	pinned := held.Decision
	pinned.Code, pinned.AccountID, pinned.Review = match.ManualLock, account, false
	d.adopt(record.Decision{Decision: pinned, DecidedAt: now, Decider: decider})
}

// Release lets the rules decide again.
func (d *Dossier) Release() {
	d.Lead.Match.Rule = ""
	d.known = nil
}

// adopt makes a decision the one in force.
func (d *Dossier) adopt(decision record.Decision) {
	decision.Lead, decision.Number = d.Lead.ID, d.Lead.Match.Number+1
	d.Change.Made = true
	d.Change.Decision = &decision
	d.Lead.Match = record.Match{Account: decision.AccountID, Rule: decision.Code, Number: decision.Number}
	if decision.Review {
		d.Lead.Match.ReviewAt = decision.DecidedAt
	}
}

// comparable is what tells the person's company.
func (d *Dossier) comparable() match.Lead {
	if d.compared == nil {
		lead := d.who.Match()
		d.compared = &lead
	}
	lead := *d.compared
	switch {
	case d.Lead.Match.Pinned():
		lead.Pinned, lead.PinnedAccount = true, d.Lead.Match.Account
	case d.pin != nil:
		lead.Pinned, lead.PinnedAccount = true, d.pin.Account
	}
	return lead
}

// earlier is the same before the change.
func (d *Dossier) earlier() match.Lead {
	before := *d
	before.Lead = d.past(d.Lead)
	before.Absorbed = nil
	for _, lead := range d.Absorbed {
		before.Absorbed = append(before.Absorbed, d.past(lead))
	}
	if err := before.reread(); err != nil {
		return match.Lead{}
	}
	return before.comparable()
}

// past is a lead with the fields that it had before the change.
func (d *Dossier) past(lead *record.Lead) *record.Lead {
	fields, changed := d.Change.Past[lead.ID]
	if !changed {
		return lead
	}
	before := *lead
	before.Fields = fields
	return &before
}

// people are the person itself, as known at its account.
func (d *Dossier) people() []match.Person {
	if d.Lead.Match.Account == "" || d.who.Address.Key == "" {
		return nil
	}
	return []match.Person{{Address: d.who.Address.Address, Key: d.who.Address.Key, AccountID: d.Lead.Match.Account}}
}
