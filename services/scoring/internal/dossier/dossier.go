package dossier

import (
	"fmt"
	"maps"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// Dossier is everything that is known of one person, and what a change makes of it.
type Dossier struct {
	Lead     *record.Lead // stands for the person
	Absorbed []*record.Lead
	History  []record.Engagement // what people did that counts, with what is new
	Change   Change

	who      person.Person
	compared *match.Lead  // what tells the company, once it was asked for
	before   *record.Lead // nil for a person who is new
	known    []match.Person
}

// Change is what a change did.
type Change struct {
	Made        bool // whether it did anything at all
	Created     bool
	Before      person.Fields       // the lead's own fields before they changed; nil if they did not
	Recorded    []record.Engagement // new ones, also those that waited
	Merged      []*record.Lead      // leads that joined this one
	Decision    *record.Decision    // a new decision on the account
	Result      *qualify.Result     // nil if nobody was judged
	Step        standing.Step
	Replaced    []standing.Standing // how earlier handoffs stood when another one took their place
	MoreContext bool                // routing must hear of more
}

// New is the dossier of a person who is new, as the fields of the lead were read.
func New(lead *record.Lead, who person.Person) *Dossier {
	return &Dossier{Lead: lead, Change: Change{Made: true, Created: true}, who: who}
}

// Open is the dossier of a person who is known. It fails when the leads do not belong together.
func Open(lead *record.Lead, absorbed []*record.Lead, history []record.Engagement) (*Dossier, error) {
	before := *lead
	d := &Dossier{Lead: lead, Absorbed: absorbed, History: history, before: &before}
	if err := d.reread(); err != nil {
		return nil, err
	}
	d.known = d.people()
	return d, nil
}

// Who is the person as its leads show it together.
func (d *Dossier) Who() *person.Person { return &d.who }

// Learn adds what a further record says of the person.
func (d *Dossier) Learn(fields person.Fields, occurredAt time.Time) error {
	if occurredAt.Before(d.Lead.OccurredAt) {
		d.Lead.OccurredAt, d.Change.Made = occurredAt, true
	}
	return d.set(person.Join(d.Lead.Fields, fields))
}

// Correct replaces fields of the lead, and drops those that are to be empty.
func (d *Dossier) Correct(fields person.Fields, empty []string) error {
	corrected := maps.Clone(d.Lead.Fields)
	maps.Copy(corrected, fields)
	for _, name := range empty {
		delete(corrected, name)
	}
	return d.set(corrected)
}

func (d *Dossier) set(fields person.Fields) error {
	if maps.Equal(fields, d.Lead.Fields) {
		return nil
	}
	d.Change.Made = true
	if d.before != nil && d.Change.Before == nil {
		d.Change.Before = d.Lead.Fields
	}
	d.Lead.Fields = fields
	return d.reread()
}

// Absorb makes two dossiers one. The other must not be used afterwards; its lead must be the younger one.
func (d *Dossier) Absorb(other *Dossier) error {
	if other.Lead.ID == d.Lead.ID {
		return fmt.Errorf("absorb lead: %w", dedupe.ErrSameLead)
	}
	d.Change.Made = true
	before := d.Lead.Standing
	d.Lead.Standing = standing.Merge(before, other.Lead.Standing)
	d.replace(before)
	d.Lead.Absorbed += other.Lead.Absorbed + 1
	other.Lead.Absorbed = 0
	if other.Lead.OccurredAt.Before(d.Lead.OccurredAt) {
		d.Lead.OccurredAt = other.Lead.OccurredAt
	}
	for _, lead := range append(other.Absorbed, other.Lead) {
		lead.MergedInto = d.Lead.ID
		d.Absorbed = append(d.Absorbed, lead)
	}
	d.History = append(d.History, other.History...)
	d.Change.Recorded = append(d.Change.Recorded, other.Change.Recorded...)
	d.Change.Merged = append(d.Change.Merged, other.Lead)
	d.known = append(d.known, other.known...)
	return d.reread()
}

// Record adds what the person did. Each must be new.
func (d *Dossier) Record(engagements ...record.Engagement) {
	for _, e := range engagements {
		d.Change.Made = true
		d.Change.Recorded = append(d.Change.Recorded, e)
		if !e.Automated {
			d.History = append(d.History, e)
		}
	}
}

// Close notes how a handoff of the person ended.
func (d *Dossier) Close(handoff string, outcome standing.Outcome, bySuite bool, at time.Time) {
	closed := d.Lead.Standing.Close(handoff, outcome, bySuite, at)
	d.Change.Made = d.Change.Made || closed != d.Lead.Standing
	d.Lead.Standing = closed
}

// Begin sets when the person first made contact.
func (d *Dossier) Begin(at time.Time) {
	d.Change.Made = d.Change.Made || !at.Equal(d.Lead.OccurredAt)
	d.Lead.OccurredAt = at
}

// Lookups are what finds the person's account.
func (d *Dossier) Lookups() match.Lookups { return match.Plan(d.comparable()) }

// Moved are the accounts before and after; moved is false for a person who is new.
func (d *Dossier) Moved() (from, to string, moved bool) {
	if d.before == nil {
		return "", d.Lead.Match.Account, false
	}
	return d.before.Match.Account, d.Lead.Match.Account, d.before.Match.Account != d.Lead.Match.Account
}

// reread derives what the leads show together.
func (d *Dossier) reread() error {
	shown, err := record.Shown(d.Lead, d.Absorbed)
	if err != nil {
		return fmt.Errorf("read lead %s: %w", d.Lead.ID, err)
	}
	d.who, d.compared = person.Stored(shown), nil
	return nil
}
