// Package steady notices when the clock of a machine is set: timers must not fire because somebody moved it.
//
// A machine has a wall clock, which can be set, and a running clock, which only runs. Two readings of both tell whether the
// wall clock was set in between: the two then differ by how far it was set.
//
//	steady ── differ by more than a minute ──▶ in doubt ── two readings in a row that agree ──▶ steady
package steady

import "time"

const (
	tolerance = time.Minute
	agreeing  = 2 // readings in a row that end a doubt
)

// Reading is one look at both clocks.
type Reading struct {
	Wall    time.Time
	Running time.Duration // since some start
}

// Real reads the clocks of the machine.
func Real() func() Reading {
	start := time.Now() //nolint:forbidigo // it is the real clock that can be set
	return func() Reading {
		now := time.Now()                                           //nolint:forbidigo // as above
		return Reading{Wall: now.Round(0), Running: now.Sub(start)} // Round strips the running clock off the wall clock
	}
}

// Guard compares readings. The zero value trusts the first one.
type Guard struct {
	last  Reading
	begun bool
	doubt int // readings that must still agree
}

// Trust takes a reading and says whether the wall clock can be trusted.
func (g *Guard) Trust(r Reading) bool {
	drift := r.Wall.Sub(g.last.Wall) - (r.Running - g.last.Running)
	switch {
	case !g.begun:
		g.begun = true
	case drift.Abs() > tolerance:
		g.doubt = agreeing
	case g.doubt > 0:
		g.doubt--
	}
	g.last = r
	return g.doubt == 0
}
