package compliance

import (
	"maps"
	"slices"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// blame adds up why the clocks of a kind were missed.
type blame struct {
	clocks int64
	shares deadline.Shares // of all of them together
	most   deadline.Shares // of how many a cause has the largest share
}

// Blame is why the clocks of a kind were missed.
type Blame struct {
	Kind   deadline.Kind
	Missed int64
	Causes []CauseShare // each cause, in their order
}

// CauseShare is the part of a cause in missed clocks.
type CauseShare struct {
	Cause    deadline.Cause
	PerMille int64 // of the time that they used up, each clock counted alike; those of all causes add up to 1000
	Most     int64 // of how many clocks it has the largest part; of equal parts that of the first cause
}

// accuse adds a missed clock. One that nobody has looked at since it fell due has no shares yet, and is not counted.
func (l *Ledger) accuse(c Clock) {
	if c.Causes == (deadline.Shares{}) {
		return
	}
	if l.blame == nil {
		l.blame = map[deadline.Kind]*blame{}
	}
	b := l.blame[c.Kind]
	if b == nil {
		b = &blame{}
		l.blame[c.Kind] = b
	}
	b.clocks++
	largest := 0
	for i, share := range c.Causes {
		b.shares[i] += share
		if share > c.Causes[largest] {
			largest = i
		}
	}
	b.most[largest]++
}

// Blames says why clocks were missed, by kind.
func (l *Ledger) Blames() []Blame {
	var all []Blame
	for _, kind := range slices.SortedFunc(maps.Keys(l.blame), deadline.Kind.Compare) {
		b := l.blame[kind]
		row := Blame{Kind: kind, Missed: b.clocks}
		parts := deadline.Apportion(b.shares[:], 1000)
		for i, cause := range deadline.Causes() {
			row.Causes = append(row.Causes, CauseShare{Cause: cause, PerMille: parts[i], Most: b.most[i]})
		}
		all = append(all, row)
	}
	return all
}
