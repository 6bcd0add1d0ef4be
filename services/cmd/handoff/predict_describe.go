package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

// summarise tells of a model in a line.
func summarise(w io.Writer, m *scoringv1.Model) error {
	state := m.GetState().String()[len("STATE_"):]
	line := fmt.Sprintf("%s  %s  %s", m.GetName(), state, m.GetCreateTime().AsTime().Format(time.RFC3339))
	if held := m.GetHeldOut(); held != nil {
		line += fmt.Sprintf("  AUC %.3f (%.3f to %.3f)", held.GetAuc(), held.GetAucLow(), held.GetAucHigh())
	}
	if n := len(m.GetWarnings()); n > 0 {
		line += fmt.Sprintf("  %d warnings", n)
	}
	_, err := fmt.Fprintln(w, line)
	return err
}

// describeModel tells what is known of a model.
func describeModel(w io.Writer, m *scoringv1.Model) error {
	if err := summarise(w, m); err != nil {
		return err
	}
	p := figures.New(w)
	if why := m.GetRefusal().GetWhy(); why != "" {
		p.Title("REFUSED: no model was made")
		p.Line("%s", why)
	}
	if held := m.GetHeldOut(); held != nil {
		p.Title("How good it is, on leads that it did not learn from")
		describeFigures(p, held)
	}
	if len(m.GetFeatures()) > 0 {
		p.Title("What it goes by")
		p.Head("odds times", "feature", "value")
	}
	for _, feature := range m.GetFeatures() {
		for _, weight := range feature.GetWeights() {
			p.Row(fmt.Sprintf("%.2f", weight.GetOddsRatio()), feature.GetFeature(), weight.GetValue())
		}
	}
	describeWarnings(p, m.GetWarnings(), m.GetCautions())
	return p.Flush()
}

// describeFigures tells how good predictions were.
func describeFigures(p *figures.Printer, f *scoringv1.ModelFigures) {
	p.Row("leads", figures.Count(f.GetLeadCount()), fmt.Sprintf("%d converted", f.GetConvertedCount()))
	p.Row("AUC", fmt.Sprintf("%.3f", f.GetAuc()), fmt.Sprintf("95 %% interval %.3f to %.3f; 0.5 is chance", f.GetAucLow(), f.GetAucHigh()))
	p.Row("Brier score", fmt.Sprintf("%.4f", f.GetBrier()), fmt.Sprintf("skill %.3f", f.GetBrierSkill()))
	p.Row("calibration error", fmt.Sprintf("%.4f", f.GetCalibrationError()), fmt.Sprintf("slope %.2f", f.GetCalibrationSlope()))
	p.Row("best tenth", fmt.Sprintf("%.1f %%", 100*f.GetTopTenthFound()), "of the conversions are in it")
}

func describeWarnings(p *figures.Printer, warnings []*scoringv1.ModelWarning, cautions []string) {
	if len(warnings) > 0 {
		p.Title("WARNING: these may be known only after the outcome began to show (label leakage)")
	}
	for _, w := range warnings {
		p.Row(w.GetFeature(), strings.ToLower(w.GetSign().String()[len("SIGN_"):]), w.GetText())
	}
	for _, c := range cautions {
		p.Line("Note: %s", c)
	}
}

// describeProposal tells what a draft is and what it would have meant.
func describeProposal(w io.Writer, resp *scoringv1.ProposeModelResponse) error {
	p := figures.New(w)
	test := resp.GetBacktest()
	p.Title("%s is a draft with the criterion %s", resp.GetPlaybook(), resp.GetExpression())
	p.Line("Of %s later leads it would have chosen %s; %s of these converted, of %s who did.", figures.Count(test.GetLeadCount()),
		figures.Count(test.GetChosenCount()), figures.Count(test.GetChosenConvertedCount()), figures.Count(test.GetConvertedCount()))
	p.Line("precision %.1f %%, recall %.1f %%, %.1f times the base rate", 100*test.GetPrecision(), 100*test.GetRecall(), test.GetLift())
	describeWarnings(p, resp.GetWarnings(), resp.GetCautions())
	p.Line("Nothing changes until both teams have signed it and somebody activates it.")
	return p.Flush()
}
