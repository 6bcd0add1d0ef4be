package compliance

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// Ledger counts what fell due in a period, and the leads that became MQLs in it. The zero value has counted nothing.
type Ledger struct {
	clocks map[cell]*count
	blame  map[deadline.Kind]*blame
	leads  leads
}

// Slice is by what a report is cut besides the kind of clock.
type Slice int

// The slices.
const (
	Whole Slice = iota
	ByTier
	ByRep
	ByTeam
	BySource
)

// cell is a row of a report.
type cell struct {
	by    Slice
	kind  deadline.Kind
	value string
}

// count is what a row counts.
type count struct {
	met, missed, cancelled int64
	answered               []time.Duration // what the answered clocks used
}

// Clock is a clock that fell due in the period. What it is in none of is empty.
type Clock struct {
	Kind     deadline.Kind
	Outcome  Outcome
	Answered bool // in time or not
	Elapsed  time.Duration
	Tier     string
	Rep      string
	Team     string
	Source   string
	Causes   deadline.Shares // of a clock that was missed
}

// Outcome is what became of a clock.
type Outcome int

// The outcomes. The zero value is a clock that still runs and is not due yet: it counts in nothing.
const (
	Pending Outcome = iota
	Met
	Missed
	Cancelled
)

// AddClock counts a clock.
func (l *Ledger) AddClock(c Clock) {
	if l.clocks == nil {
		l.clocks = map[cell]*count{}
	}
	l.add(cell{Whole, c.Kind, ""}, c)
	for _, at := range [...]cell{{ByTier, c.Kind, c.Tier}, {ByRep, c.Kind, c.Rep}, {ByTeam, c.Kind, c.Team}, {BySource, c.Kind, c.Source}} {
		if at.value != "" {
			l.add(at, c)
		}
	}
	if c.Outcome == Missed {
		l.accuse(c)
	}
}

func (l *Ledger) add(at cell, c Clock) {
	n := l.clocks[at]
	if n == nil {
		n = &count{}
		l.clocks[at] = n
	}
	switch c.Outcome {
	case Met:
		n.met++
	case Missed:
		n.missed++
	case Cancelled:
		n.cancelled++
	}
	if c.Answered {
		n.answered = append(n.answered, c.Elapsed)
	}
}

// Tally is what became of the clocks of a kind, in a slice.
type Tally struct {
	Kind      deadline.Kind
	Slice     string // its name; empty for the whole
	Met       int64
	Missed    int64
	Cancelled int64
	Answered  int64 // in time or not
	Spread    Spread
}

// InTime is the compliance: met out of met and missed.
func (t Tally) InTime() Share { return Share{Part: t.Met, Whole: t.Met + t.Missed} }

// Tallies are the rows of a slice, by kind and then by name.
func (l *Ledger) Tallies(by Slice) []Tally {
	var rows []Tally
	for _, at := range slices.SortedFunc(maps.Keys(l.clocks), cell.compare) {
		if at.by == by {
			rows = append(rows, l.tally(at))
		}
	}
	return rows
}

// Of is the tally of a kind as a whole.
func (l *Ledger) Of(kind deadline.Kind) Tally { return l.tally(cell{Whole, kind, ""}) }

func (l *Ledger) tally(at cell) Tally {
	t := Tally{Kind: at.kind, Slice: at.value}
	if n := l.clocks[at]; n != nil {
		t.Met, t.Missed, t.Cancelled, t.Answered, t.Spread = n.met, n.missed, n.cancelled, int64(len(n.answered)), spreadOf(n.answered)
	}
	return t
}

func (c cell) compare(other cell) int {
	return cmp.Or(cmp.Compare(c.by, other.by), c.kind.Compare(other.kind), cmp.Compare(c.value, other.value))
}

// Spread says how lengths of time are spread. All are zero of none.
type Spread struct {
	Median time.Duration // the nearest rank: the smallest within which at least half are
	P90    time.Duration // the same for nine out of ten
	Mean   time.Duration // to the microsecond, rounded down
}

func spreadOf(lengths []time.Duration) Spread {
	n := len(lengths)
	if n == 0 {
		return Spread{}
	}
	slices.Sort(lengths)
	mean, rest := time.Duration(0), time.Duration(0)
	for _, d := range lengths { // so that no sum overflows
		mean, rest = mean+d/time.Duration(n), rest+d%time.Duration(n)
	}
	return Spread{Median: lengths[(n+1)/2-1], P90: lengths[(9*n+9)/10-1],
		Mean: (mean + rest/time.Duration(n)).Truncate(time.Microsecond)}
}
