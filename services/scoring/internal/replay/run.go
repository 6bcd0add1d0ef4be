package replay

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

// How the two versions of a replay are counted.
const (
	Baseline = iota
	Draft
	versions
)

// World is what is the same for all people of a replay.
type World struct {
	Versions  [versions]Version
	Lists     []Edition // the oldest first
	Companies *Companies
	// Surroundings are what versions ask for; nil if none asks, or while a roll is called.
	Surroundings *Surroundings
	Cut          time.Time // what was recorded later does not count
}

// Person is what the versions make of one person.
type Person struct {
	Lead    string   // stands for the person at the cut
	Members []string // the leads that are this person, Lead first
	Account string   // at the cut; empty for none
	Found   [versions][]Qualification
	Now     Activation
}

// Run replays the past of leads that are, or became, one person. It gives one person, or several who are to become one only
// after the cut. An error says which lead cannot be read.
func (w *World) Run(past *Past) ([]Person, error) {
	r, err := w.run(past, w.Cut)
	if err != nil {
		return nil, err
	}
	var people []Person
	for _, p := range r.people() {
		found := Person{Lead: p.lead.ID, Members: p.members, Account: p.account, Found: p.found}
		if found.Now, err = w.activate(p); err != nil {
			return nil, fmt.Errorf("read lead %s: %w", p.lead.ID, err)
		}
		for v := range found.Found { // a merge brings those of two people together
			slices.SortStableFunc(found.Found[v], func(a, b Qualification) int { return a.At.Compare(b.At) })
		}
		people = append(people, found)
	}
	return people, nil
}

// round is a replay of one past.
type round struct {
	*World
	past   *Past
	stirs  []stir
	alters []alteration
	roll   *Roll           // nil when people are judged
	by     map[string]*who // every lead that is known by now to its person
	order  []string        // of the leads, as they became known
	judged []*who          // those whom this instant concerns
}

// run replays a past up to an instant, which is included.
func (w *World) run(past *Past, until time.Time) (*round, error) {
	r := w.begin(past)
	return r, r.play(until)
}

// begin is a replay in which nothing has happened yet.
func (w *World) begin(past *Past) *round {
	return &round{World: w, past: past, stirs: w.stirs(past), alters: w.alterations(past), by: make(map[string]*who, len(past.Leads))}
}

