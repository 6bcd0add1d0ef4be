package pipeline_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"pgregory.net/rapid"
)

const (
	lead = iota
	mql
	sql
	won
	stages
)

func passages(t rapid.TB, entries ...pipeline.StageEntry) []pipeline.Passage {
	t.Helper()
	got, err := pipeline.Passages(entries, stages)
	if err != nil {
		t.Fatalf("Passages() error: %v", err)
	}
	return got
}

func entry(cycle string, stage, on int) pipeline.StageEntry {
	return pipeline.StageEntry{Cycle: cycle, Stage: stage, At: day(on)}
}

// january takes MQL to SQL over days 0 to 30, seen from far later.
func january() pipeline.Step {
	return pipeline.Step{From: mql, To: sql, Period: pipeline.Period{Start: day(0), End: day(31)}, AsOf: day(400)}
}

func TestCohortFollowsThoseWhoEnteredInThePeriod(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		entries []pipeline.StageEntry
		want    pipeline.Ratio
	}{
		{"nobody", nil, pipeline.Ratio{}},
		{"went on", []pipeline.StageEntry{entry("a", mql, 3), entry("a", sql, 9)}, pipeline.Ratio{Numerator: 1, Denominator: 1}},
		{"went on after the period", []pipeline.StageEntry{entry("a", mql, 30), entry("a", sql, 90)}, pipeline.Ratio{Numerator: 1, Denominator: 1}},
		{"went on at the last moment", []pipeline.StageEntry{entry("a", mql, 3), entry("a", sql, 93)}, pipeline.Ratio{Numerator: 1, Denominator: 1}},
		{"went on a day too late", []pipeline.StageEntry{entry("a", mql, 3), entry("a", sql, 94)}, pipeline.Ratio{Denominator: 1}},
		{"stayed", []pipeline.StageEntry{entry("a", mql, 3)}, pipeline.Ratio{Denominator: 1}},
		{"entered before the period", []pipeline.StageEntry{entry("a", mql, -1), entry("a", sql, 5)}, pipeline.Ratio{}},
		{"entered when the period ended", []pipeline.StageEntry{entry("a", mql, 31), entry("a", sql, 32)}, pipeline.Ratio{}},
		{"skipped the second stage", []pipeline.StageEntry{entry("a", mql, 3), entry("a", won, 9)}, pipeline.Ratio{Numerator: 1, Denominator: 1}},
		{"skipped the first stage", []pipeline.StageEntry{entry("a", lead, 1), entry("a", sql, 9)}, pipeline.Ratio{Numerator: 1, Denominator: 1}},
		{
			"re-entered: once a cycle, at the first entry",
			[]pipeline.StageEntry{entry("a", mql, 8), entry("a", mql, 3), entry("a", sql, 95)},
			pipeline.Ratio{Denominator: 1},
		},
		{
			"came back as a new cycle",
			[]pipeline.StageEntry{entry("a/1", mql, 3), entry("a/2", mql, 20), entry("a/2", sql, 25)},
			pipeline.Ratio{Numerator: 1, Denominator: 2},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := january().Cohort(passages(t, tt.entries...), 90*days)
			if err != nil {
				t.Fatalf("Cohort() error: %v", err)
			}
			if diff := cmp.Diff(pipeline.Conversion{Ratio: tt.want}, got); diff != "" {
				t.Errorf("Cohort() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCohortIsImmatureUntilTheLastCouldHaveGoneOn(t *testing.T) {
	t.Parallel()
	step := january()
	for _, tt := range []struct {
		asOf time.Time
		want bool
	}{{day(120), true}, {day(121).Add(-time.Microsecond), true}, {day(121), false}} {
		step.AsOf = tt.asOf
		got, err := step.Cohort(nil, 90*days)
		if err != nil {
			t.Fatalf("Cohort() error: %v", err)
		}
		if got.Immature != tt.want {
			t.Errorf("immature as of %v: got %v, want %v", tt.asOf, got.Immature, tt.want)
		}
	}
}

func TestConversionKnowsNothingAfterItsAsOf(t *testing.T) {
	t.Parallel()
	step := january()
	step.AsOf = day(8)
	got, err := step.Cohort(passages(t, entry("a", mql, 3), entry("a", sql, 9), entry("b", mql, 9)), 90*days)
	if err != nil {
		t.Fatalf("Cohort() error: %v", err)
	}
	want := pipeline.Conversion{Ratio: pipeline.Ratio{Denominator: 1}, Immature: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Cohort() (-want +got):\n%s", diff)
	}
}

func TestPeriodRatioCanExceedOne(t *testing.T) {
	t.Parallel()
	got, err := january().InPeriod(passages(t,
		entry("a", mql, -9), entry("a", sql, 5),
		entry("b", mql, -8), entry("b", sql, 6),
		entry("c", mql, 3), entry("c", sql, 45),
	))
	if err != nil {
		t.Fatalf("InPeriod() error: %v", err)
	}
	want := pipeline.Conversion{Ratio: pipeline.Ratio{Numerator: 2, Denominator: 1}, Basis: pipeline.PeriodBasis}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("InPeriod() (-want +got):\n%s", diff)
	}
}

func TestCohortNeverExceedsOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		entries := rapid.SliceOf(rapid.Custom(func(t *rapid.T) pipeline.StageEntry {
			return entry(rapid.StringMatching("[a-f]").Draw(t, "cycle"), rapid.IntRange(0, stages-1).Draw(t, "stage"), rapid.IntRange(-20, 60).Draw(t, "day"))
		})).Draw(t, "entries")
		step := january()
		step.From = rapid.IntRange(0, stages-2).Draw(t, "from")
		step.To = rapid.IntRange(step.From+1, stages-1).Draw(t, "to")
		maturity := time.Duration(rapid.IntRange(0, 60).Draw(t, "maturity")) * days
		first, err := step.Cohort(passages(t, entries...), maturity)
		if err != nil {
			t.Fatalf("Cohort() error: %v", err)
		}
		if first.Ratio.Numerator > first.Ratio.Denominator {
			t.Errorf("cohort converts at %+v", first.Ratio)
		}
		again, err := step.Cohort(passages(t, rapid.Permutation(entries).Draw(t, "shuffled")...), maturity)
		if err != nil || again != first {
			t.Errorf("in another order: got %+v and error %v, want %+v", again, err, first)
		}
	})
}

