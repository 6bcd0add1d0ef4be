package scoring

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"google.golang.org/protobuf/proto"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/predict"
	"github.com/handoffhq/handoff/services/internal/predict/measure"
	"github.com/handoffhq/handoff/services/scoring/internal/early"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// learnt is a model that is ready, and what was asked for.
type learnt struct {
	qualify.Predictor
	wanted *scoringv1.Model
}

// readLearnt reads a model that is ready.
func readLearnt(m *store.Model) (*learnt, error) {
	l := &learnt{wanted: &scoringv1.Model{}}
	if err := proto.Unmarshal(m.Wanted, l.wanted); err != nil {
		return nil, fmt.Errorf("decode model %s: %w", m.ID, err)
	}
	var err error
	if l.Model, err = predict.Decode([]byte(m.Result)); err != nil {
		return nil, fmt.Errorf("decode model %s: %w", m.ID, err)
	}
	l.Window, l.Known = early.Window{Early: l.wanted.GetEarly().AsDuration()}, m.CreatedAt
	if cut := l.Model.Training.Cut; cut != nil { // those that were held out had no influence
		l.Known = earlier(l.Known, cut.Add(l.wanted.GetWindow().AsDuration()))
	}
	return l, nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// toModel is a model as the API shows it; in lists and the audit what is long is left out.
func toModel(m *store.Model, whole bool) (*scoringv1.Model, error) {
	out := &scoringv1.Model{}
	if err := proto.Unmarshal(m.Wanted, out); err != nil {
		return nil, fmt.Errorf("decode model %s: %w", m.ID, err)
	}
	out.Name, out.State, out.Hash, out.Test = modelName(m.ID), scoringv1.Model_State(m.State), m.Hash, m.Test
	out.CreateTime, out.FinishTime = instant(m.CreatedAt), instant(m.FinishedAt)
	switch m.State {
	case store.ModelReady:
		l, err := readLearnt(m)
		if err != nil {
			return nil, err
		}
		addTraining(out, l.Model)
	case store.ModelRefused:
		refusal := &predict.Refusal{}
		if err := json.Unmarshal([]byte(m.Result), refusal); err != nil {
			return nil, fmt.Errorf("decode refusal of %s: %w", m.ID, err)
		}
		addRefusal(out, refusal)
	}
	if !whole {
		out.Features, out.Dropped, out.HeldOut = nil, nil, withoutBins(out.GetHeldOut())
	}
	return out, nil
}

func withoutBins(f *scoringv1.ModelFigures) *scoringv1.ModelFigures {
	if f != nil {
		f.Bins = nil
	}
	return f
}

func addTraining(out *scoringv1.Model, m *predict.Model) {
	t := &m.Training
	out.LearntLeadCount, out.LearntConvertedCount = int64(t.Rows), int64(t.Positives)
	if t.Cut != nil {
		out.CutTime = instant(*t.Cut)
	}
	out.HeldOut, out.Warnings, out.Cautions, out.Dropped = toFigures(&t.Held), toWarnings(t.Warnings), t.Cautions, toNotes(t.Dropped)
	for _, f := range m.Features {
		feature := &scoringv1.ModelFeature{Feature: f.Name, Auc: f.AUC}
		for _, w := range f.Weights() {
			feature.Weights = append(feature.Weights, &scoringv1.ModelWeight{Value: w.Value, OddsRatio: math.Exp(w.Slope)})
		}
		out.Features = append(out.Features, feature)
	}
}

func addRefusal(out *scoringv1.Model, r *predict.Refusal) {
	out.Refusal = &scoringv1.ModelRefusal{Cause: scoringv1.ModelRefusal_CAUSE_IMPOSSIBLE, Why: r.Why}
	switch r.Cause {
	case predict.TooFew:
		out.Refusal.Cause = scoringv1.ModelRefusal_CAUSE_TOO_FEW
	case predict.NoSignal:
		out.Refusal.Cause = scoringv1.ModelRefusal_CAUSE_NO_SIGNAL
	}
	if r.Held != nil {
		out.HeldOut = toFigures(r.Held)
	}
	out.Warnings, out.Dropped = toWarnings(r.Warnings), toNotes(r.Dropped)
}

func toFigures(f *measure.Figures) *scoringv1.ModelFigures {
	out := &scoringv1.ModelFigures{LeadCount: int64(f.Rows), ConvertedCount: int64(f.Positives), Auc: f.AUC.Value, AucLow: f.AUC.Low, AucHigh: f.AUC.High,
		Brier: f.Brier, BrierSkill: f.BrierSkill, LogLoss: f.LogLoss, CalibrationError: f.Calibration.Error, CalibrationSlope: f.Calibration.Slope,
		CalibrationIntercept: f.Calibration.Intercept, TopTenthFound: f.TopTenth.Found}
	for _, b := range f.Calibration.Bins {
		out.Bins = append(out.Bins, &scoringv1.CalibrationBin{Low: b.Low, High: b.High, LeadCount: int64(b.Rows), ConvertedCount: int64(b.Positives), Predicted: b.Predicted})
	}
	return out
}

func toWarnings(warnings []predict.Warning) (out []*scoringv1.ModelWarning) {
	for _, w := range warnings {
		out = append(out, &scoringv1.ModelWarning{Feature: w.Feature, Sign: toSign(w.Sign), Figure: w.Figure, Text: w.Text})
	}
	return out
}

func toNotes(notes []predict.Note) (out []*scoringv1.ModelNote) {
	for _, n := range notes {
		out = append(out, &scoringv1.ModelNote{Feature: n.Column, Why: n.Why})
	}
	return out
}

func toSign(sign predict.Sign) scoringv1.ModelWarning_Sign {
	return map[predict.Sign]scoringv1.ModelWarning_Sign{
		predict.Implausible: scoringv1.ModelWarning_SIGN_IMPLAUSIBLE,
		predict.Decisive:    scoringv1.ModelWarning_SIGN_DECISIVE,
		predict.Telling:     scoringv1.ModelWarning_SIGN_TELLING,
		predict.Afterwards:  scoringv1.ModelWarning_SIGN_AFTERWARDS,
		predict.Late:        scoringv1.ModelWarning_SIGN_LATE,
	}[sign]
}
