package pipeline_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"pgregory.net/rapid"
)

const dayMicros = int64(24 * time.Hour / time.Microsecond)

func TestVelocityPerDay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		flow pipeline.Flow
		want string
	}{
		{
			"100 × 50,000 × .25 ÷ 60",
			pipeline.Flow{
				Open: 100, Amount: pipeline.Mean{Sum: 25 * 50_000, Count: 25},
				Closes: pipeline.Closes{Won: 25, Lost: 75}, Cycle: pipeline.Mean{Sum: 25 * 60 * dayMicros, Count: 25},
			},
			"20833.33",
		},
		{
			"120 × 52,000 × .22 ÷ 68, each part over a window of its own",
			pipeline.Flow{
				Open: 120, Amount: pipeline.Mean{Sum: 3 * 52_000, Count: 3},
				Closes: pipeline.Closes{Won: 11, Lost: 39}, Cycle: pipeline.Mean{Sum: 7 * 68 * dayMicros, Count: 7},
			},
			"20188.24",
		},
		{
			"nothing open",
			pipeline.Flow{
				Amount: pipeline.Mean{Sum: 5, Count: 1}, Closes: pipeline.Closes{Won: 1}, Cycle: pipeline.Mean{Sum: dayMicros, Count: 1},
			},
			"0.00",
		},
		{
			"no closes",
			pipeline.Flow{Open: 9, Amount: pipeline.Mean{Sum: 5, Count: 1}, Cycle: pipeline.Mean{Sum: dayMicros, Count: 1}},
			"undefined",
		},
		{"all lost", pipeline.Flow{Open: 9, Closes: pipeline.Closes{Lost: 3}}, "undefined"},
		{
			"won at once",
			pipeline.Flow{Open: 9, Amount: pipeline.Mean{Sum: 5, Count: 1}, Closes: pipeline.Closes{Won: 1}, Cycle: pipeline.Mean{Count: 1}},
			"undefined",
		},
		{
			"won before it was created",
			pipeline.Flow{Open: 9, Amount: pipeline.Mean{Sum: 5, Count: 1}, Closes: pipeline.Closes{Won: 1}, Cycle: pipeline.Mean{Sum: -1, Count: 1}},
			"undefined",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := pipeline.Decimal(tt.flow.Velocity(), 2); got != tt.want {
				t.Errorf("Velocity(): got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestPooledVelocityIsNoMeanOfTheSegments(t *testing.T) {
	t.Parallel()
	small := pipeline.Flow{
		Open: 10, Amount: pipeline.Mean{Sum: 1_000, Count: 10},
		Closes: pipeline.Closes{Won: 10, Lost: 10}, Cycle: pipeline.Mean{Sum: 10 * 10 * dayMicros, Count: 10},
	}
	large := pipeline.Flow{
		Open: 5, Amount: pipeline.Mean{Sum: 20_000, Count: 2},
		Closes: pipeline.Closes{Won: 2, Lost: 18}, Cycle: pipeline.Mean{Sum: 2 * 100 * dayMicros, Count: 2},
	}
	total, err := pipeline.Pool(small, large)
	if err != nil {
		t.Fatalf("Pool() error: %v", err)
	}
	want := pipeline.Flow{
		Open: 15, Amount: pipeline.Mean{Sum: 21_000, Count: 12},
		Closes: pipeline.Closes{Won: 12, Lost: 28}, Cycle: pipeline.Mean{Sum: 300 * dayMicros, Count: 12},
	}
	if diff := cmp.Diff(want, total); diff != "" {
		t.Errorf("Pool() (-want +got):\n%s", diff)
	}
	// 15 × 1,750 × .3 ÷ 25. The segments flow at 50 and at 50: together neither 50 nor 100.
	for name, check := range map[string]struct {
		flow pipeline.Flow
		want string
	}{"small": {small, "50.00"}, "large": {large, "50.00"}, "total": {total, "315.00"}} {
		if got := pipeline.Decimal(check.flow.Velocity(), 2); got != check.want {
			t.Errorf("velocity of %s: got %s, want %s", name, got, check.want)
		}
	}
}

func TestPoolRefusesOverflow(t *testing.T) {
	t.Parallel()
	one := pipeline.Flow{
		Open: 1, Amount: pipeline.Mean{Sum: 1, Count: 1}, Closes: pipeline.Closes{Won: 1, Lost: 1}, Cycle: pipeline.Mean{Sum: 1, Count: 1},
	}
	for name, full := range map[string]pipeline.Flow{
		"open":   {Open: math.MaxInt64},
		"amount": {Amount: pipeline.Mean{Sum: math.MaxInt64}},
		"deals":  {Amount: pipeline.Mean{Count: math.MaxInt64}},
		"won":    {Closes: pipeline.Closes{Won: math.MaxInt64}},
		"lost":   {Closes: pipeline.Closes{Lost: math.MaxInt64}},
		"cycle":  {Cycle: pipeline.Mean{Sum: math.MaxInt64}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := pipeline.Pool(full, one); !errors.Is(err, pipeline.ErrOverflow) {
				t.Errorf("Pool(): got error %v, want %v", err, pipeline.ErrOverflow)
			}
		})
	}
}

func TestWinRateOfNumbersThatAreNone(t *testing.T) {
	t.Parallel()
	for _, closes := range []pipeline.Closes{{}, {Won: -1, Lost: 3}, {Won: 3, Lost: -1}, {Won: math.MaxInt64, Lost: 1}} {
		if got := closes.WinRate(); got.Defined() {
			t.Errorf("win rate of %+v: got %+v, want undefined", closes, got)
		}
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		spans []time.Duration
		want  time.Duration
		ok    bool
	}{
		{"none", nil, 0, false},
		{"one", []time.Duration{5}, 5, true},
		{"odd, in any order", []time.Duration{9, 1, 5}, 5, true},
		{"even", []time.Duration{8, 1, 9, 2}, 5, true},
		{"even, rounded towards the shorter", []time.Duration{1, 2}, 1, true},
		{"negative", []time.Duration{-4, -1}, -3, true},
		{"the widest", []time.Duration{math.MinInt64, math.MaxInt64}, -1, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, ok := pipeline.Median(tt.spans); got != tt.want || ok != tt.ok {
				t.Errorf("Median(): got %d, %v, want %d, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestMedianHasHalfOnEitherSide(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spans := rapid.SliceOfN(rapid.Map(rapid.Int64(), func(n int64) time.Duration { return time.Duration(n) }), 1, 30).Draw(t, "spans")
		median, _ := pipeline.Median(spans)
		shorter, longer := 0, 0
		for _, span := range spans {
			if span < median {
				shorter++
			}
			if span > median {
				longer++
			}
		}
		if 2*shorter > len(spans) || 2*longer > len(spans) {
			t.Errorf("median %d of %v has %d shorter and %d longer", median, spans, shorter, longer)
		}
	})
}
