package routing

import (
	"maps"
	"slices"

	"github.com/handoffhq/handoff/services/internal/ident"
)

// names is a set of ids.
type names map[string]bool

// add adds ids; an empty one names nothing.
func (n names) add(ids ...string) {
	for _, id := range ids {
		if id != "" {
			n[id] = true
		}
	}
}

// without is what other does not have.
func (n names) without(other names) names {
	rest := names{}
	for id := range n {
		if !other[id] {
			rest[id] = true
		}
	}
	return rest
}

// sorted are the ids in their order, which is the order of locks.
func (n names) sorted() []string { return slices.Sorted(maps.Keys(n)) }

// need names what a decision rests on. Books are named where a ledger matters without its pools.
type need struct{ pools, books, reps, calendars names }

func newNeed() need { return need{pools: names{}, books: names{}, reps: names{}, calendars: names{}} }

func (n need) empty() bool { return len(n.pools)+len(n.books)+len(n.reps)+len(n.calendars) == 0 }

// without is what other does not have.
func (n need) without(other need) need {
	return need{pools: n.pools.without(other.pools), books: n.books.without(other.books), reps: n.reps.without(other.reps),
		calendars: n.calendars.without(other.calendars)}
}

// expect adds what a lead on its way rests on.
func (n need) expect(r route, t terms) {
	n.pools.add(r.home)
	n.reps.add(r.owner)
	n.name(r.fallback)
	n.calendars.add(t.calendar)
}

// name adds whoever a fallback is.
func (n need) name(fallback string) {
	n.pools.add(ident.ID(fallback, "pools"))
	n.reps.add(ident.ID(fallback, "reps"))
}
