package dossier

import (
	"fmt"
	"maps"
	"slices"
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
	counted  []share      // what accounts count for the leads that stood by themselves before
	known    []match.Person
	pin      *record.Match // of a lead that was absorbed
	parted   bool

	tentative *match.Decision // on the account, before names that are alike were looked at
}

// Change is what a change did.
type Change struct {
	Made        bool // whether it did anything at all
	Created     bool
	Past        map[string]person.Fields // of leads whose fields changed, what they were before
	Recorded    []record.Engagement      // new ones, also those that waited
	Merged      []*record.Edge           // merges, also those within the leads that joined this one
	Parted      []*record.Edge           // merges that were taken back
	Moved       []*record.Edge           // merges that last, of which something else is to be kept
	Touched     []*record.Lead           // absorbed leads that changed
	Decision    *record.Decision         // a new decision on the account
	Meeting     *record.Meeting          // that somebody brought; nil if none
	Result      *qualify.Result          // nil if nobody was judged
	Step        standing.Step
	Replaced    []Replaced // earlier handoffs, when another one took their place
	MoreContext bool       // routing must hear of more
}

// Replaced is how a handoff of a lead stood when another one took its place.
type Replaced struct {
	Lead string
	standing.Standing
}

// New is the dossier of a person who is new, as the fields of the lead were read.
func New(lead *record.Lead, who person.Person) *Dossier {
	return &Dossier{Lead: lead, Change: Change{Made: true, Created: true}, who: who}
}

// Open is the dossier of a person who is known. It fails when the leads do not belong together.
func Open(lead *record.Lead, absorbed []*record.Lead, history []record.Engagement) (*Dossier, error) {
	before := *lead
	d := &Dossier{Lead: lead, Absorbed: absorbed, History: history, before: &before, counted: worthOf(lead)}
	if err := d.reread(); err != nil {
		return nil, err
	}
	d.known = d.people()
	return d, nil
}

// Who is the person as its leads show it together.
func (d *Dossier) Who() *person.Person { return &d.who }

// Learn adds what a further record says of the person. It belongs to that of the person's leads whose key it came with.
func (d *Dossier) Learn(member string, fields person.Fields, occurredAt time.Time) error {
	lead := d.Member(member)
	for _, since := range []*record.Lead{d.Lead, lead} {
		if occurredAt.Before(since.OccurredAt) {
			since.OccurredAt = occurredAt
			d.touch(since)
		}
	}
	return d.set(lead, person.Join(lead.Fields, fields))
}

// Member is the person's lead of an id; the one that stands for it if there is no such.
func (d *Dossier) Member(id string) *record.Lead {
	for _, lead := range d.Absorbed {
		if lead.ID == id {
			return lead
		}
	}
	return d.Lead
}

// touch notes that one of the person's leads changed.
func (d *Dossier) touch(lead *record.Lead) {
	d.Change.Made = true
	if lead != d.Lead && !slices.Contains(d.Change.Touched, lead) {
		d.Change.Touched = append(d.Change.Touched, lead)
	}
}

// Correct replaces fields of the lead, and drops those that are to be empty.
func (d *Dossier) Correct(fields person.Fields, empty []string) error {
	corrected := maps.Clone(d.Lead.Fields)
	maps.Copy(corrected, fields)
	for _, name := range empty {
		delete(corrected, name)
	}
	return d.set(d.Lead, corrected)
}

func (d *Dossier) set(lead *record.Lead, fields person.Fields) error {
	if maps.Equal(fields, lead.Fields) {
		return nil
	}
	d.touch(lead)
	if _, kept := d.Change.Past[lead.ID]; d.before != nil && !kept {
		if d.Change.Past == nil {
			d.Change.Past = map[string]person.Fields{}
		}
		d.Change.Past[lead.ID] = lead.Fields
	}
	lead.Fields = fields
	return d.reread()
}

// Absorb makes two dossiers one. The other must not be used afterwards; its lead must be the younger one.
func (d *Dossier) Absorb(other *Dossier) error {
	if other.Lead.ID == d.Lead.ID {
		return fmt.Errorf("absorb lead: %w", dedupe.ErrSameLead)
	}
	d.Change.Made = true
	edge := &record.Edge{Survivor: d.Lead.ID, Absorbed: other.Lead.ID}
	if d.Lead.Absorbed == 0 {
		edge.Before = record.Survivor{Standing: d.Lead.Standing, OccurredAt: d.Lead.OccurredAt, Match: d.Lead.Match}
	}
	if other.Lead.Match.Pinned() && d.pin == nil {
		pin := other.Lead.Match
		d.pin = &pin
	}
	before := d.Lead.Standing
	d.Lead.Standing = standing.Merge(before, other.Lead.Standing)
	d.replace(d.Lead, before)
	d.Change.Replaced = append(d.Change.Replaced, other.Change.Replaced...)
	d.Lead.Absorbed += other.Lead.Absorbed + 1
	other.Lead.Absorbed = 0
	d.counted = append(d.counted, other.counted...)
	if other.Lead.OccurredAt.Before(d.Lead.OccurredAt) {
		d.Lead.OccurredAt = other.Lead.OccurredAt
	}
	for _, lead := range append(other.Absorbed, other.Lead) {
		lead.MergedInto = d.Lead.ID
		d.Absorbed = append(d.Absorbed, lead)
	}
	d.History = append(d.History, other.History...)
	d.Change.Recorded = append(d.Change.Recorded, other.Change.Recorded...)
	d.Change.Merged = append(append(d.Change.Merged, other.Change.Merged...), edge)
	for id, fields := range other.Change.Past {
		if d.Change.Past == nil {
			d.Change.Past = map[string]person.Fields{}
		}
		d.Change.Past[id] = fields
	}
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

// Close notes how a handoff of the person ended, also with what each lead has of its own: its row if it joined another, and
// what its merges that last keep if another joined it. Edges are those merges.
func (d *Dossier) Close(handoff string, outcome standing.Outcome, bySuite bool, at time.Time, edges []*record.Edge) {
	d.restate(edges, func(s standing.Standing) standing.Standing { return s.Close(handoff, outcome, bySuite, at) })
}

// Rule notes how a dispute over the end of a handoff of the person was decided, in the same places.
func (d *Dossier) Rule(handoff string, outcome standing.Outcome, at time.Time, edges []*record.Edge) {
	d.restate(edges, func(s standing.Standing) standing.Standing { return s.Rule(handoff, outcome, at) })
}

func (d *Dossier) restate(edges []*record.Edge, change func(standing.Standing) standing.Standing) {
	for _, lead := range append([]*record.Lead{d.Lead}, d.Absorbed...) {
		if changed := change(lead.Standing); changed != lead.Standing {
			lead.Standing = changed
			d.touch(lead)
		}
	}
	for _, edge := range edges {
		if changed := change(edge.Before.Standing); changed != edge.Before.Standing {
			edge.Before.Standing = changed
			d.Change.Made, d.Change.Moved = true, append(d.Change.Moved, edge)
		}
	}
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

// Leads are the ids of all leads of the person.
func (d *Dossier) Leads() []string {
	ids := []string{d.Lead.ID}
	for _, lead := range d.Absorbed {
		ids = append(ids, lead.ID)
	}
	return ids
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
