package scoring

import (
	"slices"
	"time"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/surge"
)

// toMomentum is the stored score of an account; missing while nothing was heard of it.
func toMomentum(m *record.Momentum) *scoringv1.AccountScoreSummary {
	if m == nil || !m.Heard {
		return nil
	}
	return &scoringv1.AccountScoreSummary{ScoreMicros: m.Score(), Surging: m.Surge.Surging, SurgeTime: instant(m.Surge.Began)}
}

func toAccountLine(l *qualify.AccountLine) *scoringv1.AccountScoreLine {
	line := &scoringv1.ScoreLine{}
	toLine(l.Line, line)
	return &scoringv1.AccountScoreLine{Part: scoringv1.AccountScoreLine_Part(l.Part), Lead: leadName(l.Lead), PeopleCount: int32(l.People),
		Rule: line.GetRule(), RawMicros: line.GetRawMicros(), DecayedMicros: line.GetDecayedMicros(), TypeCappedMicros: line.GetTypeCappedMicros(),
		GroupCappedMicros: line.GetGroupCappedMicros(), CappedMicros: line.GetCappedMicros(), ContributionMicros: line.GetContributionMicros(),
		Engagements: line.GetEngagements(), EngagementCount: int32(l.Events)}
}

// toCommittee is who of a buying committee is known; missing without personas.
func toCommittee(c *qualify.Committee) *scoringv1.BuyingCommittee {
	if c == nil {
		return nil
	}
	out := &scoringv1.BuyingCommittee{CoveragePercent: int32(c.Coverage), KnownPercent: int32(c.Known)}
	for i := range c.Personas {
		seat := &c.Personas[i]
		out.Personas = append(out.Personas, &scoringv1.PersonaCoverage{Persona: seat.Name, Role: seat.Role, Required: seat.Required,
			KnownCount: int32(seat.Known), EngagedCount: int32(seat.Engaged)})
	}
	return out
}

// toSurge is how an account stands at an instant; missing without a surge in the playbook.
func toSurge(policy *qualify.Surge, state surge.State, events []qualify.Engagement, asOf time.Time) *scoringv1.AccountSurge {
	if policy == nil {
		return nil
	}
	out := &scoringv1.AccountSurge{Surging: state.Surging, PointsMicros: int64(policy.Points(events, asOf)), EnterMicros: int64(policy.Enter),
		LeaveMicros: int64(policy.Leave), BeginTime: instant(state.Began), EndTime: instant(state.Ended)}
	for _, h := range policy.Heats(events, asOf) {
		out.Subjects = append(out.Subjects, &scoringv1.SurgeSubject{Subject: h.Subject, Count: int32(h.Times), PointsMicros: int64(h.Points)})
	}
	return out
}

func toAccountScore(r *qualify.AccountResult, name string, playbook int64, asOf time.Time) *scoringv1.AccountScore {
	score := &scoringv1.AccountScore{Name: name, ScoreMicros: int64(r.Total), Committee: toCommittee(r.Committee), Triggers: slices.Clone(r.Triggers),
		PeopleCount: int32(r.People), Playbook: playbookName(playbook), AsOfTime: instant(asOf), Sentence: r.Sentence()}
	if score.GetCommittee() != nil {
		score.Committee.UndecidedCount = int32(r.Undecided)
	}
	for i := range r.Lines {
		score.Lines = append(score.Lines, toAccountLine(&r.Lines[i]))
	}
	return score
}
