package feedback

import (
	"context"
	"errors"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// settle makes sure that a verdict stands, tells of it once it is complete, and gives the one that stands: whoever comes
// first decides what it is, the call or the event.
func (s *Service) settle(ctx context.Context, tx *sqldb.Tx, v store.Verdict) (*store.Verdict, *store.Handoff, error) {
	h, err := store.LockHandoff(ctx, tx, v.Handoff)
	if err != nil {
		return nil, nil, err
	}
	switch known, err := store.GetVerdict(ctx, tx, v.Handoff, v.Assignment, v.Step); {
	case errors.Is(err, store.ErrNotFound):
		v.Standing, v.Counted = dispute.Stands, v.Reason
		err = store.InsertVerdict(tx, &v)
		if err != nil || v.State == 0 {
			return &v, h, err
		}
	case err != nil:
		return nil, nil, err
	case known.State != 0 || v.State == 0:
		return known, h, nil
	default:
		known.State = v.State
		v = *known
		if err := store.SetState(ctx, tx, &v); err != nil {
			return nil, nil, err
		}
	}
	if err := s.tell(ctx, tx, h, &v); err != nil {
		return nil, nil, err
	}
	return &v, h, s.disputed(ctx, tx, h, &v)
}

// tell tells of a complete verdict; its answer is now known to count.
func (s *Service) tell(ctx context.Context, tx *sqldb.Tx, h *store.Handoff, v *store.Verdict) error {
	full := toVerdict(v, h)
	err := s.log.Emit(ctx, tx, eventlog.Key{Name: handoffName(h), Seq: &h.Events}, &eventv1.Event{
		Subject: full.GetName(), Handoff: handoffName(h), Lead: leadName(h), Playbook: playbookName(h), Partner: h.Partner,
		Actor: v.Principal, ActorKind: accessv1.ActorKind(v.Kind), RequestId: v.RequestID, Time: full.GetAnswerTime(),
		Payload: &eventv1.Event_VerdictRecorded{VerdictRecorded: &eventv1.VerdictRecorded{Verdict: impersonal(full)}},
	})
	if err != nil {
		return err
	}
	if err := store.CountEvents(ctx, tx, h); err != nil {
		return err
	}
	return store.TakeAnswer(ctx, tx, v.Principal, asked(v.RequestID, v.Step))
}

// shown is the verdict of an answer, for whoever gave it. Another verdict may stand instead: Routing takes an answer that
// says again what was said, and the first to arrive here counts.
func shown(a *store.Answer, v *store.Verdict, h *store.Handoff) (*feedbackv1.Verdict, error) {
	if v.Cause != a.Cause {
		return nil, outdone(v)
	}
	return toVerdict(v, h), nil
}
