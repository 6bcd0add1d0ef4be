package scoring

import (
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

// maxNamed is how many engagements a line names.
const maxNamed = 20

// toScore is a result as the API shows it.
func toScore(result *qualify.Result, name string, playbook int64, asOf time.Time) *scoringv1.Score {
	r := *result
	r.Fit = r.Fit.Made() // its lines are told, and are in the sentence
	score := &scoringv1.Score{
		Name: name,
		Summary: &scoringv1.ScoreSummary{FitMicros: int64(r.Fit.Total), EngagementMicros: int64(r.Engagement.Total), CombinedMicros: int64(r.Combined),
			Intent: playbookv1.IntentLevel(r.Intent), OverLine: r.OverLine, CompletenessPercent: int32(r.Fit.Completeness),
			Playbook: playbookName(playbook), AsOfTime: timestamppb.New(asOf), Personas: r.PersonaNames()},
		Disqualifier: r.Disqualifier,
		Sentence:     r.Sentence(),
	}
	lines := r.Engagement.AppendLines(r.Fit.AppendLines(nil))
	score.Lines = filled(len(lines), func(i int, line *scoringv1.ScoreLine) { toLine(lines[i], line) })
	score.Criteria = filled(r.Criteria.Len(), func(i int, result *scoringv1.CriterionResult) { toCriterion(r.Criteria.Result(i), result) })
	score.Personas = filled(len(r.Personas), func(i int, result *scoringv1.CriterionResult) { toCriterion(r.Personas[i], result) })
	return score
}

// filled makes n messages in one piece.
func filled[T any](n int, fill func(i int, message *T)) []*T {
	messages, all := make([]T, n), make([]*T, n)
	for i := range messages {
		all[i] = &messages[i]
		fill(i, all[i])
	}
	return all
}

func toLine(l *scorecard.Line, line *scoringv1.ScoreLine) {
	line.Part, line.Rule = scoringv1.ScoreLine_PART_FIT, l.Name()
	if l.Part == scorecard.EngagementPart {
		line.Part = scoringv1.ScoreLine_PART_ENGAGEMENT
	}
	if l.Asset != "" {
		line.Rule += ":" + l.Asset
	}
	line.RawMicros, line.DecayedMicros, line.ContributionMicros = int64(l.Raw), int64(l.Decayed), int64(l.Contribution)
	line.TypeCappedMicros, line.GroupCappedMicros, line.CappedMicros = int64(l.TypeCut), int64(l.GroupCut), int64(l.TypeCut+l.GroupCut)
	line.EngagementCount = int32(len(l.Events))
	named := l.Events[max(0, len(l.Events)-maxNamed):]
	line.Engagements = slashed(len(named), func(i int) (collection, id string) { return "engagements", named[len(named)-1-i].ID })
}

// slashed makes n names of two parts each, with a slash between them. They lie in one piece of memory, because a score
// names many engagements.
func slashed(n int, parts func(i int) (string, string)) []string {
	if n == 0 {
		return nil
	}
	size := 0
	for i := range n {
		before, after := parts(i)
		size += len(before) + 1 + len(after)
	}
	var all strings.Builder
	all.Grow(size)
	names := make([]string, n)
	for i := range names {
		start := all.Len()
		before, after := parts(i)
		all.WriteString(before)
		all.WriteByte('/')
		all.WriteString(after)
		names[i] = all.String()[start:]
	}
	return names
}

func toCriterion(r *criteria.Result, out *scoringv1.CriterionResult) {
	out.Criterion, out.Missing = r.Name, r.Missing
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
}
