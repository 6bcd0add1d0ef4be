package scoring

import (
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

// maxNamed is how many engagements a line names.
const maxNamed = 20

// toScore is a result as the API shows it.
func toScore(r *qualify.Result, name string, playbook int64, asOf time.Time) *scoringv1.Score {
	score := &scoringv1.Score{
		Name: name,
		Summary: &scoringv1.ScoreSummary{FitMicros: int64(r.Fit.Total), EngagementMicros: int64(r.Engagement.Total), CombinedMicros: int64(r.Combined),
			Intent: playbookv1.IntentLevel(r.Intent), OverLine: r.OverLine, CompletenessPercent: int32(r.Fit.Completeness),
			Playbook: playbookName(playbook), AsOfTime: timestamppb.New(asOf), Personas: r.PersonaNames()},
		Criteria:     make([]*scoringv1.CriterionResult, 0, r.Criteria.Len()),
		Disqualifier: r.Disqualifier,
		Sentence:     r.Sentence(),
	}
	for _, part := range []scorecard.Score{r.Fit, r.Engagement} {
		for line := range part.Lines() {
			score.Lines = append(score.Lines, toLine(line))
		}
	}
	for answer := range r.Criteria.All() {
		score.Criteria = append(score.Criteria, toCriterion(answer))
	}
	for _, persona := range r.Personas {
		score.Personas = append(score.Personas, toCriterion(persona))
	}
	return score
}

func toLine(l *scorecard.Line) *scoringv1.ScoreLine {
	line := &scoringv1.ScoreLine{Part: scoringv1.ScoreLine_PART_FIT, Rule: l.Name(), ContributionMicros: int64(l.Contribution),
		RawMicros: int64(l.Raw), CappedMicros: int64(l.TypeCut + l.GroupCut), EngagementCount: int32(len(l.Events))}
	if l.Part == scorecard.EngagementPart {
		line.Part = scoringv1.ScoreLine_PART_ENGAGEMENT
	}
	if l.Asset != "" {
		line.Rule += ":" + l.Asset
	}
	for _, e := range slices.Backward(l.Events[max(0, len(l.Events)-maxNamed):]) {
		line.Engagements = append(line.Engagements, ident.Name("engagements", e.ID))
	}
	return line
}

func toCriterion(r *criteria.Result) *scoringv1.CriterionResult {
	out := &scoringv1.CriterionResult{Criterion: r.Name, Missing: r.Missing}
	switch {
	case r.Err != nil:
		out.Truth, out.Error = scoringv1.CriterionResult_TRUTH_ERROR, r.Err.Reason.Error()
	case r.Truth == criteria.True:
		out.Truth = scoringv1.CriterionResult_TRUTH_TRUE
	case r.Truth == criteria.False:
		out.Truth = scoringv1.CriterionResult_TRUTH_FALSE
	default:
		out.Truth = scoringv1.CriterionResult_TRUTH_UNKNOWN
	}
	return out
}
