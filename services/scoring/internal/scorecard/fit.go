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
	line := Line{Part: FitPart, Rule: rule.Name, Raw: rule.Points}
	matched, unmatched, unknown := line, line, line
	matched.Truth, matched.Decayed, matched.Contribution = True, rule.Points, rule.Points
	unmatched.Truth = False
	return fitRule{rule.Points, &matched, &unmatched, &unknown}
}

// line is what the rule gives for an answer.
func (r *fitRule) line(given Answer) *Line {
	switch {
	case given.Truth == True:
		return r.matched
	case given.Truth == False:
		return r.unmatched
	case len(given.Missing) == 0:
		return r.unknown
	default:
		line := *r.unknown
		line.Missing = given.Missing
		return &line
	}
}

// Fit scores the answers, which it asks for by the place of the rule in the policy.
// There is one line for each rule, whatever the answer.
func (c *Card) Fit(answer func(rule int) Answer) Score {
	lines := make([]*Line, len(c.fit), len(c.fit)+1)
	var decided Micro
	for i := range c.fit {
		rule, given := &c.fit[i], answer(i)
		lines[i] = rule.line(given)
		if given.Truth != Unknown {
			decided += rule.points
		}
	}
	score := total(FitPart, lines)
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