func TestCountsOfThoseWhoCameInThePeriod(t *testing.T) {
	t.Parallel()
	ps := passages(t,
		entry("a", lead, 1), entry("a", mql, 2), entry("a", won, 50),
		entry("b", lead, 3), entry("b", mql, 70),
		entry("c", sql, 5), // came in at once as an SQL
		entry("d", lead, -1), entry("d", mql, 2),
	)
	got := pipeline.Counts(ps, stages, january().Period, day(60))
	if diff := cmp.Diff([]int64{3, 2, 2, 1}, got); diff != "" {
		t.Errorf("Counts() (-want +got):\n%s", diff)
	}
	if got := pipeline.Counts(ps, -1, january().Period, day(60)); len(got) != 0 {
		t.Errorf("Counts() of no stages: got %v, want none", got)
	}
}

func TestStagesThatDoNotExistAreRefused(t *testing.T) {
	t.Parallel()
	for _, stage := range []int{-1, stages} {
		if _, err := pipeline.Passages([]pipeline.StageEntry{entry("a", stage, 0)}, stages); !errors.Is(err, pipeline.ErrStage) {
			t.Errorf("Passages() with stage %d: got error %v, want %v", stage, err, pipeline.ErrStage)
		}
	}
	for _, pair := range [][2]int{{-1, sql}, {sql, sql}, {sql, mql}, {mql, stages}} {
		step := january()
		step.From, step.To = pair[0], pair[1]
		ps := passages(t, entry("a", mql, 3))
		_, cohort := step.Cohort(ps, days)
		_, inPeriod := step.InPeriod(ps)
		if !errors.Is(cohort, pipeline.ErrStage) || !errors.Is(inPeriod, pipeline.ErrStage) {
			t.Errorf("from %d to %d: got errors %v and %v, want %v", pair[0], pair[1], cohort, inPeriod, pipeline.ErrStage)
		}
	}
}

func TestStayLastsUntilTheCycleStandsBeyondTheStage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		entries []pipeline.StageEntry
		stage   int
		want    time.Duration
		ok      bool
	}{
		{"to the next stage", []pipeline.StageEntry{entry("a", mql, 2), entry("a", sql, 5)}, mql, 3 * days, true},
		{"past a skipped stage", []pipeline.StageEntry{entry("a", mql, 2), entry("a", won, 9)}, mql, 7 * days, true},
		{"of a skipped stage", []pipeline.StageEntry{entry("a", mql, 2), entry("a", won, 9)}, sql, 0, false},
		{"not left", []pipeline.StageEntry{entry("a", mql, 2)}, mql, 0, false},
		{"entered when already beyond it", []pipeline.StageEntry{entry("a", sql, 2), entry("a", mql, 5)}, mql, 0, false},
		{"of the last stage", []pipeline.StageEntry{entry("a", won, 2)}, won, 0, false},
		{"of no stage", []pipeline.StageEntry{entry("a", won, 2)}, -1, 0, false},
		{"far behind the last stage", []pipeline.StageEntry{entry("a", won, 2)}, 99, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, ok := passages(t, tt.entries...)[0].Stay(tt.stage); got != tt.want || ok != tt.ok {
				t.Errorf("Stay(%d): got %v, %v, want %v, %v", tt.stage, got, ok, tt.want, tt.ok)
			}
		})
	}
}
