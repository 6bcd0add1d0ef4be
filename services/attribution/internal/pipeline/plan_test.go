package pipeline_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
)

func percent(n int64) pipeline.Ratio { return pipeline.Ratio{Numerator: n, Denominator: 100} }

func TestPlanWorksBackwardFromRevenue(t *testing.T) {
	t.Parallel()
	target := pipeline.Target{
		RevenueMinor: 1_000_000_00,
		DealMinor:    30_000_00,
		Coverage:     pipeline.Ratio{Numerator: 4, Denominator: 1},
		Marketing:    percent(50),
		Stages: []pipeline.PlanStage{
			{Name: "lead", Owner: "marketing", Rate: percent(25)},
			{Name: "MQL", Owner: "marketing", Rate: percent(50)},
			{Name: "SQL", Owner: "sales", Rate: percent(60)},
		},
	}
	got, err := target.Plan()
	if err != nil {
		t.Fatalf("Plan() error: %v", err)
	}
	want := pipeline.Plan{
		Deals:          34, // 33⅓
		PipelineMinor:  4_000_000_00,
		MarketingMinor: 2_000_000_00,
		Opportunities:  134, // 133⅓
		Volumes: []pipeline.PlanVolume{
			{Name: "lead", Owner: "marketing", Count: 1_778}, // 1,777⁷⁄₉
			{Name: "MQL", Owner: "marketing", Count: 445},    // 444⁴⁄₉
			{Name: "SQL", Owner: "sales", Count: 223},        // 222²⁄₉
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Plan() (-want +got):\n%s", diff)
	}
}

func TestPlanNamesEveryWrongInput(t *testing.T) {
	t.Parallel()
	target := pipeline.Target{
		RevenueMinor: 0,
		DealMinor:    -1,
		Marketing:    percent(101),
		Stages:       []pipeline.PlanStage{{Name: "lead", Rate: percent(0)}, {Name: "MQL", Rate: percent(101)}, {Name: "SQL", Rate: percent(60)}},
	}
	_, err := target.Plan()
	if !errors.Is(err, pipeline.ErrPlan) {
		t.Fatalf("Plan(): got error %v, want %v", err, pipeline.ErrPlan)
	}
	for _, field := range []string{"revenue", "deal", "coverage", "marketing share", `stage "lead"`, `stage "MQL"`} {
		if !strings.Contains(err.Error(), field) {
			t.Errorf("the error does not name %s: %v", field, err)
		}
	}
	if strings.Contains(err.Error(), "SQL") {
		t.Errorf("the error names a stage that is right: %v", err)
	}
}

func TestPlanRefusesOverflow(t *testing.T) {
	t.Parallel()
	target := pipeline.Target{
		RevenueMinor: math.MaxInt64,
		DealMinor:    1,
		Coverage:     pipeline.Ratio{Numerator: 1, Denominator: 1},
		Marketing:    percent(0),
		Stages:       []pipeline.PlanStage{{Name: "lead", Rate: percent(99)}},
	}
	if got, err := target.Plan(); !errors.Is(err, pipeline.ErrOverflow) {
		t.Errorf("Plan(): got %+v and error %v, want %v", got, err, pipeline.ErrOverflow)
	}
}
