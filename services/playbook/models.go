package playbook

import (
	"context"
	"fmt"
	"maps"
	"slices"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
)

// checkModels refuses a document that names a model which does not exist, is not ready, or is another than it says: what both
// teams sign must be what scoring works by.
func (s *Service) checkModels(ctx context.Context, doc *playbookv1.Document) error {
	var violations []fault.Violation
	for _, name := range slices.Sorted(maps.Keys(doc.GetModels())) {
		reference := doc.GetModels()[name]
		wrong, err := s.checkModel(ctx, reference)
		if err != nil {
			return err
		}
		if wrong != "" {
			violations = append(violations, fault.Violation{Field: "models." + name, Message: wrong})
		}
	}
	if len(violations) == 0 {
		return nil
	}
	f := fault.Fields(violations...)
	f.Reason = errorsv1.ErrorReason_ERROR_REASON_PLAYBOOK_INVALID
	return f
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
