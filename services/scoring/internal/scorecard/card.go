package scorecard

import (
	"iter"
	"slices"
	"time"
)

// Card is a policy ready for use: immutable and safe for concurrent use.
type Card struct {
	fit     []fitRule
	fitCaps []Micro // of the groups of fit rules
	points  Micro   // of all fit rules
	groups  []Group
	rules   map[string]*rule // type of event → its rule
	groupOf []int            // place of a rule → its group
	weights Weights
}

// fitRule is a fit rule with the lines that it can give, made once.
type fitRule struct {
	points Micro
	group  int             // place among the groups of fit rules; -1 for none
	lines  [True + 1]*Line // by the truth of the criterion
}

// rule is an event rule and where it stands: its group, and its place among the
// rules of all groups.
type rule struct {
	group, place int
	EventRule
}

// New checks a policy and returns its card, or a *PolicyError.
func New(p Policy) (*Card, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	card := &Card{
		groups:  slices.Clone(p.Engagement),
		rules:   map[string]*rule{},
		weights: p.Weights,
	}
	for _, group := range p.FitGroups {
		card.fitCaps = append(card.fitCaps, group.Cap)
	}
	for _, rule := range p.Fit {
		group := slices.IndexFunc(p.FitGroups, func(g FitGroup) bool { return g.Name == rule.Group })
		card.fit = append(card.fit, newFitRule(rule, group))
		card.points += rule.Points
	}
	for g := range card.groups {
		for _, event := range card.groups[g].Events {
			event.Bonus = slices.Clone(event.Bonus)
			card.rules[event.Type] = &rule{g, len(card.rules), event}
			card.groupOf = append(card.groupOf, g)
		}
	}
	return card, nil
}

// Score is a total with every point of it. The contributions of the lines sum to
// the total exactly.
type Score struct {
	Total Micro // 0 to Full
	// Completeness is the share of the points whose criterion could be decided, in
	// whole per cent, rounded down. Engagement is always complete.
	Completeness int

	lines iter.Seq[*Line] // nil for none
	count int             // of these
}

// Part says to which score a line belongs.
type Part uint8

// The two parts.
const (
	FitPart Part = iota + 1
	EngagementPart
)

// Clamp is the Rule of the line that holds what a total above 100 loses.
const Clamp = "CLAMP"

// Line is what one rule gave.
type Line struct {
	Part  Part
	Group string // empty for a fit rule without one
	Rule  string // the name of a fit rule, a type of event, or Clamp
	Asset string // the page, form or asset that gave a bonus; mostly empty

	// Truth and Missing are the answer of a fit rule's criterion.
	Truth   Truth
	Missing []string

	// Raw, less what decay and the two caps took, is the Contribution. Raw of a fit
	// rule is what it gives when it is true.
	Raw          Micro
	Decayed      Micro // what decay left of Raw; for fit, Raw if true and 0 if not
	TypeCut      Micro // what the cap of the type took of Decayed
	GroupCut     Micro // what the cap of the group took of the rest
	Contribution Micro // negative for Clamp only

	// Events are the events of the line, oldest first. Their contributions sum to
	// that of the line.
	Events []Share
}

// Share is what one event gave to its line.
type Share struct {
	ID           string
	OccurredAt   time.Time
	Factor       int64 // what decay leaves, in billionths
	Raw          Micro
	Decayed      Micro
	TypeCut      Micro
	GroupCut     Micro
	Contribution Micro
}

// Name is the rule with its group: "size", "website/page_view", "CLAMP".
func (l *Line) Name() string {
	if l.Group == "" {
		return l.Rule
	}
	return l.Group + "/" + l.Rule
}

// Combined returns the weighted mean of both scores, rounded half to even.
func (c *Card) Combined(fit, engagement Micro) Micro {
	sum := c.weights.Fit*fit + c.weights.Engagement*engagement
	quotient, twice := sum/Point, sum%Point*2
	if twice > Point || twice == Point && quotient%2 == 1 {
		quotient++
	}
	return quotient
}

// newScore closes a score whose lines, but for the clamp, give a sum.
func newScore(sum Micro, count int, lines iter.Seq[*Line]) Score {
	return Score{Total: min(sum, Full), Completeness: 100, lines: lines, count: count}
}

// clamp is the line that holds what a sum above 100 loses; none if it is not above.
func clamp(part Part, sum Micro) []*Line {
	if sum <= Full {
		return nil
	}
	return []*Line{{Part: part, Rule: Clamp, Contribution: Full - sum}}
}

// Lines walks over the lines of the score, which are made on the way. They are
// shared between scores and must not be changed.
func (s Score) Lines() iter.Seq[*Line] {
	if s.lines == nil {
		return slices.Values([]*Line(nil))
	}
	return s.lines
}

// AppendLines adds the lines of [Score.Lines] to others, for whoever needs them all.
func (s Score) AppendLines(lines []*Line) []*Line {
	return slices.AppendSeq(slices.Grow(lines, s.count), s.Lines())
}

// Made is the score with its lines made, for whoever walks over them more than once.
func (s Score) Made() Score {
	s.lines = slices.Values(s.AppendLines(nil))
	return s
}
