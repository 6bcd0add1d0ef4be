package figures_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func TestAScoreShowsWhatEachLineGaveAndWhatTookTheRest(t *testing.T) {
	t.Parallel()
	score := &scoringv1.Score{
		Sentence: "Over the line.",
		Summary: &scoringv1.ScoreSummary{FitMicros: 25e6, EngagementMicros: 100e6, CombinedMicros: 62_500_000, CompletenessPercent: 62,
			Intent: playbookv1.IntentLevel_INTENT_LEVEL_HIGH, Playbook: "playbooks/3",
			AsOfTime: timestamppb.New(time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC))},
		Lines: []*scoringv1.ScoreLine{
			{Part: scoringv1.ScoreLine_PART_FIT, Rule: "size", RawMicros: 25e6, ContributionMicros: 25e6},
			{Part: scoringv1.ScoreLine_PART_FIT, Rule: "role", RawMicros: 15e6},
			{Part: scoringv1.ScoreLine_PART_FIT, Rule: "firm/geo", RawMicros: 20e6, DecayedMicros: 20e6, CappedMicros: 20e6, GroupCappedMicros: 20e6},
			{Part: scoringv1.ScoreLine_PART_ENGAGEMENT, Rule: "website/page_view:/pricing", EngagementCount: 1200, RawMicros: 12_000e6, DecayedMicros: 11_100_000_001,
				CappedMicros: 11_000e6, TypeCappedMicros: 10_900e6, GroupCappedMicros: 100e6, ContributionMicros: 100_000_001},
			{Part: scoringv1.ScoreLine_PART_ENGAGEMENT, Rule: "CLAMP", ContributionMicros: -1},
		},
		Personas: []*scoringv1.CriterionResult{{Criterion: "champion", Truth: scoringv1.CriterionResult_TRUTH_FALSE}},
		Criteria: []*scoringv1.CriterionResult{
			{Criterion: "buyer_role", Truth: scoringv1.CriterionResult_TRUTH_UNKNOWN, Missing: []string{"lead.seniority", "lead.function"}},
			{Criterion: "size_fit", Truth: scoringv1.CriterionResult_TRUTH_TRUE},
			{Criterion: "spend_fit", Truth: scoringv1.CriterionResult_TRUTH_ERROR, Error: "amounts in different currencies cannot be compared"},
		},
	}
	const want = `  Over the line.
  By playbooks/3, as of 2026-05-04T09:00:00Z. Intent high; 62% of the points of fit could be decided.

Fit: 25 of 100
                        group
                          cap
  rule      points  of   took
  size          25  25
  role           0  15
  firm/geo       0  20    -20

Engagement: 100 of 100
                                                            type  group
                                         at        decay     cap    cap
  rule                        events  first         took    took   took      points
  website/page_view:/pricing   1,200  12000  -899.999999  -10900   -100  100.000001
  CLAMP                                                                   -0.000001

Combined: 62.5 of 100; it orders a queue and decides nothing

What the playbook asks
  criterion   answer
  buyer_role  unknown  not known: lead.seniority, lead.function
  size_fit    true
  spend_fit   error    amounts in different currencies cannot be compared

What part they play when their company buys
  persona   answer
  champion  false
`
	if diff := cmp.Diff(want, printed(t, score)); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
}

func TestAScoreOfNothingHasNoEmptyTable(t *testing.T) {
	t.Parallel()
	if got := printed(t, &scoringv1.Score{Summary: &scoringv1.ScoreSummary{}}); strings.Contains(got, "events") {
		t.Errorf("headings without rows:\n%s", got)
	}
}

func printed(t *testing.T, score *scoringv1.Score) string {
	t.Helper()
	var text strings.Builder
	out := figures.New(&text)
	out.Score(score)
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestPointsAreExact(t *testing.T) {
	t.Parallel()
	for micros, want := range map[int64]string{0: "0", 1: "0.000001", -1: "-0.000001", 70_000_001: "70.000001", 40e6: "40", -7_500_000: "-7.5",
		math.MinInt64: "-9223372036854.775808", math.MaxInt64: "9223372036854.775807"} {
		if got := figures.Points(micros); got != want {
			t.Errorf("Points(%d) = %s, want %s", micros, got, want)
		}
	}
}
