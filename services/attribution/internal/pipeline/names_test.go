package pipeline_test

import (
	"fmt"
	"testing"

	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
)

func TestNamesAreStable(t *testing.T) {
	t.Parallel()
	for want, value := range map[string]fmt.Stringer{
		"RECORDED_SOURCE":        pipeline.RecordedSource,
		"FIRST_TOUCH_MARKETING":  pipeline.FirstTouch,
		"MARKETING_BEFORE_SALES": pipeline.BeforeSales,
		"UNSPECIFIED":            pipeline.SourceRule(0),
		"SOURCED":                pipeline.Sourced,
		"INFLUENCED_NOT_SOURCED": pipeline.InfluencedNotSourced,
		"UNTOUCHED":              pipeline.Untouched,
		"UNION":                  pipeline.Union,
		"NAIVE_SUM":              pipeline.NaiveSum,
		"UNDEFINED":              pipeline.Undefined,
		"BELOW":                  pipeline.Below,
		"WITHIN":                 pipeline.Within,
		"ABOVE":                  pipeline.Above,
		"COHORT":                 pipeline.CohortBasis,
		"PERIOD":                 pipeline.PeriodBasis,
	} {
		if got := value.String(); got != want {
			t.Errorf("name of %T: got %s, want %s", value, got, want)
		}
	}
}
