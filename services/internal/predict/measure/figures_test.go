package measure_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/predict/measure"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// Positives at 0.8 and 0.4, negatives at 0.6 and 0.2: three of four pairs are right. The placements of the positives are 1
// and 1/2, those of the negatives 1/2 and 1, each with the variance 1/8: the error is √(1/8/2 + 1/8/2).
func TestDeLongByHand(t *testing.T) {
	a := measure.Rank([]float64{0.8, 0.4, 0.6, 0.2}, []bool{true, true, false, false})
	near(t, "AUC", a.Value, 0.75)
	near(t, "error", a.Error, math.Sqrt(0.125))
	near(t, "low", a.Low, 0.75-1.959963984540054*math.Sqrt(0.125))
	near(t, "high", a.High, 1)
}

func TestScoresByHand(t *testing.T) {
	f := measure.Of([]float64{0.9, 0.2, 0.6, 0.5}, []bool{true, false, false, true})
	near(t, "Brier", f.Brier, (0.01+0.04+0.36+0.25)/4)
	near(t, "Brier of the base rate", f.BrierBase, 0.25)
	near(t, "skill", f.BrierSkill, 1-0.165/0.25)
	near(t, "log loss", f.LogLoss, -(math.Log(0.9)+math.Log(0.8)+math.Log(0.4)+math.Log(0.5))/4)
	near(t, "base rate", f.BaseRate, 0.5)
}

func TestTheBestTenthTakesAPartOfEqualRows(t *testing.T) {
	predicted, positive := make([]float64, 20), make([]bool, 20)
	for i := range predicted {
		predicted[i], positive[i] = 0.3, i < 8
	}
	f := measure.Of(predicted, positive)
	near(t, "found among equals", f.TopTenth.Found, 0.1)
	near(t, "lift among equals", f.TopTenth.Lift, 1)
	predicted[0], predicted[19] = 0.9, 0.8
	f = measure.Of(predicted, positive)
	near(t, "found", f.TopTenth.Found, 1.0/8)
	near(t, "lift", f.TopTenth.Lift, 10.0/8)
}

// Of a hundred rows predicted at 20 % thirty convert, of a hundred at 60 % seventy.
func TestCalibrationByHand(t *testing.T) {
	var predicted []float64
	var positive []bool
	for i := range 100 {
		predicted, positive = append(predicted, 0.2, 0.6), append(positive, i < 30, i < 70)
	}
	c := measure.Of(predicted, positive).Calibration
	want := []measure.Bin{
		{Low: 0.2, High: 0.2, Rows: 100, Positives: 30, Predicted: 0.2, Observed: 0.3},
		{Low: 0.6, High: 0.6, Rows: 100, Positives: 70, Predicted: 0.6, Observed: 0.7},
	}
	if diff := cmp.Diff(want, c.Bins, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })); diff != "" {
		t.Errorf("bins (-want +got):\n%s", diff)
	}
	near(t, "error", c.Error, 0.1)
	logit := func(p float64) float64 { return math.Log(p / (1 - p)) }
	if want := (logit(0.7) - logit(0.3)) / (logit(0.6) - logit(0.2)); math.Abs(c.Slope-want) > 1e-3 {
		t.Errorf("slope %v, want %v", c.Slope, want)
	}
	moved := func(p float64) float64 { return 1 / (1 + math.Exp(-logit(p)-c.Intercept)) }
	near(t, "what is expected with the intercept", 100*moved(0.2)+100*moved(0.6), 100)
}

func TestCalibrationIsCutIntoTenthsOfTheRows(t *testing.T) {
	predicted, positive := make([]float64, 1283), make([]bool, 1283)
	for i := range predicted {
		predicted[i], positive[i] = float64(i)/2000, i%3 == 0
	}
	bins := measure.Of(predicted, positive).Calibration.Bins
	if len(bins) != 10 {
		t.Fatalf("%d bins", len(bins))
	}
	for _, b := range bins {
		if b.Rows != 128 && b.Rows != 129 {
			t.Errorf("a bin of %d rows", b.Rows)
		}
	}
}

