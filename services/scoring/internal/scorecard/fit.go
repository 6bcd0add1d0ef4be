package scorecard

import (
	"fmt"
	"slices"
)

// Truth is the answer of a criterion. Unknown is the zero value.
type Truth int8

// The three answers.
const (
	Unknown Truth = iota
	False
	True
)

// String returns UNKNOWN, FALSE or TRUE.
func (t Truth) String() string {
	switch t {
	case Unknown:
		return "UNKNOWN"
	case False:
		return "FALSE"
	case True:
		return "TRUE"
	default:
		return fmt.Sprintf("Truth(%d)", int8(t))
	}
}

func newFitRule(rule FitRule, group int) fitRule {
	made := fitRule{points: rule.Points, group: group}
	for truth := Unknown; truth <= True; truth++ {
		made.lines[truth] = &Line{Part: FitPart, Group: rule.Group, Rule: rule.Name, Truth: truth, Raw: rule.Points}
	}
	made.lines[True].Decayed, made.lines[True].Contribution = rule.Points, rule.Points
	return made
}

// room is what the caps of the groups leave, for one walk over the rules. Without
// groups there is nothing to keep.
func (c *Card) room() []Micro { return slices.Clone(c.fitCaps) }

// give is what the rule gives when it is true, of what its group has room for.
func (r *fitRule) give(room []Micro) Micro {
	if r.group < 0 {
		return r.points
	}
	given := min(r.points, room[r.group])
	room[r.group] -= given
	return given
}

// kept is the line of a true criterion of which the caps left something.
func (r *fitRule) kept(given Micro) *Line {
	whole := r.lines[True]
	if given == whole.Contribution {
		return whole
	}
	line := *whole
	line.Contribution, line.GroupCut = given, line.Decayed-given
	return &line
}

// open is the line of an unknown criterion, with the facts that would decide it.
func (r *fitRule) open(missing []string) *Line {
	if len(missing) == 0 {
		return r.lines[Unknown]
	}
	line := *r.lines[Unknown]
	line.Missing = missing
	return &line
}

// Fit scores the criteria by what is known of them, which it asks for by the place
// of the rule in the policy: the truth once, and the facts that would decide an
// unknown one whenever somebody walks over the lines. There is
// one line for each rule, whatever the answer. The cap of a group is filled in the
// order of the policy; what finds no room is cut.
func (c *Card) Fit(truth func(rule int) Truth, missing func(rule int) []string) Score {
	var sum, decided Micro
	room, truths := c.room(), make([]Truth, len(c.fit))
	for i := range c.fit {
		truths[i] = truth(i)
		switch truths[i] {
		case True:
			sum += c.fit[i].give(room)
			decided += c.fit[i].points
		case False:
			decided += c.fit[i].points
		}
	}
	over := clamp(FitPart, sum)
	score := newScore(sum, len(c.fit)+len(over), func(yield func(*Line) bool) {
		room := c.room()
		for i := range c.fit {
			line := c.fit[i].lines[truths[i]]
			switch truths[i] {
			case True:
				line = c.fit[i].kept(c.fit[i].give(room))
			case Unknown:
				line = c.fit[i].open(missing(i))
			}
			if !yield(line) {
				return
			}
		}
		for _, line := range over {
			if !yield(line) {
				return
			}
		}
	})
	if c.points > 0 {
		score.Completeness = int(decided * 100 / c.points)
	}
	return score
}

// FitPoints is the total of [Card.Fit] alone, given which criteria hold.
func (c *Card) FitPoints(holds func(rule int) bool) Micro {
	var sum Micro
	room := c.room()
	for i := range c.fit {
		if holds(i) {
			sum += c.fit[i].give(room)
		}
	}
	return min(sum, Full)
}
