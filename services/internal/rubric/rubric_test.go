package rubric_test

import (
	"testing"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/rubric"
)

// of makes a rubric of results in the order of the checks, the last of which may not have been asked.
func of(results ...scoringv1.RubricCheck_Result) *scoringv1.Rubric {
	r := &scoringv1.Rubric{}
	for i, result := range results {
		r.Checks = append(r.GetChecks(), &scoringv1.RubricCheck{Kind: scoringv1.RubricCheck_Kind(i + 1), Result: result})
	}
	return r
}

func TestWhatIsNotKnownHasNotPassed(t *testing.T) {
	const (
		passed  = scoringv1.RubricCheck_RESULT_PASSED
		failed  = scoringv1.RubricCheck_RESULT_FAILED
		unknown = scoringv1.RubricCheck_RESULT_UNKNOWN
	)
	for _, tc := range []struct {
		rubric *scoringv1.Rubric
		passed bool
		words  string
	}{
		{of(passed, passed, passed, passed, passed, passed), true, "all 6 checks passed"},
		{of(passed, passed, passed, failed, passed, passed), false, "5 of 6 checks passed, geography failed"},
		{of(unknown, passed, failed, passed, failed, passed), false, "3 of 6 checks passed, buyer role unknown, use case failed, no active motion failed"},
		{of(passed, passed, passed, passed, passed), false, "5 of 6 checks passed, purpose agreed unknown"},
		{nil, false, "0 of 6 checks passed, buyer role unknown, company fit unknown, use case unknown, geography unknown, no active motion unknown, purpose agreed unknown"},
	} {
		if got := rubric.Passed(tc.rubric); got != tc.passed {
			t.Errorf("%s: got %v", tc.words, got)
		}
		if got := rubric.Words(tc.rubric); got != tc.words {
			t.Errorf("got %q, want %q", got, tc.words)
		}
	}
}
