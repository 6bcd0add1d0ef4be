package scorecard

import "fmt"

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

func newFitRule(rule FitRule) fitRule {
	made := fitRule{points: rule.Points}
	for truth := Unknown; truth <= True; truth++ {
		made.lines[truth] = &Line{Part: FitPart, Rule: rule.Name, Truth: truth, Raw: rule.Points}
	}
	made.lines[True].Decayed, made.lines[True].Contribution = rule.Points, rule.Points
	return made
}

// line is what the rule gives for an answer.
func (r *fitRule) line(given Answer) *Line {
	if len(given.Missing) == 0 {
		return r.lines[given.Truth]
	}
	line := *r.lines[given.Truth]
	line.Missing = given.Missing
	return &line
}

// Fit scores the answers, which it asks for by the place of the rule in the policy:
// once for the score, and again whenever somebody walks over the lines. There is one
// line for each rule, whatever the answer.
func (c *Card) Fit(answer func(rule int) Answer) Score {
	var sum, decided Micro
	for i := range c.fit {
		switch answer(i).Truth {
		case True:
			sum += c.fit[i].points
			decided += c.fit[i].points
		case False:
			decided += c.fit[i].points
		}
	}
	score := newScore(FitPart, sum, func(yield func(*Line) bool) {
		for i := range c.fit {
			if !yield(c.fit[i].line(answer(i))) {
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
	for i := range c.fit {
		if holds(i) {
			sum += c.fit[i].points
		}
	}
	return min(sum, Full)
}
