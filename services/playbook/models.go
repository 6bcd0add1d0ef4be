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
	violations, err := s.wrongModels(ctx, doc)
	if err != nil || len(violations) == 0 {
		return err
	}
	f := fault.Fields(violations...)
	f.Reason = errorsv1.ErrorReason_ERROR_REASON_PLAYBOOK_INVALID
	return f
}

// wrongModels says what is wrong with the models that a document names, in the order of their names.
func (s *Service) wrongModels(ctx context.Context, doc *playbookv1.Document) (violations []fault.Violation, err error) {
	ctx = auth.WithActor(ctx, auth.Service(eventlog.Playbook)) // whoever may write or lint a document may know whether it can be used
	for _, name := range slices.Sorted(maps.Keys(doc.GetModels())) {
		wrong, err := s.checkModel(ctx, doc.GetModels()[name])
		if err != nil {
			return nil, err
		}
		if wrong != "" {
			violations = append(violations, fault.Violation{Field: "models." + name, Message: wrong})
		}
	}
	return violations, nil
}

// lintModels are the problems of the models that a document names, in their places of its YAML.
func (s *Service) lintModels(ctx context.Context, doc *playbookv1.Document, yaml []byte) (problems []document.Problem, err error) {
	if len(doc.GetModels()) == 0 {
		return nil, nil
	}
	wrong, err := s.wrongModels(ctx, doc)
	_, positions, _ := document.Parse(yaml)
	for _, v := range wrong {
		p := document.Problem{Severity: document.Error, Field: v.Field, Message: v.Message}
		p.Line, p.Column = positions.OfKey(v.Field)
		problems = append(problems, p)
	}
	return problems, err
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
