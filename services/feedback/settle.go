package feedback

import (
	"context"
	"errors"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// cause is who answered, by which request.
type cause struct {
	principal string
	kind      accessv1.ActorKind
	requestID string
}

// settle makes sure that a verdict stands, and tells of it once it is complete. Whoever comes first decides what it is,
// the call or the event; whoever comes later finds it there.
func (s *Service) settle(ctx context.Context, tx *sqldb.Tx, v store.Verdict, by cause) (*feedbackv1.Verdict, error) {
	h, err := store.LockHandoff(ctx, tx, v.Handoff)
	if err != nil {
		return nil, err
	}
	switch known, err := store.GetVerdict(ctx, tx, v.Handoff, v.Assignment, v.Step); {
	case errors.Is(err, store.ErrNotFound):
		if err := store.InsertVerdict(tx, &v); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	case known.State != 0 || v.State == 0:
		return toVerdict(known, h), nil
	default:
		known.State = v.State
		v = *known
		if err := store.SetState(ctx, tx, &v); err != nil {
			return nil, err
		}
	}
	if v.State == 0 {
		return toVerdict(&v, h), nil
	}
	return toVerdict(&v, h), s.tell(ctx, tx, h, &v, by)
}

// tell tells of a complete verdict; its answer is now known to count.
func (s *Service) tell(ctx context.Context, tx *sqldb.Tx, h *store.Handoff, v *store.Verdict, by cause) error {
	full := toVerdict(v, h)
	err := s.log.Emit(ctx, tx, eventlog.Key{Name: handoffName(h), Seq: &h.Events}, &eventv1.Event{
		Subject: full.GetName(), Handoff: handoffName(h), Lead: leadName(h), Playbook: playbookName(h), Partner: h.Partner,
		Actor: by.principal, ActorKind: by.kind, RequestId: by.requestID, Time: full.GetAnswerTime(),
		Payload: &eventv1.Event_VerdictRecorded{VerdictRecorded: &eventv1.VerdictRecorded{Verdict: impersonal(full)}},
	})
	if err != nil {
		return err
	}
	if err := store.CountEvents(ctx, tx, h); err != nil {
		return err
	}
	return store.TakeAnswer(ctx, tx, by.principal, by.requestID)
}

// recall is the verdict that an answer has become.
func (s *Service) recall(ctx context.Context, tx *sqldb.Tx, a *store.Answer) (*feedbackv1.Verdict, error) {
	h, err := store.GetHandoff(ctx, tx, a.Handoff)
	if err != nil {
		return nil, err
	}
	v, err := store.GetVerdict(ctx, tx, a.Handoff, a.Assignment, a.Step)
	if err != nil {
		return nil, err
	}
	return toVerdict(v, h), nil
}
