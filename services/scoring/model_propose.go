package scoring

import (
	"context"
	"fmt"
	"strconv"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/predict/measure"
)

const (
	defaultLabel      = "conversion"
	defaultCriterion  = "likely"
	defaultTopPercent = 10
	activePlaybook    = "playbooks/active"
)

// ProposeModel implements ScoringService. The draft is written by the playbook service. What it is written from is kept before:
// whoever asks again gets the same draft, whatever has been activated since.
func (s *Service) ProposeModel(ctx context.Context, req *scoringv1.ProposeModelRequest) (*scoringv1.ProposeModelResponse, error) {
	m, err := s.ready(ctx, req.GetName())
	if err != nil {
		return nil, err
	}
	return idempotency.Onward(ctx, s.requests, req, func(ctx context.Context) (*playbookv1.Playbook, error) {
		return s.base(ctx, m, req)
	}, func(ctx context.Context, base *playbookv1.Playbook) (*scoringv1.ProposeModelResponse, error) {
		return s.propose(ctx, m, req, base)
	})
}

// base is the playbook in force, which a model can enter as it is asked for.
func (s *Service) base(ctx context.Context, m *learnt, req *scoringv1.ProposeModelRequest) (*playbookv1.Playbook, error) {
	active, err := s.cfg.Playbooks.GetPlaybook(ctx, &playbookv1.GetPlaybookRequest{Name: activePlaybook})
	if f := fault.As(err); f != nil && f.Kind == fault.NotFound {
		return nil, notActive()
	}
	if err != nil {
		return nil, err
	}
	_, err = call(active.GetDocument(), req, m.Model.Hash)
	return &playbookv1.Playbook{Name: active.GetName(), Document: active.GetDocument()}, err
}

// propose has the draft written that takes a model into a playbook.
func (s *Service) propose(ctx context.Context, m *learnt, req *scoringv1.ProposeModelRequest, base *playbookv1.Playbook) (*scoringv1.ProposeModelResponse, error) {
	names, err := call(base.GetDocument(), req, m.Model.Hash)
	if err != nil {
		return nil, err
	}
	cut := cutAt(&m.Model.Training.Held, req.GetTopPercent())
	doc, expression := amended(base.GetDocument(), names, req, m.Model.Hash, cut.Threshold)
	draft, err := s.cfg.Playbooks.CreatePlaybook(ctx, &playbookv1.CreatePlaybookRequest{
		RequestId: idempotency.Derived(req.GetRequestId(), "ProposeModel"), Playbook: &playbookv1.Playbook{Document: doc}})
	if f := fault.As(err); f != nil && status.Code(f.Cause) == codes.InvalidArgument {
		return nil, fault.New(fault.Conflict, errorsv1.ErrorReason_ERROR_REASON_STATE_CONFLICT, "the playbook cannot take the model in: %s", f.Message).
			With("resource", base.GetName()).With("state", "ACTIVE")
	}
	if err != nil {
		return nil, err
	}
	return &scoringv1.ProposeModelResponse{Playbook: draft.GetName(), Expression: expression, Backtest: backtest(&m.Model.Training.Held, cut),
		Warnings: toWarnings(m.Model.Training.Warnings), Cautions: m.Model.Training.Cautions}, nil
}

// cutAt is the cut that chooses at least a share of the leads.
func cutAt(held *measure.Figures, percent int32) measure.Cut {
	if percent == 0 {
		percent = defaultTopPercent
	}
	for _, cut := range held.Cuts {
		if cut.Chosen*100 >= int(percent)*held.Rows {
			return cut
		}
	}
	return measure.Cut{}
}

// proposal is what a playbook is to call a model, and the criterion that asks it.
type proposal struct{ label, criterion string }

// call chooses the names. What was not asked for by name gets one that is free; nothing that has a name is replaced.
func call(active *playbookv1.Document, req *scoringv1.ProposeModelRequest, hash string) (proposal, error) {
	p := proposal{label: req.GetLabel(), criterion: req.GetCriterion()}
	calls := func(label string) bool {
		model := active.GetModels()[label]
		return model != nil && (model.GetModel() != req.GetName() || model.GetHash() != hash)
	}
	asks := func(criterion string) bool {
		_, is := active.GetCriteria()[criterion]
		return is || active.GetScoring().GetFit()[criterion] != nil
	}
	var taken []fault.Violation
	if calls(p.label) {
		taken = append(taken, fault.Violation{Field: "label", Message: fmt.Sprintf("is what %s calls another model", activePlaybook)})
	}
	if asks(p.criterion) {
		taken = append(taken, fault.Violation{Field: "criterion", Message: fmt.Sprintf("is the name of a criterion or a fit rule of %s", activePlaybook)})
	}
	if len(taken) > 0 {
		return p, fault.Fields(taken...)
	}
	if p.label == "" {
		p.label = free(defaultLabel, calls)
	}
	if p.criterion == "" {
		p.criterion = free(defaultCriterion, asks)
	}
	return p, nil
}

// free is a name, with a number if it is taken.
func free(name string, taken func(string) bool) string {
	numbered := name
	for n := 2; taken(numbered); n++ {
		numbered = fmt.Sprintf("%s_%d", name, n)
	}
	return numbered
}

// amended is a playbook with the criterion that asks the model.
func amended(active *playbookv1.Document, p proposal, req *scoringv1.ProposeModelRequest, hash string, threshold float64) (doc *playbookv1.Document, expression string) {
	doc = proto.CloneOf(active)
	if doc.Models == nil {
		doc.Models = map[string]*playbookv1.ModelReference{}
	}
	if doc.Criteria == nil {
		doc.Criteria = map[string]string{}
	}
	expression = fmt.Sprintf("predicted.%s >= %s", p.label, strconv.FormatFloat(threshold, 'f', 4, 64))
	doc.Models[p.label] = &playbookv1.ModelReference{Model: req.GetName(), Hash: hash}
	doc.Criteria[p.criterion] = expression
	if req.GetFitPoints() > 0 {
		if doc.Scoring.Fit == nil {
			doc.Scoring.Fit = map[string]*playbookv1.FitRule{}
		}
		doc.Scoring.Fit[p.criterion] = &playbookv1.FitRule{Points: req.GetFitPoints(), When: p.criterion}
	}
	return doc, expression
}

// backtest is what a cut would have meant for the leads that were held out.
func backtest(held *measure.Figures, cut measure.Cut) *scoringv1.ModelBacktest {
	b := &scoringv1.ModelBacktest{Threshold: cut.Threshold, LeadCount: int64(held.Rows), ConvertedCount: int64(held.Positives),
		ChosenCount: int64(cut.Chosen), ChosenConvertedCount: int64(cut.Positives)}
	if cut.Chosen > 0 {
		b.Precision = float64(cut.Positives) / float64(cut.Chosen)
	}
	if held.Positives > 0 {
		b.Recall = float64(cut.Positives) / float64(held.Positives)
	}
	if held.BaseRate > 0 {
		b.Lift = b.GetPrecision() / held.BaseRate
	}
	return b
}
