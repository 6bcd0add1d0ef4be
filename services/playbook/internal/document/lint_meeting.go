package document

import (
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/proposition"
)

// check is an expression that says what a meeting must be.
type check struct{ field, text string }

// checks are those of a document in the order of the schema; none without the section.
func checks(meetings *playbookv1.MeetingPolicy) []check {
	return []check{
		{"meetings.buyer_role", meetings.GetBuyerRole()},
		{"meetings.company_fit", meetings.GetCompanyFit()},
		{"meetings.use_case", meetings.GetUseCase()},
		{"meetings.geography", meetings.GetGeography()},
	}
}

// checkMeetings advises about meetings that never pass, and about what is done with those that do not.
func (l *linter) checkMeetings() {
	meetings := l.doc.GetMeetings()
	if meetings == nil {
		return
	}
	var together []*proposition.Formula
	for _, rule := range checks(meetings) {
		if rule.text == "" {
			return // it is not finished
		}
		asked := l.formula(rule.text)
		if together = append(together, asked); !l.possible([]*proposition.Formula{asked}, nil) {
			l.advise(rule.field, "no meeting passes: its conditions exclude each other")
			return
		}
	}
	switch {
	case !l.possible(together, nil):
		l.advise("meetings", "no meeting passes: the four conditions exclude each other")
	case !l.possible(together, l.stops()):
		l.advise("meetings", "no meeting passes: whoever meets the four conditions is disqualified")
	}
	if meetings.GetOtherwise().GetDisqualify() {
		l.advise("meetings.otherwise", "a lead whose meeting does not pass never comes back: have people look, as with `otherwise: {queue: partner-review}`")
	}
}
