package criteria_test

import (
	"fmt"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

func Example() {
	set, err := criteria.Compile(criteria.Definition{
		Criteria: []criteria.Rule{
			{Name: "size_fit", Expression: `account.employees >= 200`},
			{Name: "webinar", Expression: `engagement.count("webinar_attend", within("30d")) >= 1`},
		},
		Gates: []criteria.Rule{{Name: "mql", Expression: `fit > 70 && (size_fit || webinar)`}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	evaluation := set.Evaluate(&criteria.Facts{
		Engagements: []criteria.Event{{Type: "webinar_attend", OccurredAt: ago(9 * day)}},
	}, asOf)
	for r := range evaluation.Criteria().All() {
		fmt.Println(r.Name, r.Truth, r.Missing)
	}
	for r := range evaluation.Gates(criteria.Scores{Fit: 85_000_000}).All() {
		fmt.Println(r.Name, r.Truth)
	}
	// Output:
	// size_fit UNKNOWN [account.employees]
	// webinar TRUE []
	// mql TRUE
}
