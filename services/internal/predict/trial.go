package predict

import (
	"math"

	"github.com/handoffhq/handoff/services/internal/predict/logit"
)

const (
	folds = 5
	// trialRows is how many rows the penalty is chosen with at most: the latest. With more than that it hardly matters.
	trialRows = 20_000
)

// penalties are tried from the strongest on, each from where the last one ended.
var penalties = [...]float64{300, 100, 30, 10, 3, 1, 0.3}

// fold is rows to learn from and later rows, or other ones, to try on.
type fold struct{ learn, try []int32 }

// try measures each penalty within the rows that are learnt from, and says which lost least. Of equals the strongest wins.
func (t *training) try(x *logit.Matrix) (trials []Trial, best int, err error) {
	cuts := t.folds()
	trials = make([]Trial, len(penalties))
	rows := 0
	for i, c := range cuts {
		var w *logit.Weights
		for k, penalty := range penalties {
			w, err = logit.Fit(logit.Problem{X: x, Positive: t.sample.Positive, Rows: c.learn, Penalty: penalty}, w)
			if err != nil {
				return nil, 0, err
			}
			trials[k].LogLoss += t.loss(x, w, c.try)
			if err := t.options.Progress(float64(i*len(penalties)+k+1) / float64(len(cuts)*len(penalties)+1)); err != nil {
				return nil, 0, err
			}
		}
		rows += len(c.try)
	}
	for k := range trials {
		trials[k].Penalty = penalties[k]
		trials[k].LogLoss = round(trials[k].LogLoss / float64(max(rows, 1)))
		if trials[k].LogLoss < trials[best].LogLoss {
			best = k
		}
	}
	return trials, best, nil
}

// loss is the sum of the logarithmic loss over rows.
func (t *training) loss(x *logit.Matrix, w *logit.Weights, rows []int32) float64 {
	sum := 0.0
	for _, r := range rows {
		p := logit.Probability(x.Linear(int(r), w))
		if !t.sample.Positive[r] {
			p = 1 - p
		}
		sum -= math.Log(max(p, 1e-15))
	}
	return sum
}

// folds cut the rows that are learnt from. With time, each fold learns from all before it and tries on the next part:
//
//	learn ──▶ try        1 │ 2 │ . │ . │ . │ .
//	                     1   2 │ 3 │ . │ . │ .      and so on
//
// Without time, every fifth row of the hashed order is tried on after learning from the others. Folds that have only one
// outcome to learn from are left out.
func (t *training) folds() (cuts []fold) {
	rows := t.parts.learn[max(0, len(t.parts.learn)-trialRows):]
	for k := range folds {
		var f fold
		if t.parts.ordered {
			at, end := (k+1)*len(rows)/(folds+1), (k+2)*len(rows)/(folds+1)
			f = fold{learn: rows[:at], try: rows[at:end]}
		} else {
			f = every(rows, k)
		}
		if t.both(f.learn) {
			cuts = append(cuts, f)
		}
	}
	return cuts
}

func every(rows []int32, k int) (f fold) {
	for i, r := range rows {
		if i%folds == k {
			f.try = append(f.try, r)
		} else {
			f.learn = append(f.learn, r)
		}
	}
	return f
}

func (t *training) both(rows []int32) bool {
	var seen [2]bool
	for _, r := range rows {
		seen[class(t.sample.Positive[r])] = true
	}
	return seen[0] && seen[1]
}
