package logit_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/predict/logit"
)

// problem makes a problem of dense rows.
func problem(t interface{ Fatal(...any) }, penalty float64, width int, rows [][]float64, positive []bool) logit.Problem {
	p := logit.Problem{X: logit.NewMatrix(width, len(rows)), Positive: positive, Penalty: penalty}
	for i, row := range rows {
		var entries []logit.Entry
		for c, v := range row {
			if v != 0 {
				entries = append(entries, logit.Entry{Column: c, Value: v})
			}
		}
		if err := p.X.Append(entries); err != nil {
			t.Fatal(err)
		}
		p.Rows = append(p.Rows, int32(i))
	}
	return p
}

// Of a two by two table the coefficient is the logarithm of the odds ratio, the intercept that of the odds without.
func TestATwoByTwoTableGivesItsOddsRatio(t *testing.T) {
	var rows [][]float64
	var positive []bool
	for _, cell := range []struct {
		x        float64
		positive bool
		n        int
	}{{1, true, 30}, {1, false, 10}, {0, true, 20}, {0, false, 40}} {
		for range cell.n {
			rows, positive = append(rows, []float64{cell.x}), append(positive, cell.positive)
		}
	}
	w, err := logit.Fit(problem(t, 1e-9, 1, rows, positive), nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := math.Log(30 * 40 / (10.0 * 20)); math.Abs(w.Slopes[0]-want) > 1e-7 {
		t.Errorf("slope %v, want %v", w.Slopes[0], want)
	}
	if want := math.Log(0.5); math.Abs(w.Intercept-want) > 1e-7 {
		t.Errorf("intercept %v, want %v", w.Intercept, want)
	}
}

// At the minimum the derivative of the loss is zero in every direction: Σ (p - y) x + penalty b = 0 and Σ (p - y) = 0.
func TestWhatIsFoundIsTheMinimum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width, n := rapid.IntRange(1, 4).Draw(t, "width"), rapid.IntRange(4, 40).Draw(t, "n")
		rows, positive := make([][]float64, n), make([]bool, n)
		for i := range rows {
			rows[i] = rapid.SliceOfN(rapid.Float64Range(-3, 3), width, width).Draw(t, "row")
			positive[i] = i == 0 || i > 1 && rapid.Bool().Draw(t, "positive")
		}
		penalty := rapid.SampledFrom([]float64{0.3, 1, 10, 300}).Draw(t, "penalty")
		p := problem(t, penalty, width, rows, positive)
		w, err := logit.Fit(p, nil)
		if err != nil {
			t.Fatal(err)
		}
		gradient := make([]float64, width+1)
		for i, row := range rows {
			r := logit.Probability(p.X.Linear(i, w))
			if positive[i] {
				r--
			}
			for c, v := range row {
				gradient[c] += r * v
			}
			gradient[width] += r
		}
		for c, b := range w.Slopes {
			gradient[c] += penalty * b
		}
		for c, g := range gradient {
			if math.Abs(g) > 1e-3 {
				t.Fatalf("derivative %d is %v at %+v", c, g, w)
			}
		}
		again, err := logit.Fit(p, &logit.Weights{Intercept: 2, Slopes: make([]float64, width)})
		if err != nil || math.Abs(again.Intercept-w.Intercept) > 1e-3 {
			t.Fatalf("from elsewhere %+v (%v), not %+v", again, err, w)
		}
	})
}

func TestThePenaltyKeepsSeparatedClassesFinite(t *testing.T) {
	rows := [][]float64{{-2}, {-1}, {1}, {2}}
	before := math.Inf(1)
	for _, penalty := range []float64{1e-3, 0.1, 10} {
		w, err := logit.Fit(problem(t, penalty, 1, rows, []bool{false, false, true, true}), nil)
		if err != nil {
			t.Fatal(err)
		}
		if b := w.Slopes[0]; !(b > 0 && b < before) {
			t.Errorf("with penalty %v the slope is %v, and before it was %v", penalty, b, before)
		} else {
			before = b
		}
	}
}

func TestWhatCannotBeFittedIsRefused(t *testing.T) {
	rows := [][]float64{{1}, {2}}
	for name, c := range map[string]struct {
		penalty  float64
		positive []bool
		want     error
	}{
		"one class":        {1, []bool{true, true}, logit.ErrOneClass},
		"no penalty":       {0, []bool{true, false}, logit.ErrPenalty},
		"no number":        {math.NaN(), []bool{true, false}, logit.ErrPenalty},
		"endless penalty":  {math.Inf(1), []bool{true, false}, logit.ErrPenalty},
		"negative penalty": {-1, []bool{true, false}, logit.ErrPenalty},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := logit.Fit(problem(t, c.penalty, 1, rows, c.positive), nil); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	m := logit.NewMatrix(1, 1)
	for _, e := range []logit.Entry{{Column: 1, Value: 1}, {Column: -1, Value: 1}, {Value: math.NaN()}, {Value: math.Inf(-1)}} {
		if err := m.Append([]logit.Entry{e}); !errors.Is(err, logit.ErrEntry) {
			t.Errorf("%+v: %v", e, err)
		}
	}
}

func TestProbabilitiesStayFiniteFarOut(t *testing.T) {
	for z, want := range map[float64]float64{-1e4: 0, 0: 0.5, 1e4: 1} {
		if got := logit.Probability(z); got != want {
			t.Errorf("of %v: %v, want %v", z, got, want)
		}
	}
}
