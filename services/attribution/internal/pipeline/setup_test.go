package pipeline_test

import (
	"time"

	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"github.com/handoffhq/handoff/services/internal/credit"
	"pgregory.net/rapid"
)

const days = 24 * time.Hour

// day returns noon of the n-th day of the tests' calendar.
func day(n int) time.Time {
	return time.Date(2026, time.January, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, n)
}

func influencedBy(campaigns ...string) pipeline.Influence {
	return pipeline.Influence{Influenced: true, Campaigns: campaigns}
}

// anyPipeline draws distinct opportunities whose amounts have a sum.
func anyPipeline() *rapid.Generator[[]pipeline.Opportunity] {
	one := rapid.Custom(func(t *rapid.T) pipeline.Opportunity {
		o := pipeline.Opportunity{
			ID:            rapid.StringMatching("[a-z]{1,4}").Draw(t, "id"),
			AmountMinor:   rapid.Int64Range(0, 1<<50).Draw(t, "amount"),
			SourcedBy:     rapid.SampledFrom([]credit.Team{credit.NoTeam, credit.Marketing, credit.Sales}).Draw(t, "team"),
			MarketingSQLs: rapid.Int64Range(0, 3).Draw(t, "SQLs"),
		}
		if rapid.Bool().Draw(t, "influenced") {
			campaign := rapid.SampledFrom([]string{"spring", "summer", "webinar"})
			o.Influence = influencedBy(rapid.SliceOfDistinct(campaign, rapid.ID).Draw(t, "campaigns")...)
		}
		return o
	})
	return rapid.SliceOfNDistinct(one, 0, 30, func(o pipeline.Opportunity) string { return o.ID })
}
