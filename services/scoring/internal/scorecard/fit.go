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

// Answer is what is known of a criterion; Missing names the facts that would
// decide an unknown one.
type Answer struct {
	Truth   Truth
	Missing []string
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

// line is what the rule gives for an answer.
func (r *fitRule) line(given Answer, room []Micro) *Line {
	contribution := Micro(0)
	if given.Truth == True {
		contribution = r.give(room)
	}
	whole := r.lines[given.Truth]
	if len(given.Missing) == 0 && contribution == whole.Contribution {
		return whole
	}
	line := *whole
	line.Missing = given.Missing
	line.Contribution, line.GroupCut = contribution, line.Decayed-contribution
	return &line
}

// Fit scores the answers, which it asks for by the place of the rule in the policy:
// once for the score, and again whenever somebody walks over the lines. There is one
// line for each rule, whatever the answer. The cap of a group is filled in the order
// of the policy; what finds no room is cut.
func (c *Card) Fit(answer func(rule int) Answer) Score {
	var sum, decided Micro
	room := c.room()
	for i := range c.fit {
		switch answer(i).Truth {
		case True:
			sum += c.fit[i].give(room)
			decided += c.fit[i].points
		case False:
			decided += c.fit[i].points
		}
	}
	score := newScore(FitPart, sum, func(yield func(*Line) bool) {
		room := c.room()
		for i := range c.fit {
			if !yield(c.fit[i].line(answer(i), room)) {
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
