package replay

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/surge"
)

// heat is when an account was hot by a version.
type heat struct {
	flips []int64 // microseconds: when it became hot, calm, hot, …
	now   bool    // whether it would be, at the cut, if the version came into force then
}

// at says whether the account is hot at an instant: as it stood before the instant changed that, or settled, as it stood then.
func (h *heat) at(at time.Time, settled bool) bool {
	until := at.UnixMicro()
	if settled {
		until++
	}
	n := sort.Search(len(h.flips), func(i int) bool { return h.flips[i] >= until })
	return n%2 == 1
}

// Watch finds out when accounts were hot by the versions that ask for it. Everybody was called. The world's companies have the
// accounts, and all that happened there and nobody in particular did; really is how they stand at the cut, but for those that
// were never hot. It is safe for concurrent use with other accounts.
func (r *Roll) Watch(w *World, accounts []string, really map[string]surge.State) {
	for _, account := range accounts {
		for v := range w.Versions {
			if !r.asked[v].surges {
				continue
			}
			h := w.watch(v, account, r.spells[account], r.sorts, really[account])
			if len(h.flips) == 0 && !h.now {
				continue // it is not worth a word that an account never was
			}
			r.mu.Lock()
			r.heats[v][account] = h
			r.mu.Unlock()
		}
	}
}

// watch looks at one account when the service would: when something happened there or at who belongs to it, when it or an
// account above it changed, and when it is due.
func (w *World) watch(v int, account string, spells []spell, sorts []criteria.Event, really surge.State) *heat {
	l := &lookout{World: w, account: account, policy: w.Versions[v].Policy, spells: spells, sorts: sorts, happened: w.Companies.Events(account, w.Cut), heat: &heat{}}
	turns := l.turns()
	for len(turns) > 0 {
		at := turns[0].at
		l.wait(at)
		for ; len(turns) > 0 && turns[0].at == at; turns = turns[1:] {
			l.take(turns[0])
		}
		l.look(at)
	}
	l.wait(w.Cut.UnixMicro() + 1)
	finding := l.find(w.Cut)
	really, _ = really.Move(&l.policy.Surge.Terms, finding, w.Cut)
	l.heat.now = really.Surging
	return l.heat
}

// lookout looks at an account by a version, as time goes on.
type lookout struct {
	*World
	account  string
	policy   *qualify.Policy
	spells   []spell
	sorts    []criteria.Event
	happened []qualify.Engagement // in the order in which it became known

	warm    []int32 // spells of now, in the order in which they happened
	heard   int     // how much of what happened is known
	counted []qualify.Engagement
	state   surge.State
	looked  time.Time
	finding surge.Finding // when it was looked at last
	heat    *heat
}

// turn is something that gives cause to look.
type turn struct {
	at    int64 // microseconds
	what  turnKind
	place int // of the spell
}

// turnKind is what gives cause to look.
type turnKind uint8

const (
	turned   turnKind = iota // the account, or one above it, into something else
	began                    // a spell
	ended                    // a spell
	happened                 // something at the account
)

// turns are all that give cause to look, in order.
func (l *lookout) turns() []turn {
	turns := make([]turn, 0, len(l.spells)+len(l.happened))
	for i := range l.spells {
		s := &l.spells[i]
		if !slices.Contains(l.policy.Surge.Types, l.sorts[s.sort].Type) {
			continue
		}
		turns = append(turns, turn{s.from, began, i})
		if s.until > 0 {
			turns = append(turns, turn{s.until, ended, i})
		}
	}
	for i := range l.happened {
		turns = append(turns, turn{at: l.happened[i].KnownAt.UnixMicro(), what: happened})
	}
	for _, at := range l.Companies.Changes(l.account) {
		turns = append(turns, turn{at: at.UnixMicro(), what: turned})
	}
	turns = slices.DeleteFunc(turns, func(t turn) bool { return t.at > l.Cut.UnixMicro() })
	slices.SortFunc(turns, func(a, b turn) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.what, b.what), cmp.Compare(a.place, b.place))
	})
	return turns
}

// take takes in what happened.
func (l *lookout) take(t turn) {
	place, found := slices.BinarySearchFunc(l.warm, t.place, func(held int32, place int) int {
		return cmp.Or(cmp.Compare(l.spells[held].occurred, l.spells[place].occurred), cmp.Compare(int(held), place))
	})
	switch {
	case t.what == began && !found:
		l.warm = slices.Insert(l.warm, place, int32(t.place))
	case t.what == ended && found:
		l.warm = slices.Delete(l.warm, place, place+1)
	case t.what == happened:
		l.heard++
	}
}

// wait looks when it is due before an instant.
func (l *lookout) wait(until int64) {
	if l.looked.IsZero() {
		return
	}
	terms := &l.policy.Surge.Terms
	for {
		due := l.state.DueBefore(terms, l.finding, l.looked, time.UnixMicro(until).UTC())
		if due.IsZero() {
			return
		}
		l.look(due.UnixMicro())
	}
}

// look moves the account on.
func (l *lookout) look(now int64) {
	l.looked = time.UnixMicro(now).UTC()
	l.finding = l.find(l.looked)
	var step surge.Step
	if l.state, step = l.state.Move(&l.policy.Surge.Terms, l.finding, l.looked); step != surge.Stay {
		l.heat.flips = append(l.heat.flips, now)
	}
}

// find is what is known of the account at an instant, which is not before the last.
func (l *lookout) find(at time.Time) surge.Finding {
	employer := l.Companies.At(l.account, at)
	if employer == nil || !l.policy.MaySurge(employer.Subject.Domains, employer.Subject.Above) {
		return surge.Finding{}
	}
	since := at.Add(-l.policy.Surge.Window).UnixMicro()
	l.warm = l.warm[sort.Search(len(l.warm), func(i int) bool { return l.spells[l.warm[i]].occurred >= since }):]
	l.counted = append(l.counted[:0], l.happened[:l.heard]...)
	for _, place := range l.warm[max(0, len(l.warm)-qualify.MostWarm):] {
		s := &l.spells[place]
		e := qualify.Engagement{Event: l.sorts[s.sort]}
		e.OccurredAt = time.UnixMicro(s.occurred).UTC()
		l.counted = append(l.counted, e)
	}
	return surge.Finding{Eligible: true, Points: l.policy.Surge.Falling(l.counted)}
}
