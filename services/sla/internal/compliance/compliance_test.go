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
	type result = compliance.Result
	of := func(part, whole int64) compliance.Share { return compliance.Share{Part: part, Whole: whole} }
	mqls := func(n int64, months int32, over bool) compliance.Record {
		return compliance.Record{Volume: compliance.Volume{MQLs: n, Months: months, Over: over}}
	}
	touched := func(part, whole int64) compliance.Record {
		return compliance.Record{FirstTouchInTime: of(part, whole)}
	}
	volume := compliance.Promises{MQLVolume: ptr[int32](120)}
	ninety := compliance.Promises{FirstTouchInTime: &compliance.Promise{Share: 0.9}}
	more := compliance.Promises{FirstTouchInTime: &compliance.Promise{Share: 0.9, Strict: true}}
	for name, test := range map[string]struct {
		promises compliance.Promises
		record   compliance.Record
		want     result
	}{
		"a volume that nobody promised": {compliance.Promises{}, mqls(7, 1, true),
			result{Measure: "mql_volume", Actual: ptr[int64](7), Of: of(7, 0)}},
		"a volume reached before the month is over": {volume, mqls(120, 1, false),
			result{Measure: "mql_volume", Target: ptr[int64](120), Actual: ptr[int64](120), Kept: ptr(true), Of: of(120, 0)}},
		"a volume that can still be reached": {volume, mqls(119, 1, false),
			result{Measure: "mql_volume", Target: ptr[int64](120), Actual: ptr[int64](119), Of: of(119, 0)}},
		"a volume that was not reached": {volume, mqls(119, 1, true),
			result{Measure: "mql_volume", Target: ptr[int64](120), Actual: ptr[int64](119), Kept: ptr(false), Of: of(119, 0)}},
		"the volume of a quarter": {volume, mqls(359, 3, true),
			result{Measure: "mql_volume", Target: ptr[int64](360), Actual: ptr[int64](359), Kept: ptr(false), Of: of(359, 0)}},
		"a share that nobody promised": {compliance.Promises{}, touched(1, 2),
			result{Measure: "first_touch_in_time", Actual: ptr[int64](500), Of: of(1, 2)}},
		"exactly what was promised": {ninety, touched(9, 10),
			result{Measure: "first_touch_in_time", Target: ptr[int64](900), Actual: ptr[int64](900), Kept: ptr(true), Of: of(9, 10)}},
		"exactly what was promised to be exceeded": {more, touched(9, 10),
			result{Measure: "first_touch_in_time", Target: ptr[int64](900), Strict: true, Actual: ptr[int64](900), Kept: ptr(false), Of: of(9, 10)}},
		"a little more than was promised to be exceeded": {more, touched(9001, 10000),
			result{Measure: "first_touch_in_time", Target: ptr[int64](900), Strict: true, Actual: ptr[int64](900), Kept: ptr(true), Of: of(9001, 10000)}},
		"less, though it rounds to what was promised": {ninety, touched(2249, 2500),
			result{Measure: "first_touch_in_time", Target: ptr[int64](900), Actual: ptr[int64](900), Kept: ptr(false), Of: of(2249, 2500)}},
		"no case, no verdict": {ninety, compliance.Record{},
			result{Measure: "first_touch_in_time", Target: ptr[int64](900)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, got := range compliance.Judge(test.promises, test.record) {
				if got.Measure != test.want.Measure {
					continue
				}
				test.want.Team = got.Team
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("result (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// TestEachMeasureIsItsTeamsAndHasItsOwnPromiseAndFigures gives each measure figures and a promise of its own.
func TestEachMeasureIsItsTeamsAndHasItsOwnPromiseAndFigures(t *testing.T) {
	t.Parallel()
	promise := func(share float64) *compliance.Promise { return &compliance.Promise{Share: share} }
	share := func(part int64) compliance.Share { return compliance.Share{Part: part, Whole: 10} }
	results := compliance.Judge(compliance.Promises{MQLVolume: ptr[int32](5), CriteriaMet: promise(.1), ContextComplete: promise(.2), AssignedInTime: promise(.3),
		AcceptedInTime: promise(.4), FirstTouchInTime: promise(.5), DispositionInTime: promise(.6), DispositionComplete: promise(.7), Contacted: promise(.8)},
		compliance.Record{Volume: compliance.Volume{MQLs: 9, Months: 1}, CriteriaMet: share(1), ContextComplete: share(2), AssignedInTime: share(3),
			AcceptedInTime: share(4), FirstTouchInTime: share(5), DispositionInTime: share(6), DispositionComplete: share(7), Contacted: share(8)})
	var got []string
	for _, r := range results {
		got = append(got, fmt.Sprint(r.Team, " ", r.Measure, " ", *r.Target, " ", *r.Actual))
	}
	want := []string{"1 mql_volume 5 9", "1 criteria_met 100 100", "1 context_complete 200 200", "1 assigned_in_time 300 300",
		"2 accepted_in_time 400 400", "2 first_touch_in_time 500 500", "2 disposition_in_time 600 600", "2 disposition_complete 700 700", "2 contacted 800 800"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("measures (-want +got):\n%s", diff)
	}
}

func ptr[T any](v T) *T { return &v }
