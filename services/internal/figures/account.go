package figures

import (
	"strings"
	"time"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// AccountScore prints why an account has its score: the whole in a sentence, then every line, which sum to the score exactly,
// then its buying committee and its surge.
func (p *Printer) AccountScore(s *scoringv1.AccountScore) {
	p.Line("%s", s.GetSentence())
	p.Line("By %s, as of %s.", s.GetPlaybook(), s.GetAsOfTime().AsTime().Format(time.RFC3339))
	p.Title("Score: %s, of %s people", Points(s.GetScoreMicros()), Count(int64(s.GetPeopleCount())))
	if len(s.GetLines()) > 0 {
		p.Head(engagementHead("of", "rule")...)
	}
	for _, l := range s.GetLines() {
		p.engagement(l, accountPart(l), l.GetRule())
	}
	p.committee(s.GetCommittee())
	p.surge(s.GetSurge())
}

// accountPart is what a line is of: the person by their id, for names are nobody's business here.
func accountPart(l *scoringv1.AccountScoreLine) string {
	switch l.GetPart() {
	case scoringv1.AccountScoreLine_PART_PERSON:
		return l.GetLead()
	case scoringv1.AccountScoreLine_PART_ANONYMOUS:
		return "nobody in particular"
	default:
		return word(l.GetPart().String(), "PART_")
	}
}

func (p *Printer) committee(c *scoringv1.BuyingCommittee) {
	if c == nil {
		return
	}
	p.Title("Buying committee: %d%% engaged, %d%% known", c.GetCoveragePercent(), c.GetKnownPercent())
	p.Head("persona", "part", "known", "engaged", "")
	for _, m := range c.GetPersonas() {
		required := ""
		if m.GetRequired() {
			required = "required"
		}
		part := strings.TrimPrefix(word(m.GetRole().String(), "ROLE_"), "unspecified")
		p.Row(m.GetPersona(), part, Count(int64(m.GetKnownCount())), Count(int64(m.GetEngagedCount())), required)
	}
	if c.GetUndecidedCount() > 0 {
		p.Line("%s more have no persona, and might have one if more were known of them.", Count(int64(c.GetUndecidedCount())))
	}
}

func (p *Printer) surge(s *scoringv1.AccountSurge) {
	if s == nil {
		return
	}
	state := "no surge"
	if s.GetSurging() {
		state = "since " + s.GetBeginTime().AsTime().Format(time.RFC3339)
	}
	p.Title("Surge: %s; %s points, it begins at %s and ends below %s", state, Points(s.GetPointsMicros()), Points(s.GetEnterMicros()), Points(s.GetLeaveMicros()))
	if len(s.GetSubjects()) > 0 {
		p.Head("page, form or asset", "events", "points")
	}
	for _, subject := range s.GetSubjects() {
		p.Row(subject.GetSubject(), Count(int64(subject.GetCount())), Points(subject.GetPointsMicros()))
	}
}