func TestWithoutOneOfTheOutcomesNothingIsClaimed(t *testing.T) {
	for _, positive := range [][]bool{{}, {true}, {false, false}} {
		f := measure.Of([]float64{0.1, 0.7}[:len(positive)], positive)
		if f.AUC.Value != 0.5 || f.AUC.Low != 0 || f.AUC.High != 1 || math.IsNaN(f.Brier+f.LogLoss+f.BrierSkill+f.TopTenth.Lift+f.Calibration.Slope) {
			t.Errorf("%v: %+v", positive, f)
		}
	}
	if f := measure.Of([]float64{1, 0}, []bool{false, true}); math.IsInf(f.LogLoss, 0) {
		t.Errorf("sure and wrong: %v", f.LogLoss)
	}
}

// draw makes predictions with many equal ones.
func draw(t *rapid.T) (predicted []float64, positive []bool) {
	n := rapid.IntRange(4, 60).Draw(t, "n")
	for i := range n {
		predicted = append(predicted, float64(rapid.IntRange(1, 19).Draw(t, "p"))/20)
		positive = append(positive, i < 2 || i > 3 && rapid.Bool().Draw(t, "y"))
	}
	return predicted, positive
}

func TestTheAUCIsThatOfAllPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		predicted, positive := draw(t)
		value, e := slowDeLong(predicted, positive)
		got := measure.Rank(predicted, positive)
		if math.Abs(got.Value-value) > 1e-9 || math.Abs(got.Error-e) > 1e-9 {
			t.Fatalf("got %v ± %v, want %v ± %v", got.Value, got.Error, value, e)
		}
	})
}

// slowDeLong compares every positive with every negative, as the definition says.
func slowDeLong(predicted []float64, positive []bool) (value, e float64) {
	var above, below []float64
	placed := func(i int, of bool) (share float64) {
		n := 0.0
		for j, p := range predicted {
			if positive[j] == of {
				continue
			}
			n++
			high, low := predicted[i], p
			if !of {
				high, low = low, high
			}
			if high > low {
				share++
			} else if high == low {
				share += 0.5
			}
		}
		return share / n
	}
	for i, y := range positive {
		if y {
			above = append(above, placed(i, true))
		} else {
			below = append(below, placed(i, false))
		}
	}
	variance := func(xs []float64) (mean, v float64) {
		for _, x := range xs {
			mean += x / float64(len(xs))
		}
		for _, x := range xs {
			v += (x - mean) * (x - mean) / float64(len(xs)-1)
		}
		return mean, v
	}
	value, va := variance(above)
	_, vb := variance(below)
	return value, math.Sqrt(va/float64(len(above)) + vb/float64(len(below)))
}

func TestTheAUCSeesOnlyTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		predicted, positive := draw(t)
		moved, flipped := make([]float64, len(predicted)), make([]bool, len(predicted))
		for i, p := range predicted {
			moved[i], flipped[i] = p*p*p, !positive[i]
		}
		a := measure.Rank(predicted, positive)
		if diff := cmp.Diff(a, measure.Rank(moved, positive)); diff != "" {
			t.Fatalf("after a monotone function (-before +after):\n%s", diff)
		}
		if b := measure.Rank(predicted, flipped); math.Abs(a.Value+b.Value-1) > 1e-9 || math.Abs(a.Error-b.Error) > 1e-9 {
			t.Fatalf("%+v, and of the opposite outcomes %+v", a, b)
		}
	})
}

func TestTheOrderOfRowsChangesNoBit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		predicted, positive := draw(t)
		want := measure.Of(predicted, positive)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(predicted), func(i, j int) {
			predicted[i], predicted[j] = predicted[j], predicted[i]
			positive[i], positive[j] = positive[j], positive[i]
		})
		if diff := cmp.Diff(want, measure.Of(predicted, positive)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestCutsChooseWholeSharesWithTheirEquals(t *testing.T) {
	predicted, positive := make([]float64, 200), make([]bool, 200)
	for i := range predicted {
		predicted[i], positive[i] = float64(i/20)/20+0.000_04, i >= 150
	}
	want := []measure.Cut{
		{Threshold: 0.45, Chosen: 20, Positives: 20}, {Threshold: 0.4, Chosen: 40, Positives: 40},
		{Threshold: 0.35, Chosen: 60, Positives: 50}, {Threshold: 0.3, Chosen: 80, Positives: 50}, {Threshold: 0.25, Chosen: 100, Positives: 50},
	}
	if diff := cmp.Diff(want, measure.Of(predicted, positive).Cuts); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
