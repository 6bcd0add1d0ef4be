package scoring

import (
	"context"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/scope"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// meeting is what a caller says of a meeting.
func meeting(m *scoringv1.Meeting) record.Meeting {
	return record.Meeting{Source: m.GetSource(), SourceID: m.GetSourceId(), MeetAt: moment(m.GetMeetTime()),
		Agreement: record.Agreement{MessageAngle: m.GetMessageAngle(), Topics: m.GetAgreedTopics(), Exclusions: m.GetExclusions(),
			Objections: m.GetObjections(), UseCase: m.GetUseCase(), Purpose: m.GetPurpose(), Agreed: m.AgreedPurpose}}
}

// toMeeting is a meeting as the caller may see it.
func toMeeting(ctx context.Context, m *record.Meeting) *scoringv1.Meeting {
	a, rubric := &m.Agreement, scope.Rubric(scope.Partner(auth.ActorFrom(ctx)), toRubric(m.Checks))
	return &scoringv1.Meeting{Name: meetingName(m), Source: m.Source, SourceId: m.SourceID, MessageAngle: a.MessageAngle, AgreedTopics: a.Topics,
		Exclusions: a.Exclusions, Objections: a.Objections, UseCase: a.UseCase, Purpose: a.Purpose, AgreedPurpose: a.Agreed,
		MeetTime: instant(m.MeetAt), Partner: m.Partner, Rubric: rubric, Playbook: playbookName(m.Playbook),
		Effect: scoringv1.Meeting_Effect(m.Effect), Handoff: ident.Name("handoffs", m.Handoff), Disqualifier: m.Disqualifier,
		CreateTime: instant(m.CreatedAt)}
}

// toRubric is how a meeting does. It holds nothing that a partner wrote.
func toRubric(checks []qualify.Check) *scoringv1.Rubric {
	rubric := &scoringv1.Rubric{}
	for _, c := range checks {
		rubric.Checks = append(rubric.Checks, &scoringv1.RubricCheck{Kind: scoringv1.RubricCheck_Kind(c.Kind),
			Result: scoringv1.RubricCheck_Result(c.Result), Because: c.Because})
	}
	return rubric
}

func meetingName(m *record.Meeting) string { return ident.Name("leads", m.Lead, "meetings", m.ID) }
