package cover

import (
	"errors"
	"fmt"
)

// Most is how many covers there are in a row.
const Most = 5

// Rep is where a rep is at an instant.
type Rep struct {
	Active bool
	Away   bool
	Cover  string // who was named to stand in; empty for nobody
}

// StandIn is who stands in for a rep, by where everybody of the row is; empty for nobody, and for a rep who is not away.
func StandIn(rep string, reps map[string]Rep) string {
	if !reps[rep].Away {
		return ""
	}
	next := reps[rep].Cover
	for range Most {
		switch at := reps[next]; {
		case !at.Active:
			return "" // the row ends, or somebody who takes nothing ends it
		case !at.Away:
			return next
		default:
			next = at.Cover
		}
	}
	return ""
}

// Absence is a time when somebody stands in for a rep: from Start to before End, both in one unit.
type Absence struct {
	Rep, Cover string
	Start, End int64
}

// Why an absence is refused.
var (
	// ErrCycle: the rep would in the end stand in for themselves.
	ErrCycle = errors.New("would make a cycle")
	// ErrTooLong: there would be too many covers in a row.
	ErrTooLong = fmt.Errorf("would make a row of more than %d covers", Most)
)

// maxVisits is how many links are followed for one check. Whoever has more is refused as too long.
const maxVisits = 10_000

// Check refuses an absence that cannot be entered beside others: those with a cover that overlap it. Links count as a row only
// so far as they overlap in time.
func Check(a Absence, others []Absence) error {
	if a.Cover == a.Rep {
		return ErrCycle
	}
	c := checker{down: map[string][]Absence{}, up: map[string][]Absence{}}
	for _, o := range others {
		c.down[o.Rep] = append(c.down[o.Rep], o)
		c.up[o.Cover] = append(c.up[o.Cover], o)
	}
	return c.walkUp(a, a.Cover, 1)
}

// checker follows links in both directions.
type checker struct {
	down, up map[string][]Absence // by rep, and by cover
	visits   int
}

// walkUp goes from a row's first rep to whomever that rep covers, and from each such beginning down from the row's end. The
// stretch of time is that of the whole row.
func (c *checker) walkUp(row Absence, end string, length int) error {
	if err := c.walkDown(row, end, length); err != nil {
		return err
	}
	for _, link := range c.up[row.Rep] {
		longer, both := overlap(row, link)
		if !both {
			continue
		}
		if longer.Rep = link.Rep; longer.Rep == end {
			return ErrCycle
		}
		if err := c.step(length); err != nil {
			return err
		}
		if err := c.walkUp(longer, end, length+1); err != nil {
			return err
		}
	}
	return nil
}

// walkDown goes from a row's last cover to whoever covers them.
func (c *checker) walkDown(row Absence, end string, length int) error {
	for _, link := range c.down[end] {
		longer, both := overlap(row, link)
		if !both {
			continue
		}
		if link.Cover == row.Rep {
			return ErrCycle
		}
		if err := c.step(length); err != nil {
			return err
		}
		if err := c.walkDown(longer, link.Cover, length+1); err != nil {
			return err
		}
	}
	return nil
}

// step counts a link that makes a row of a length longer.
func (c *checker) step(length int) error {
	if c.visits++; c.visits > maxVisits || length >= Most {
		return ErrTooLong
	}
	return nil
}

// overlap is the row in the time that it has in common with a link.
func overlap(row, link Absence) (Absence, bool) {
	row.Start, row.End = max(row.Start, link.Start), min(row.End, link.End)
	return row, row.Start < row.End
}
