package replay

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
)

// committee is that of an account: all that expressions can ask of it. Whether a persona is engaged follows from when somebody
// who plays it did something last, so nothing needs to be kept of each person.
type committee struct {
	seats   []seat      // in the order of their personas
	altered []time.Time // when the people of the account were judged again for it, in order, each once
}

// seat is a persona.
type seat struct {
	member []string // its name, as personas of a member
	marks  []mark   // in order
}

// mark is that somebody plays the persona from an instant on, and when any of them did something last; or that nobody does.
type mark struct {
	at      int64 // microseconds
	engaged time.Time
	known   bool
}

// membersAt are people who make up the same committee as everybody who was there at an instant, added to others.
func (k *committee) membersAt(to []qualify.Member, at time.Time) []qualify.Member {
	for i := range k.seats {
		marks := k.seats[i].marks
		n := sort.Search(len(marks), func(i int) bool { return marks[i].at > at.UnixMicro() })
		if n > 0 && marks[n-1].known {
			to = append(to, qualify.Member{Personas: k.seats[i].member, EngagedAt: marks[n-1].engaged})
		}
	}
	return to
}

// fill makes the seats of what is known of people one by one.
func (k *committee) fill(entries []entry) {
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
	var members []qualify.Member // in the order of [qualify.Before]
	held := map[string]entry{}
	for len(entries) > 0 {
		n, at := 0, entries[0].at
		for ; n < len(entries) && entries[n].at == at; n++ {
			e := entries[n]
			if was, is := held[e.lead]; is {
				place, _ := slices.BinarySearchFunc(members, was.member(), qualify.Before)
				members = slices.Delete(members, place, place+1)
				delete(held, e.lead)
			}
			if len(e.roles) > 0 {
				place, _ := slices.BinarySearchFunc(members, e.member(), qualify.Before)
				members = slices.Insert(members, place, e.member())
				held[e.lead] = e
			}
		}
		k.mark(members[:min(len(members), qualify.MostMembers)], at)
		entries = entries[n:]
	}
	slices.SortFunc(k.seats, func(a, b seat) int { return strings.Compare(a.member[0], b.member[0]) })
}

// mark notes who plays a part from an instant on, given in the order of [qualify.Before].
func (k *committee) mark(members []qualify.Member, at int64) {
	is := map[string]mark{}
	for i := range members {
		for _, name := range members[i].Personas {
			if !is[name].known { // the first engaged last
				is[name] = mark{at, members[i].EngagedAt, true}
			}
		}
	}
	for i := range k.seats {
		s := &k.seats[i]
		last, now := s.marks[len(s.marks)-1], is[s.member[0]]
		delete(is, s.member[0])
		if last.known != now.known || !last.engaged.Equal(now.engaged) {
			now.at = at
			s.marks = append(s.marks, now)
		}
	}
	for name, first := range is {
		k.seats = append(k.seats, seat{[]string{name}, []mark{first}})
	}
}
