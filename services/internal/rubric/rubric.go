// Package rubric reads how a meeting does by the six checks of a playbook. What is not known, or was not asked, has not
// passed.
package rubric

import (
	"fmt"
	"strings"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// kinds are the checks, in their order.
var kinds = [...]scoringv1.RubricCheck_Kind{
	scoringv1.RubricCheck_KIND_BUYER_ROLE, scoringv1.RubricCheck_KIND_COMPANY_FIT, scoringv1.RubricCheck_KIND_USE_CASE,
	scoringv1.RubricCheck_KIND_GEOGRAPHY, scoringv1.RubricCheck_KIND_NO_ACTIVE_MOTION, scoringv1.RubricCheck_KIND_PURPOSE_AGREED,
}

// Check is one check; one that was not asked has no result.
func Check(r *scoringv1.Rubric, kind scoringv1.RubricCheck_Kind) *scoringv1.RubricCheck {
	for _, c := range r.GetChecks() {
		if c.GetKind() == kind {
			return c
		}
	}
	return &scoringv1.RubricCheck{Kind: kind}
}

// Passed says whether all six checks passed.
func Passed(r *scoringv1.Rubric) bool {
	for _, kind := range kinds {
		if Check(r, kind).GetResult() != scoringv1.RubricCheck_RESULT_PASSED {
			return false
		}
	}
	return true
}

// Words say it to people: `5 of 6 checks passed, geography failed`.
func Words(r *scoringv1.Rubric) string {
	var passed int
	var rest strings.Builder
	for _, kind := range kinds {
		name := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(kind.String(), "KIND_"), "_", " "))
		switch Check(r, kind).GetResult() {
		case scoringv1.RubricCheck_RESULT_PASSED:
			passed++
		case scoringv1.RubricCheck_RESULT_FAILED:
			rest.WriteString(", " + name + " failed")
		default:
			rest.WriteString(", " + name + " unknown")
		}
	}
	if passed == len(kinds) {
		return fmt.Sprintf("all %d checks passed", passed)
	}
	return fmt.Sprintf("%d of %d checks passed", passed, len(kinds)) + rest.String()
}
