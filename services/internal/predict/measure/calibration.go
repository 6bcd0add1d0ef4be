package measure

import (
	"math"

	"github.com/handoffhq/handoff/services/internal/predict/logit"
)

// Calibration says whether a prediction of 30 % means 30 %.
type Calibration struct {
	Bins []Bin `json:"bins"` // about ten, by prediction, of about as many rows each
	// Error is the mean distance of predicted and observed over the bins, weighted by their rows (expected calibration
	// error).
	Error float64 `json:"error"`
	// Intercept and Slope are of the regression of the outcome on the logarithm of the predicted odds (Cox 1958): 0 and 1
	// are perfect; a slope below 1 means that the predictions are too bold. The intercept is the one that goes with a
	// slope of 1: above 0 the predictions are too low on the whole.
	Intercept float64 `json:"intercept"`
	Slope     float64 `json:"slope"`
}

// Bin is rows with similar predictions.
type Bin struct {
	Low       float64 `json:"low"`  // the least prediction
	High      float64 `json:"high"` // the greatest
	Rows      int     `json:"rows"`
	Positives int     `json:"positives"`
	Predicted float64 `json:"predicted"` // the mean prediction
	Observed  float64 `json:"observed"`  // the share of positives
}

const bins = 10

func (s pairs) calibration() Calibration {
	c := Calibration{Slope: 1}
	tenth := 0
	for from := 0; from < len(s); {
		for tenth*len(s)/bins <= from {
			tenth++
		}
		to := tenth * len(s) / bins
		for to < len(s) && s[to].predicted == s[to-1].predicted {
			to++ // equal predictions stay together
		}
		b := s[from:to].bin()
		c.Bins = append(c.Bins, b)
		c.Error += math.Abs(b.Predicted-b.Observed) * float64(b.Rows) / float64(len(s))
		from = to
	}
	c.Intercept, c.Slope = s.line()
	return c
}

func (s pairs) bin() Bin {
	positives, _ := s.counts()
	b := Bin{Low: s[0].predicted, High: s[len(s)-1].predicted, Rows: len(s), Positives: positives, Observed: float64(positives) / float64(len(s))}
	for _, p := range s {
		b.Predicted += p.predicted / float64(len(s))
	}
	return b
}

// faint is a penalty that keeps the slope finite when predictions separate the outcomes, and moves no other digit that is
// shown.
const faint = 1e-3

// line computes intercept and slope; 0 and 1 where they cannot be known.
func (s pairs) line() (intercept, slope float64) {
	x, positive, rows := logit.NewMatrix(1, len(s)), make([]bool, len(s)), make([]int32, len(s))
	for i, p := range s {
		if err := x.Append([]logit.Entry{{Value: odds(p.predicted)}}); err != nil {
			return 0, 1
		}
		positive[i], rows[i] = p.positive, int32(i)
	}
	w, err := logit.Fit(logit.Problem{X: x, Positive: positive, Rows: rows, Penalty: faint}, nil)
	if err != nil {
		return 0, 1
	}
	return s.shift(), w.Slopes[0]
}

// odds is the logarithm of the odds, kept finite.
func odds(p float64) float64 {
	p = min(max(p, smallest), 1-smallest)
	return math.Log(p) - math.Log1p(-p)
}

// shift is what must be added to the logarithm of all odds, so that the predictions add up to the positives. It bisects:
// the sum grows with the shift.
func (s pairs) shift() float64 {
	positives, _ := s.counts()
	low, high := -40.0, 40.0
	for range 100 {
		middle, sum := (low+high)/2, 0.0
		for _, p := range s {
			sum += logit.Probability(odds(p.predicted) + middle)
		}
		if sum < float64(positives) {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}
