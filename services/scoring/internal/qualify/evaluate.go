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

// Verdict is what follows from the answers and the scores.
type Verdict struct {
	Disqualifier string // empty if none applies
	Intent       Intent
	OverLine     bool  // whether the gate to MQL is true; a disqualifier is not asked here
	FirstMatch   []int // the rules of routing that are true, by their place from 0
	Requirements []int // the requirements of routing that are true, likewise
}

// Result is what a policy makes of a subject at an instant, with every point and every answer.
type Result struct {
	Fit        scorecard.Score
	Engagement scorecard.Score
	Combined   scorecard.Micro
	Criteria   *criteria.Answers  // in the order of their names
	Personas   []*criteria.Result // likewise

	Verdict

	Target      bool   // whether the account is on the target account list
	TargetOwner string // the id of the rep who owns the target; empty if nobody
}

// Decision is the same without the account of it.
type Decision struct {
	Fit        scorecard.Micro
	Engagement scorecard.Micro
	Combined   scorecard.Micro

	Verdict
}

// Evaluate judges a subject as of an instant: what happened later does not count, and points decay up to it.
func (p *Policy) Evaluate(s *Subject, asOf time.Time) Result {
	h := p.hear(s, asOf)
	defer p.end(h)
	answers := h.Criteria()
	r := Result{Criteria: answers, Personas: p.personasOf(s, asOf), Target: h.listed, TargetOwner: h.target.Owner}
	// Both packages number the three answers alike.
	r.Fit = p.card.Fit(
		func(rule int) scorecard.Truth { return scorecard.Truth(answers.Truth(p.fit[rule])) },
		func(rule int) []string { return answers.Result(p.fit[rule]).Missing })
	r.Engagement = p.card.Engagement(h.events, asOf)
	r.Combined = p.card.Combined(r.Fit.Total, r.Engagement.Total)
	r.Verdict = p.verdict(h, criteria.Scores{Fit: int64(r.Fit.Total), Engagement: int64(r.Engagement.Total), Combined: int64(r.Combined)})
	return r
}

// Decide judges as [Policy.Evaluate] does and accounts for nothing, for whoever asks about many subjects or instants.
func (p *Policy) Decide(s *Subject, asOf time.Time) Decision {
	h := p.hear(s, asOf)
	defer p.end(h)
	var d Decision
	answers := h.Criteria()
	d.Fit = p.card.FitPoints(func(rule int) bool { return answers.Truth(p.fit[rule]) == criteria.True })
	d.Engagement = p.card.EngagementPoints(h.events, asOf)
	d.Combined = p.card.Combined(d.Fit, d.Engagement)
	d.Verdict = p.verdict(h, criteria.Scores{Fit: int64(d.Fit), Engagement: int64(d.Engagement), Combined: int64(d.Combined)})
	return d
}

// FitPoints is the fit alone, as [Policy.Decide] has it, of a subject of whom nothing else is asked.
func (p *Policy) FitPoints(s *Subject, asOf time.Time) scorecard.Micro {
	h := p.hear(s, asOf)
	defer p.end(h)
	answers := h.Criteria()
	return p.card.FitPoints(func(rule int) bool { return answers.Truth(p.fit[rule]) == criteria.True })
}

// verdict reads the conditions and the gate.
func (p *Policy) verdict(h *hearing, scores criteria.Scores) Verdict {
	conditions := h.Conditions()
	holds := func(i int) bool { return i >= 0 && conditions.Truth(i) == criteria.True }
	v := Verdict{Intent: Low}
	for i, name := range p.parts.disqualifiers {
		if holds(i) {
			v.Disqualifier = name
			break
		}
	}
	switch {
	case holds(p.parts.high):
		v.Intent = High
	case holds(p.parts.medium):
		v.Intent = Medium
	}
	for i := p.parts.firstMatch; i < p.parts.requirements; i++ {
		if holds(i) {
			v.FirstMatch = append(v.FirstMatch, i-p.parts.firstMatch)
		}
	}
	for i := p.parts.requirements; i < conditions.Len(); i++ {
		if holds(i) {
			v.Requirements = append(v.Requirements, i-p.parts.requirements)
		}
	}
	v.OverLine = p.parts.mql && h.Gates(scores).Truth(0) == criteria.True
	return v
}

// Signals reports whether some engagements by themselves show high intent: with them alone it is high, and without any
// it is not. So an old demo request does not make every later page view a signal.
func (p *Policy) Signals(s *Subject, these []Engagement, asOf time.Time) bool {
	if p.parts.high < 0 || len(these) == 0 {
		return false
	}
	alone := *s
	alone.Engagements, alone.History = these, nil
	if !p.high(&alone, asOf) {
		return false
	}
	alone.Engagements = nil
	return !p.high(&alone, asOf)
}

func (p *Policy) high(s *Subject, asOf time.Time) bool {
	h := p.hear(s, asOf)
	defer p.end(h)
	return h.Conditions().Truth(p.parts.high) == criteria.True
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
