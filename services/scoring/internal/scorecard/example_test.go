package scorecard_test

import (
	"fmt"

	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

func Example() {
	policy := example()
	card, err := scorecard.New(policy)
	if err != nil {
		fmt.Println(err)
		return
	}
	fit := fitOf(card, func(rule int) answer {
		if policy.Fit[rule].When == "tech_fit" {
			return answer{Truth: scorecard.Unknown, Missing: []string{"account.technologies"}}
		}
		return answer{Truth: scorecard.True}
	})
	engagement := card.Engagement([]scorecard.Event{
		{ID: "1", Type: "webinar_attend", OccurredAt: asOf.AddDate(0, 0, -60)},
		{ID: "2", Type: "page_view", Page: "/pricing", OccurredAt: asOf.AddDate(0, 0, -7)},
	}, asOf)
	for line := range engagement.Lines() {
		fmt.Println(line.Name(), line.Asset, line.Raw, line.Contribution)
	}
	fmt.Println(fit.Total, engagement.Total, card.Combined(fit.Total, engagement.Total), fit.Completeness)
	fmt.Println(scorecard.Sentence(fit, engagement))
	// Output:
	// website/page_view /pricing 10 7.071068
	// events/webinar_attend  25 12.5
	// 80 19.571068 49.785534 80
	// Fit is 80 of 100: size, industry, geography and role match; tech is not known. Engagement is 19.57 of 100: webinar attend (12.5) and page view of /pricing (7.07).
}
