package qualify

import (
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
)

// CheckKind is what is asked of a meeting. The numbers are the API's, and are stored.
type CheckKind int

// What is asked of a meeting, in this order.
const (
	BuyerRole CheckKind = iota + 1
	CompanyFit
	UseCase
	Geography
	NoActiveMotion
	PurposeAgreed
)

// CheckResult is the answer. The numbers are the API's, and are stored.
type CheckResult int

// The answers. What nobody knows has not passed.
const (
	Passed CheckResult = iota + 1
	Failed
	NotKnown
)

// Check is one check of a meeting, and what decided it: an expression, or the name of what is in the way.
type Check struct {
	Kind    CheckKind   `json:"kind"`
	Result  CheckResult `json:"result"`
	Because string      `json:"because,omitempty"`
}

// purposeAgreed is the expression that the last check comes to.
const purposeAgreed = "meeting.agreed_purpose"

// rubric is what a meeting must be. Its checks are compiled apart from all other rules.
type rubric struct {
	set *criteria.Set
	of  []criteria.Rule // the checks that are expressions, in their order
}

// rubricOf compiles the checks, with the criteria that they may name; it is nil if no meeting is taken.
func rubricOf(doc *playbookv1.Document) (*rubric, error) {
	if doc.GetMeetings() == nil {
		return nil, nil
	}
	m := doc.GetMeetings()
	r := &rubric{of: []criteria.Rule{{Name: "meetings.buyer_role", Expression: m.GetBuyerRole()}, {Name: "meetings.company_fit", Expression: m.GetCompanyFit()},
		{Name: "meetings.use_case", Expression: m.GetUseCase()}, {Name: "meetings.geography", Expression: m.GetGeography()}}}
	d := criteria.Definition{Models: modelNames(doc), Checks: r.of}
	for _, name := range sortedKeys(doc.GetCriteria()) {
		d.Criteria = append(d.Criteria, criteria.Rule{Name: name, Expression: doc.GetCriteria()[name]})
	}
	var err error
	r.set, err = criteria.Compile(d)
	return r, err
}

// TakesMeetings reports whether the playbook says what a meeting must be.
func (p *Policy) TakesMeetings() bool { return p.rubric != nil }

// Rubric makes the six checks of a meeting with a subject, in their order. Motion is the name of what somebody else has going
// with the account; empty if there is nothing. The playbook must take meetings.
func (p *Policy) Rubric(s *Subject, m criteria.Meeting, motion string, asOf time.Time) []Check {
	h := p.hear(s, asOf)
	defer p.end(h)
	h.facts.Meeting = m
	h.Evaluate(p.rubric.set, &h.facts, asOf)
	answers := h.Checks()
	checks := make([]Check, 0, PurposeAgreed)
	for i, rule := range p.rubric.of {
		checks = append(checks, Check{BuyerRole + CheckKind(i), resultOf(answers.Truth(i)), rule.Expression})
	}
	h.facts.Meeting = criteria.Meeting{}
	free := Check{Kind: NoActiveMotion, Result: Passed}
	if motion != "" {
		free.Result, free.Because = Failed, motion
	}
	return append(checks, free, Check{PurposeAgreed, agreed(m.AgreedPurpose), purposeAgreed})
}

func agreed(purpose criteria.Opt[bool]) CheckResult {
	switch {
	case !purpose.Known:
		return NotKnown
	case purpose.Value:
		return Passed
	default:
		return Failed
	}
}

func resultOf(t criteria.Truth) CheckResult {
	switch t {
	case criteria.True:
		return Passed
	case criteria.False:
		return Failed
	default:
		return NotKnown
	}
}
