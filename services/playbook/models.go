package playbook

import (
	"context"
	"fmt"
	"maps"
	"slices"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

// checkModels refuses a document that names a model which does not exist, is not ready, or is another than it says: what both
// teams sign must be what scoring works by.
func (s *Service) checkModels(ctx context.Context, doc *playbookv1.Document) error {
	violations, err := s.wrongModels(ctx, doc.GetModels())
	if err != nil || len(violations) == 0 {
		return err
	}
	f := fault.Fields(violations...)
	f.Reason = errorsv1.ErrorReason_ERROR_REASON_PLAYBOOK_INVALID
	return f
}

// wrongModels says what is wrong with models that a document names, in the order of their names, as far as scoring answers.
func (s *Service) wrongModels(ctx context.Context, models map[string]*playbookv1.ModelReference) (violations []fault.Violation, err error) {
	ctx = auth.WithActor(ctx, auth.Service(eventlog.Playbook)) // whoever may write or lint a document may know whether it can be used
	for _, name := range slices.Sorted(maps.Keys(models)) {
		wrong, err := s.checkModel(ctx, models[name])
		if err != nil {
			return violations, err
		}
		if wrong != "" {
			violations = append(violations, fault.Violation{Field: "models." + name, Message: wrong})
		}
	}
	return violations, nil
}

// lintModels are the problems of the models that a document names, in their places of its YAML. Without an answer of scoring
// all else is still told.
func (s *Service) lintModels(ctx context.Context, doc *playbookv1.Document, yaml []byte) (problems []document.Problem) {
	models := document.Models(doc)
	if len(models) == 0 {
		return nil
	}
	wrong, err := s.wrongModels(ctx, models)
	for _, v := range wrong {
		problems = append(problems, document.Problem{Severity: document.Error, Field: v.Field, Message: v.Message})
	}
	if err != nil {
		problems = append(problems, document.Problem{Severity: document.Advice, Field: "models",
			Message: "scoring does not answer, so nobody knows whether they exist and are ready: lint again before this is stored"})
	}
	if len(problems) == 0 {
		return nil
	}
	_, positions, _ := document.Parse(yaml)
	for i := range problems {
		problems[i].Line, problems[i].Column = positions.OfKey(problems[i].Field)
	}
	return problems
}

// checkModel says what is wrong with a reference; nothing is empty.
func (s *Service) checkModel(ctx context.Context, reference *playbookv1.ModelReference) (wrong string, err error) {
	m, err := s.cfg.Scoring.GetModel(ctx, &scoringv1.GetModelRequest{Name: reference.GetModel()})
	switch f := fault.As(err); {
	case f != nil && f.Kind == fault.NotFound:
		return fmt.Sprintf("%s does not exist", reference.GetModel()), nil
	case err != nil:
		return "", err
	case m.GetState() != scoringv1.Model_STATE_READY:
		return fmt.Sprintf("%s is %s, not READY", reference.GetModel(), m.GetState().String()[len("STATE_"):]), nil
	case m.GetHash() != reference.GetHash():
		return fmt.Sprintf("the hash is not that of %s, which is %s", reference.GetModel(), m.GetHash()), nil
	}
	return "", nil
}
