package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/figures"
	"github.com/handoffhq/handoff/services/internal/predict"
	"github.com/handoffhq/handoff/services/internal/predict/measure"
)

// mostWeights is how many coefficients are printed.
const mostWeights = 30

// Model prints a model: what it was learnt from, how good it is, what it goes by.
func Model(p *figures.Printer, m *predict.Model) {
	t := &m.Training
	p.Title("Model %.12s", m.Hash)
	if t.Outcome != "" {
		p.Line("predicts %s", t.Outcome)
	}
	p.Line("learnt from %s rows, %s of them positive (%s)", count(t.Rows), count(t.Positives), percent(float64(t.Positives)/float64(max(t.Rows, 1))))
	if t.Ordered {
		p.Line("measured on %s later rows: learnt from %s until before %s, measured until %s", count(t.Held.Rows), moment(*t.From), moment(*t.Cut), moment(*t.To))
	} else {
		p.Line("measured on %s other rows, chosen by a hash of them with seed %d", count(t.Held.Rows), t.Seed)
	}
	p.Line("penalty %s, chosen of %d by validation within the rows that were learnt from", short(t.Penalty), len(t.Trials))
	p.Title("How good it is, on rows that it did not learn from")
	Figures(p, &t.Held)
	for _, c := range t.Cautions {
		p.Line("Note: %s", c)
	}
	weights(p, m)
	dropped(p, t.Dropped)
	Warnings(p, t.Warnings)
}

// Figures prints how good predictions were.
func Figures(p *figures.Printer, f *measure.Figures) {
	p.Row("AUC", fmt.Sprintf("%.3f", f.AUC.Value), fmt.Sprintf("95 %% interval %.3f to %.3f; 0.5 is chance", f.AUC.Low, f.AUC.High))
	p.Row("Brier score", fmt.Sprintf("%.4f", f.Brier), fmt.Sprintf("%.4f if everybody got the base rate of %s: skill %.3f", f.BrierBase, percent(f.BaseRate), f.BrierSkill))
	p.Row("log loss", fmt.Sprintf("%.4f", f.LogLoss), "")
	p.Row("calibration error", fmt.Sprintf("%.4f", f.Calibration.Error), fmt.Sprintf("slope %.2f (1 is right, less is too bold), intercept %+.2f (0 is right, more is too low)", f.Calibration.Slope, f.Calibration.Intercept))
	p.Row("best tenth", percent(f.TopTenth.Found), fmt.Sprintf("of the positives are in it: %.1f times its share", f.TopTenth.Lift))
	p.Title("Calibration")
	p.Head("predicted from", "to", "rows", "predicted", "observed")
	for _, b := range f.Calibration.Bins {
		p.Row(percent(b.Low), percent(b.High), count(b.Rows), percent(b.Predicted), percent(b.Observed))
	}
}

// weight is a coefficient with its feature.
type weight struct {
	predict.Weight
	feature string
}

func weights(p *figures.Printer, m *predict.Model) {
	var all []weight
	for _, f := range m.Features {
		for _, w := range f.Weights() {
			all = append(all, weight{w, f.Name})
		}
	}
	slices.SortStableFunc(all, func(a, b weight) int { return cmp.Compare(math.Abs(b.Slope), math.Abs(a.Slope)) })
	p.Title("What it goes by")
	p.Head("odds times", "", "feature", "value")
	for _, w := range all[:min(len(all), mostWeights)] {
		p.Row(fmt.Sprintf("%.2f", math.Exp(w.Slope)), direction(w.Slope), w.feature, w.Value)
	}
	if more := len(all) - mostWeights; more > 0 {
		p.Line("and %d that weigh less", more)
	}
}

func direction(slope float64) string {
	if slope < 0 {
		return "takes away"
	}
	return "adds"
}

func dropped(p *figures.Printer, notes []predict.Note) {
	if len(notes) == 0 {
		return
	}
	p.Title("Left out")
	for _, n := range notes {
		p.Row(n.Column, n.Why)
	}
}

// Warnings prints what a model is suspected of.
func Warnings(p *figures.Printer, warnings []predict.Warning) {
	if len(warnings) == 0 {
		return
	}
	p.Title("WARNING: these may be known only after the outcome began to show (label leakage). Leave them out unless you know better")
	for _, w := range warnings {
		p.Row(w.Feature, string(w.Sign), w.Text)
	}
}

// Refusal prints why no model was made.
func Refusal(p *figures.Printer, r *predict.Refusal) {
	p.Title("REFUSED: no model was made")
	p.Line("%s", r.Why)
	if r.Held != nil {
		p.Title("How good it was, on rows that it did not learn from")
		Figures(p, r.Held)
	}
	dropped(p, r.Dropped)
	Warnings(p, r.Warnings)
}

// Reason is a reason of a prediction in words.
func Reason(r predict.Reason) string {
	value := r.Value
	if value == "" {
		value = "(missing)"
	}
	return fmt.Sprintf("%s: %s = %s", direction(r.Weight), r.Feature, value)
}

func count(n int) string { return figures.Count(int64(n)) }

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

// short is a number in at most four digits after the point.
func short(x float64) string { return fmt.Sprintf("%.4g", x) }

// moment is an instant; a day when it is one's midnight.
func moment(at time.Time) string {
	if at.Equal(at.Truncate(24 * time.Hour)) {
		return at.Format(time.DateOnly)
	}
	return at.Format(time.RFC3339)
}
