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

// Fit scores the answers, which it asks for by the name of the criterion. There
// is one line for each rule, whatever the answer.
func (c *Card) Fit(answer func(criterion string) Answer) Score {
	lines := make([]Line, 0, len(c.fit)+1)
	var decided, all Micro
	for i := range c.fit {
		rule := &c.fit[i]
		given := answer(rule.When)
		line := Line{Part: FitPart, Rule: rule.Name, Truth: given.Truth, Missing: given.Missing, Raw: rule.Points}
		if given.Truth == True {
			line.Decayed, line.Contribution = rule.Points, rule.Points
		}
		if given.Truth != Unknown {
			decided += rule.Points
		}
		all += rule.Points
		lines = append(lines, line)
	}
	score := total(FitPart, lines)
	if all > 0 {
		score.Completeness = int(decided * 100 / all)
	}
	return score
}
