package logit

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Weights are the coefficients of a model.
type Weights struct {
	Intercept float64
	Slopes    []float64 // one for each column
}

// The errors of fitting.
var (
	ErrOneClass = errors.New("the rows are all positive or all negative")
	ErrPenalty  = errors.New("the penalty is not a positive finite number")
	ErrDiverged = errors.New("no minimum was found")
)

const (
	maxSteps   = 100
	maxHalving = 30
	// tolerance is the change of the loss, relative to itself, below which a minimum counts as found.
	tolerance = 1e-11
)

// Problem is what is to be fitted: some rows of a matrix and what became of each row of it.
type Problem struct {
	X        *Matrix
	Positive []bool  // of each row of X
	Rows     []int32 // which rows are used, in this order
	Penalty  float64 // > 0
}

// Fit finds the weights. It begins at start, or at nothing known if that is nil; where it begins does not change what it
// finds by more than the tolerance.
func Fit(p Problem, start *Weights) (*Weights, error) {
	if !(p.Penalty > 0) || math.IsInf(p.Penalty, 0) {
		return nil, ErrPenalty
	}
	positives := 0
	for _, r := range p.Rows {
		if p.Positive[r] {
			positives++
		}
	}
	if positives == 0 || positives == len(p.Rows) {
		return nil, ErrOneClass
	}
	w := &Weights{Slopes: make([]float64, p.X.width)}
	if start != nil {
		w.Intercept = start.Intercept
		copy(w.Slopes, start.Slopes)
	} else {
		w.Intercept = math.Log(float64(positives) / float64(len(p.Rows)-positives))
	}
	return descend(&p, w)
}

// descend takes Newton steps until the loss changes no more.
func descend(p *Problem, w *Weights) (*Weights, error) {
	n := newtonStep{gradient: mat.NewVecDense(p.X.width+1, nil), hessian: mat.NewSymDense(p.X.width+1, nil), step: mat.NewVecDense(p.X.width+1, nil)}
	before := loss(p, w)
	for range maxSteps {
		if err := n.solve(p, w); err != nil {
			return nil, err
		}
		next, after := n.shorten(p, w, before)
		if next == nil { // no step is better: this is the minimum, as far as numbers of this size can tell
			return w, nil
		}
		w = next
		if before-after <= tolerance*(math.Abs(after)+1) {
			return w, nil
		}
		before = after
	}
	return nil, fmt.Errorf("%w in %d steps", ErrDiverged, maxSteps)
}

// loss is what is minimised.
func loss(p *Problem, w *Weights) float64 {
	sum := 0.0
	for _, r := range p.Rows {
		z := p.X.Linear(int(r), w)
		if p.Positive[r] {
			z = -z
		}
		sum += softplus(z)
	}
	squares := 0.0
	for _, b := range w.Slopes {
		squares += float64(b * b)
	}
	return sum + float64(p.Penalty/2*squares)
}

// softplus is log(1 + exp(z)), for all z.
func softplus(z float64) float64 {
	if z > 0 {
		return z + math.Log1p(math.Exp(-z))
	}
	return math.Log1p(math.Exp(z))
}

// Probability is 1 / (1 + exp(-z)), for all z.
func Probability(z float64) float64 {
	if z >= 0 {
		return 1 / (1 + math.Exp(-z))
	}
	e := math.Exp(z)
	return e / (1 + e)
}
