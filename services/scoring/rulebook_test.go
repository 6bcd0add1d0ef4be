package scoring_test

import (
	"testing"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// What-ifs remember the rules for a while; a change that this process made itself is not overlooked.
func TestAWhatIfGoesByRulesThatWereJustChanged(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		whatIf := func() *scoringv1.Score {
			t.Helper()
			score, err := b.ScoreLead(b.ctx, &scoringv1.ScoreLeadRequest{Lead: &scoringv1.Lead{Email: "ann@initech.example"},
				Account: &scoringv1.Account{Domains: []string{"initech.example"}}})
			if err != nil {
				t.Fatal(err)
			}
			return score
		}
		if got := whatIf().GetDisqualifier(); got != "" {
			t.Errorf("got disqualifier %s before the list had the account", got)
		}
		b.list(t, "competitors", "initech.example")
		if got := whatIf().GetDisqualifier(); got != "competitor" {
			t.Errorf("got disqualifier %q after the list was changed", got)
		}
		b.activate(t, "2", document())
		if got := whatIf().GetSummary().GetPlaybook(); got != "playbooks/2" {
			t.Errorf("got a score by %s after playbooks/2 was activated", got)
		}
	})
}
