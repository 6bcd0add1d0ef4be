package replay

import (
	"cmp"
	"slices"
	"time"
)

// kind is what happened, in the order in which what happened at one instant takes effect.
type kind uint8

const (
	born      kind = iota // a lead became known
	rewritten             // a lead's fields changed
	merged                // a lead joined another one
	parted                // that was taken back
	decided               // a lead's account was decided
	did                   // somebody did something
	employed              // something about an account changed
	listed                // a list changed
	stirred               // something happened at an account, and its people are judged again, after whoever did something
	altered               // so are they because its committee changed, or it became hot or calm, after whoever changed that
	closed                // a handoff was closed; it is told by another service, after whatever the same instant brought
	ruled                 // a dispute over that was decided; it is told by yet another
)

// turn counts after how many others of the same instant people are judged for what happened.
func (k kind) turn() int {
	switch k {
	case stirred, altered:
		return 1
	case closed:
		return 2
	case ruled:
		return 3
	default:
		return 0
	}
}

// happening is one thing that happened. Its place is that in the part of the past that it comes from.
type happening struct {
	at    int64 // microseconds
	kind  kind
	place int
}

// happenings are what happened with people, in order. What came after the cut is left out.
func (r *round) happenings() []happening {
	w, past := r.World, r.past
	all := make([]happening, 0, len(past.Leads)+len(past.Deeds)+len(past.Decisions)+len(past.Closings))
	add := func(at time.Time, kind kind, place int) {
		if !at.After(w.Cut) {
			all = append(all, happening{at.UnixMicro(), kind, place})
		}
	}
	for i := range past.Leads {
		add(past.Leads[i].CreatedAt, born, i)
		for _, f := range past.Leads[i].Earlier {
			add(f.Until, rewritten, i)
		}
	}
	for i := range past.Merges {
		add(past.Merges[i].At, merged, i)
		if at := past.Merges[i].PartedAt; !at.IsZero() {
			add(at, parted, i)
		}
	}
	for i := range past.Decisions {
		add(past.Decisions[i].At, decided, i)
	}
	for i := range past.Deeds {
		add(past.Deeds[i].KnownAt, did, i)
	}
	for i := range past.Closings {
		if !past.Closings[i].own() {
			add(past.Closings[i].At, closed, i)
		}
	}
	for i := range past.Rulings {
		if !past.Rulings[i].early() {
			add(past.Rulings[i].At, ruled, i)
		}
	}
	for _, account := range past.accounts() {
		for _, change := range w.Companies.Changes(account) {
			add(change, employed, 0)
		}
	}
	for i := range r.stirs {
		add(r.stirs[i].at, stirred, i)
	}
	for i := range r.alters {
		add(r.alters[i].at, altered, i)
	}
	for i := range w.Lists {
		add(w.Lists[i].From, listed, i)
	}
	slices.SortFunc(all, func(a, b happening) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.kind, b.kind), cmp.Compare(a.place, b.place))
	})
	return all
}

// stir is that something of a kind happened at an account.
type stir struct {
	at            time.Time
	account, kind string
}

// stirs are what happened at the accounts of the past and may give a version cause to judge their people.
func (w *World) stirs(past *Past) []stir {
	var all []stir
	for _, account := range past.accounts() {
		for _, s := range w.Companies.events[account] {
			if w.Versions[Baseline].minds(s.Type) || w.Versions[Draft].minds(s.Type) {
				all = append(all, stir{s.KnownAt, account, s.Type})
			}
		}
	}
	return all
}

// alteration is that the committee of an account changed by a version, or whether it surges.
type alteration struct {
	at      time.Time
	account string
	version int
}

// alterations are when the surroundings of the accounts of the past changed.
func (w *World) alterations(past *Past) []alteration {
	if w.Surroundings == nil {
		return nil
	}
	var all []alteration
	for _, account := range past.accounts() {
		for v := range w.Versions {
			for _, at := range w.Surroundings.altered(v, account) {
				all = append(all, alteration{at, account, v})
			}
		}
	}
	return all
}

// accounts are those that the leads belonged to, each once.
func (p *Past) accounts() []string {
	var all []string
	for _, d := range p.Decisions {
		if d.Account != "" && !slices.Contains(all, d.Account) {
			all = append(all, d.Account)
		}
	}
	return all
}
