package credit_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/credit"
	"pgregory.net/rapid"
)

// aged returns a journey with touches of the given ages at day 0, oldest first.
func aged(t rapid.TB, ages ...time.Duration) credit.Journey {
	t.Helper()
	ledger := dailyTouches(len(ages))
	for i, age := range ages {
		ledger[i].OccurredAt = day(0).Add(-age)
	}
	return newJourney(t, ledger, credit.Milestones{})
}

func TestTimeDecayHalvesPerHalfLife(t *testing.T) {
	t.Parallel()
	const d = 24 * time.Hour
	tests := []struct {
		name     string
		halfLife time.Duration
		ages     []time.Duration
		want     string
	}{
		{"whole half-lives are exact", 7 * d, []time.Duration{14 * d, 7 * d, 0}, "1 2 4 of 7"},
		{"the age of the newest touch does not matter", 7 * d, []time.Duration{114 * d, 107 * d, 100 * d}, "1 2 4 of 7"},
		{"touches of one age weigh the same", 7 * d, []time.Duration{3 * d, 3 * d}, "1 1 of 2"},
		{"one touch", 7 * d, []time.Duration{9 * d}, "1 of 1"},
		{"a touch of 40 half-lives still weighs", d, []time.Duration{40 * d, 0}, "1 1099511627776 of 1099511627777"},
		{"a touch of 41 half-lives weighs nothing", d, []time.Duration{41 * d, 0}, "0 1 of 1"},
		{"the shortest half-life", time.Microsecond, []time.Duration{2 * time.Microsecond, time.Microsecond, 0}, "1 2 4 of 7"},
		// Pinned to the last digit, so that a build that rounds differently fails.
		{"half a half-life", 2 * d, []time.Duration{d, 0}, "388736063997 549755813888 of 938491877885"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := spell(timeDecay(t, tt.halfLife).Weights(aged(t, tt.ages...))); got != tt.want {
				t.Errorf("weights: got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestTimeDecayOfUnevenAges(t *testing.T) {
	t.Parallel()
	const d = 24 * time.Hour
	w := timeDecay(t, credit.WeekHalfLife).Weights(aged(t, 30*d, 10*d, d))
	for i, want := range []string{"0.038593", "0.279639", "0.681768"} {
		if got := w.Rat(i).FloatString(6); got != want {
			t.Errorf("weight %d: got %s, want %s", i, got, want)
		}
	}
}

func TestTimeDecayAgreesWithFloatingPoint(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		halfLife := time.Duration(rapid.Int64Range(1, int64(400*24*time.Hour/time.Microsecond)).Draw(t, "half-life")) * time.Microsecond
		age := time.Duration(rapid.Int64Range(0, int64(9000*24*time.Hour/time.Microsecond)).Draw(t, "age")) * time.Microsecond
		w := timeDecay(t, halfLife).Weights(aged(t, age, 0))
		got := float64(w.Share(0)) / float64(w.Share(1))
		want := math.Exp2(-float64(age) / float64(halfLife))
		// Half a unit of 2^-40 is the rounding; the rest is floating point's own error.
		if math.Abs(got-want) > math.Exp2(-41)+1e-14 {
			t.Errorf("2^(-%v / %v): got %v, want %v", age, halfLife, got, want)
		}
	})
}

func TestTimeDecayNeverFavoursAnOlderTouch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		halfLife := time.Duration(rapid.Int64Range(1, 1e7).Draw(t, "half-life")) * time.Microsecond
		age := time.Duration(rapid.Int64Range(0, 1e8).Draw(t, "age")) * time.Microsecond
		w := timeDecay(t, halfLife).Weights(aged(t, age+time.Microsecond, age, 0))
		if w.Share(0) > w.Share(1) {
			t.Errorf("half-life %v: age %v weighs %d, a microsecond more %d", halfLife, age, w.Share(1), w.Share(0))
		}
	})
}

func TestTimeDecayRefusesHalfLivesBelowAMicrosecond(t *testing.T) {
	t.Parallel()
	for _, halfLife := range []time.Duration{math.MinInt64, -time.Hour, 0, time.Microsecond - 1} {
		t.Run(fmt.Sprint(halfLife), func(t *testing.T) {
			t.Parallel()
			if _, err := credit.TimeDecay(halfLife); !errors.Is(err, credit.ErrHalfLife) {
				t.Errorf("TimeDecay(%v): got error %v, want %v", halfLife, err, credit.ErrHalfLife)
			}
		})
	}
}
