package compliance_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/sla/internal/compliance"
)

func TestPerMilleRoundsHalfToEven(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		part, whole int64
		want        string
	}{
		{0, 0, "nothing"}, {0, 7, "0"}, {7, 7, "1000"}, {1, 3, "333"}, {2, 3, "667"},
		{1, 2000, "0"}, {3, 2000, "2"}, {5, 2000, "2"}, {1, 16, "62"}, {3, 16, "188"},
	} {
		got := "nothing"
		if perMille, ok := (compliance.Share{Part: test.part, Whole: test.whole}).PerMille(); ok {
			got = fmt.Sprint(perMille)
		}
		if got != test.want {
			t.Errorf("%d of %d: got %s, want %s", test.part, test.whole, got, test.want)
		}
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	type results = []compliance.Result
	for name, test := range map[string]struct {
		promises compliance.Promises
		record   compliance.Record
		want     results
	}{
		"nobody promised anything": {},
		"a volume reached before the month is over": {
			compliance.Promises{MQLVolume: ptr[int32](120)}, compliance.Record{MonthMQLs: 120},
			results{{Team: compliance.Marketing, Measure: "mql_volume", Target: 120, Actual: ptr[int64](120), Kept: ptr(true)}}},
		"a volume that can still be reached": {
			compliance.Promises{MQLVolume: ptr[int32](120)}, compliance.Record{MonthMQLs: 119},
			results{{Team: compliance.Marketing, Measure: "mql_volume", Target: 120, Actual: ptr[int64](119)}}},
		"a volume that was not reached": {
			compliance.Promises{MQLVolume: ptr[int32](120)}, compliance.Record{MonthMQLs: 119, MonthOver: true},
			results{{Team: compliance.Marketing, Measure: "mql_volume", Target: 120, Actual: ptr[int64](119), Kept: ptr(false)}}},
		"exactly what was promised": {
			compliance.Promises{FirstTouchInTime: &compliance.Promise{Share: 0.9}}, compliance.Record{FirstTouchInTime: compliance.Share{Part: 9, Whole: 10}},
			results{{Team: compliance.Sales, Measure: "first_touch_in_time", Target: 900, Actual: ptr[int64](900), Kept: ptr(true)}}},
		"exactly what was promised to be exceeded": {
			compliance.Promises{FirstTouchInTime: &compliance.Promise{Share: 0.9, Strict: true}}, compliance.Record{FirstTouchInTime: compliance.Share{Part: 9, Whole: 10}},
			results{{Team: compliance.Sales, Measure: "first_touch_in_time", Target: 900, Actual: ptr[int64](900), Kept: ptr(false)}}},
		"a little more than was promised to be exceeded": {
			compliance.Promises{FirstTouchInTime: &compliance.Promise{Share: 0.9, Strict: true}}, compliance.Record{FirstTouchInTime: compliance.Share{Part: 9001, Whole: 10000}},
			results{{Team: compliance.Sales, Measure: "first_touch_in_time", Target: 900, Actual: ptr[int64](900), Kept: ptr(true)}}},
		"less, though it rounds to what was promised": {
			compliance.Promises{FirstTouchInTime: &compliance.Promise{Share: 0.9}}, compliance.Record{FirstTouchInTime: compliance.Share{Part: 2249, Whole: 2500}},
			results{{Team: compliance.Sales, Measure: "first_touch_in_time", Target: 900, Actual: ptr[int64](900), Kept: ptr(false)}}},
		"no case, no verdict": {
			compliance.Promises{DispositionComplete: &compliance.Promise{Share: 0.98}}, compliance.Record{},
			results{{Team: compliance.Sales, Measure: "disposition_complete", Target: 980}}},
		"both of marketing's shares": {
			compliance.Promises{CriteriaMet: &compliance.Promise{Share: 0.95}, ContextComplete: &compliance.Promise{Share: 0.98}},
			compliance.Record{CriteriaMet: compliance.Share{Part: 19, Whole: 20}, ContextComplete: compliance.Share{Part: 1, Whole: 2}},
			results{{Team: compliance.Marketing, Measure: "criteria_met", Target: 950, Actual: ptr[int64](950), Kept: ptr(true)},
				{Team: compliance.Marketing, Measure: "context_complete", Target: 980, Actual: ptr[int64](500), Kept: ptr(false)}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, compliance.Judge(test.promises, test.record)); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
		})
	}
}

func ptr[T any](v T) *T { return &v }
