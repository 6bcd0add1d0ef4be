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
func named(p scorecard.Policy, answers map[string]answer) func(int) answer {
	return func(rule int) answer { return answers[p.Fit[rule].When] }
}

// answer is what is known of a criterion.
type answer struct {
	Truth   scorecard.Truth
	Missing []string
}

func fitOf(card *scorecard.Card, given func(rule int) answer) scorecard.Score {
	return card.Fit(func(rule int) scorecard.Truth { return given(rule).Truth }, func(rule int) []string { return given(rule).Missing })
}
