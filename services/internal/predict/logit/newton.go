package logit

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// newtonStep holds what a step is computed in. The intercept stands last.
type newtonStep struct {
	gradient, step *mat.VecDense
	hessian        *mat.SymDense
	factor         mat.Cholesky
}

// solve computes the step from w: the inverse of the second derivatives times the first.
func (n *newtonStep) solve(p *Problem, w *Weights) error {
	n.derive(p, w)
	if !n.factor.Factorize(n.hessian) {
		return ErrDiverged
	}
	if err := n.factor.SolveVecTo(n.step, n.gradient); err != nil {
		return ErrDiverged
	}
	return nil
}

// derive adds up the first and second derivatives of the loss.
func (n *newtonStep) derive(p *Problem, w *Weights) {
	n.gradient.Zero()
	n.hessian.Zero()
	width := p.X.width
	g, h := n.gradient.RawVector().Data, n.hessian.RawSymmetric()
	for _, r := range p.Rows {
		columns, values := p.X.row(int(r))
		q := Probability(p.X.Linear(int(r), w))
		weight := max(q*(1-q), 1e-12) // a row that is decided still keeps the matrix regular
		residual := q
		if p.Positive[r] {
			residual = q - 1
		}
		for k, c := range columns {
			g[c] += float64(residual * values[k])
			scaled := float64(weight * values[k])
			for l, d := range columns {
				if d >= c {
					h.Data[int(c)*h.Stride+int(d)] += float64(scaled * values[l])
				}
			}
			h.Data[int(c)*h.Stride+width] += scaled
		}
		g[width] += residual
		h.Data[width*h.Stride+width] += weight
	}
	for c, b := range w.Slopes {
		g[c] += float64(p.Penalty * b)
		h.Data[c*h.Stride+c] += p.Penalty
	}
}

// shorten takes the step, halved until the loss is less; nil when no part of it makes the loss less.
func (n *newtonStep) shorten(p *Problem, w *Weights, before float64) (*Weights, float64) {
	step := n.step.RawVector().Data
	share := 1.0
	for range maxHalving {
		next := &Weights{Intercept: w.Intercept - float64(share*step[len(w.Slopes)]), Slopes: make([]float64, len(w.Slopes))}
		for c, b := range w.Slopes {
			next.Slopes[c] = b - float64(share*step[c])
		}
		if after := loss(p, next); after < before && !math.IsNaN(after) {
			return next, after
		}
		share /= 2
	}
	return nil, before
}
