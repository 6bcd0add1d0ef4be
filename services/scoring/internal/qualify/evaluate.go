package qualify

import (
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

// Intent is how strongly a lead signals that it wants to buy.
type Intent int

// The levels of intent, numbered as in the API.
const (
	Low Intent = iota + 1
	Medium
	High
)

// Result is what a policy makes of a subject at an instant.
type Result struct {
	Fit        scorecard.Score
	Engagement scorecard.Score
	Combined   scorecard.Micro
	Criteria   []criteria.Result // in the order of their names

	Disqualifier string // empty if none applies
	Intent       Intent
	OverLine     bool  // whether the gate to MQL is true; a disqualifier is not asked here
	FirstMatch   []int // the routing conditions that are true, by their place from 0

	Target      bool   // whether the account is on the target account list
	TargetOwner string // the id of the rep who owns the target; empty if nobody
}

// Evaluate judges a subject as of an instant: what happened later does not count, and points decay up to it.
func (p *Policy) Evaluate(s *Subject, asOf time.Time) Result {
	facts, target, listed := p.facts(s)
	evaluation := p.set.Evaluate(facts, asOf)
	r := Result{Criteria: evaluation.Criteria(), Target: listed, TargetOwner: target.Owner}
	r.Fit = p.card.Fit(answers(evaluation))
	r.Engagement = p.card.Engagement(s.scored(), asOf)
	r.Combined = p.card.Combined(r.Fit.Total, r.Engagement.Total)
	p.conclude(&r, evaluation.Conditions())
	if p.parts.mql {
		gates := evaluation.Gates(criteria.Scores{Fit: int64(r.Fit.Total), Engagement: int64(r.Engagement.Total), Combined: int64(r.Combined)})
		r.OverLine = gates[0].Truth == criteria.True
	}
	return r
}

// answers gives the card what the criteria answered.
func answers(evaluation *criteria.Evaluation) func(string) scorecard.Answer {
	return func(criterion string) scorecard.Answer {
		result, _ := evaluation.Criterion(criterion)
		answer := scorecard.Answer{Missing: result.Missing}
		switch result.Truth {
		case criteria.True:
			answer.Truth = scorecard.True
		case criteria.False:
			answer.Truth = scorecard.False
		}
		return answer
	}
}

// conclude reads the conditions.
func (p *Policy) conclude(r *Result, conditions []criteria.Result) {
	holds := func(i int) bool { return i >= 0 && conditions[i].Truth == criteria.True }
	for i, name := range p.parts.disqualifiers {
		if holds(i) {
			r.Disqualifier = name
			break
		}
	}
	switch {
	case holds(p.parts.high):
		r.Intent = High
	case holds(p.parts.medium):
		r.Intent = Medium
	default:
		r.Intent = Low
	}
	for i := p.parts.firstMatch; i < len(conditions); i++ {
		if holds(i) {
			r.FirstMatch = append(r.FirstMatch, i-p.parts.firstMatch)
		}
	}
}

// Signals reports whether some engagements by themselves show high intent: with them alone it is high, and without any
// it is not. So an old demo request does not make every later page view a signal.
func (p *Policy) Signals(s *Subject, these []Engagement, asOf time.Time) bool {
	if p.parts.high < 0 || len(these) == 0 {
		return false
	}
	alone := *s
	alone.Engagements = these
	if !p.high(&alone, asOf) {
		return false
	}
	alone.Engagements = nil
	return !p.high(&alone, asOf)
}

func (p *Policy) high(s *Subject, asOf time.Time) bool {
	facts, _, _ := p.facts(s)
	return p.set.Evaluate(facts, asOf).Conditions()[p.parts.high].Truth == criteria.True
}

// Sentence says the whole in words that a rep understands.
func (r *Result) Sentence() string {
	words := scorecard.Sentence(r.Fit, r.Engagement)
	switch {
	case r.Disqualifier != "":
		return "Disqualified: " + r.Disqualifier + ". " + words
	case r.OverLine:
		return "Over the line. " + words
	default:
		return "Below the line. " + words
	}
}
