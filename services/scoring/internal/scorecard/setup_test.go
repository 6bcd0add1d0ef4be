package scorecard_test

import (
	"slices"

	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

// account is a score with its lines.
type account struct {
	Total        scorecard.Micro
	Completeness int
	Lines        []*scorecard.Line
}

func accountOf(score scorecard.Score) account {
	return account{score.Total, score.Completeness, slices.Collect(score.Lines())}
}

// named answers by the criteria of the rules of a policy.
func named(p scorecard.Policy, answers map[string]scorecard.Answer) func(int) scorecard.Answer {
	return func(rule int) scorecard.Answer { return answers[p.Fit[rule].When] }
}