// play lets happen what happened up to an instant, which is included.
func (r *round) play(until time.Time) error {
	all := r.happenings()
	for len(all) > 0 && all[0].at <= until.UnixMicro() {
		n := together(all)
		at := time.UnixMicro(all[0].at).UTC()
		for _, h := range all[:n] {
			r.apply(h, at)
		}
		if err := r.judge(all[:n], at); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// together counts the happenings that one change brought: those of one instant, but that people are judged again because of
// what happened around them is another, and that handoffs were closed a third.
func together(all []happening) int {
	n := 1
	for n < len(all) && all[n].at == all[0].at && all[n].kind.turn() == all[0].kind.turn() {
		n++
	}
	return n
}

// apply takes in what happened.
func (r *round) apply(h happening, at time.Time) {
	switch h.kind {
	case born:
		l := &r.past.Leads[h.place]
		r.by[l.ID] = become(l, len(r.past.Deeds)/len(r.past.Leads), at)
		r.order = append(r.order, l.ID)
		r.concern(r.by[l.ID])
	case rewritten:
		l := &r.past.Leads[h.place]
		if p := r.by[l.ID]; p != nil {
			p.rewrite(l, at)
			r.concern(p)
		}
	case merged:
		m := r.past.Merges[h.place]
		r.merge(r.by[m.Survivor], r.by[m.Absorbed], at)
	case parted:
		r.part(r.past.Merges[h.place].Absorbed)
	case decided:
		if d := r.past.Decisions[h.place]; r.by[d.Lead] != nil && r.by[d.Lead].lead.ID == d.Lead {
			r.by[d.Lead].account = d.Account
			r.concern(r.by[d.Lead])
		}
	case did:
		d := &r.past.Deeds[h.place]
		if p := r.by[d.Lead]; p != nil {
			p.learn(d.Engagement)
			p.fresh = append(p.fresh, d.Engagement)
			r.concern(p)
		}
	case stirred:
		for _, p := range r.people() {
			if p.account == r.stirs[h.place].account {
				r.concern(p)
			}
		}
	case altered:
		for _, p := range r.people() {
			if p.account == r.alters[h.place].account {
				r.concern(p)
			}
		}
	case employed:
		for _, p := range r.people() {
			if slices.ContainsFunc(r.Companies.Changes(p.account), at.Equal) {
				r.concern(p)
			}
		}
	case listed:
		r.concern(r.people()...)
	case closed:
		c := r.past.Closings[h.place]
		if p := r.by[c.Lead]; p != nil {
			p.give(c)
			for _, ruling := range r.past.Rulings {
				if ruling.early() && r.by[ruling.Lead] == p {
					p.rule(ruling)
				}
			}
			r.concern(p)
		}
	case ruled:
		ruling := r.past.Rulings[h.place]
		if p := r.by[ruling.Lead]; p != nil {
			p.rule(ruling)
			r.concern(p)
		}
	}
}

func (r *round) concern(people ...*who) {
	for _, p := range people {
		if !slices.Contains(r.judged, p) {
			r.judged = append(r.judged, p)
		}
	}
}

func (r *round) merge(survivor, absorbed *who, at time.Time) {
	if survivor == nil || absorbed == nil || survivor == absorbed {
		return
	}
	if r.roll != nil {
		r.roll.withdraw(absorbed, at)
	}
	survivor.absorb(absorbed, at)
	for _, id := range absorbed.members {
		r.by[id] = survivor
	}
	r.judged = slices.DeleteFunc(r.judged, func(p *who) bool { return p == absorbed })
	r.concern(survivor)
}

func (r *round) part(lead string) {
	p := r.by[lead]
	if p == nil {
		return
	}
	doers := make(map[string]string, len(r.past.Deeds))
	for i := range r.past.Deeds {
		doers[r.past.Deeds[i].ID] = r.past.Deeds[i].Lead
	}
	restored := p.part(lead, doers)
	if restored == nil {
		return
	}
	for _, id := range restored.members {
		r.by[id] = restored
	}
	r.concern(p, restored)
}

// people are those who are known by now, each once, in the order in which they became known.
func (r *round) people() []*who {
	var people []*who
	for _, id := range r.order {
		if p := r.by[id]; p.lead.ID == id {
			people = append(people, p)
		}
	}
	return people
}

// judge judges those whom an instant concerns, by the versions to which it gives cause, or calls them.
func (r *round) judge(happened []happening, at time.Time) error {
	settled := happened[0].kind.turn() > 0
	for _, p := range r.judged {
		if r.roll == nil || r.roll.AsksForCommittees() { // what somebody does at an account can be told without looking
			if err := p.look(r.World, at); err != nil {
				return fmt.Errorf("read lead %s as of %v: %w", p.lead.ID, at, err)
			}
		}
		if r.roll != nil {
			p.warm(r.roll, at)
		}
		for v := range r.Versions {
			switch version := &r.Versions[v]; {
			case !r.minds(v, happened):
			case r.roll == nil:
				p.judge(r.World, v, at, settled)
			case r.roll.asked[v].committees:
				p.attend(r.roll, v, version.Policy, at)
			}
		}
		p.fresh, p.joined, p.parted, p.from = p.fresh[:0], false, false, nil
	}
	r.judged = r.judged[:0]
	return nil
}

// minds says whether what happened gives a version cause to judge: a change of lists alone, or something at an account alone,
// does so if its expressions ask for that, and a committee is that of one version.
func (r *round) minds(v int, happened []happening) bool {
	version := &r.Versions[v]
	return slices.ContainsFunc(happened, func(h happening) bool {
		switch h.kind {
		case listed:
			return version.Policy != nil && version.Policy.Mentions(r.Lists[h.place].Changed)
		case stirred:
			return version.minds(r.stirs[h.place].kind)
		case altered:
			return r.alters[h.place].version == v
		default:
			return true
		}
	})
}

// listsAt are the lists of an instant.
func (w *World) listsAt(at time.Time) map[string]*criteria.List {
	i := sort.Search(len(w.Lists), func(i int) bool { return w.Lists[i].From.After(at) })
	if i == 0 {
		return nil
	}
	return w.Lists[i-1].Lists
}
