package feedback

import (
	"context"
	"errors"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// apply hears one event of another service.
func (s *Service) apply(ctx context.Context, tx *sqldb.Tx, batch eventlog.Batch, e *eventv1.Event) error {
	switch p := e.GetPayload().(type) {
	case *eventv1.Event_PlaybookActivated:
		return s.activated(ctx, tx, batch, e)
	case *eventv1.Event_PlaybookRefused:
		return store.Refuse(ctx, tx, shelf.Number(p.PlaybookRefused.GetPlaybook()), int32(p.PlaybookRefused.GetTeam()), e.GetTime().AsTime())
	case *eventv1.Event_HandoffOpened:
		return opened(tx, e, p.HandoffOpened)
	case *eventv1.Event_MeetingAdded:
		return added(tx, e, p.MeetingAdded)
	case *eventv1.Event_HandoffHeld:
		return s.followed(ctx, tx, e, routingv1.Handoff_STATE_HELD)
	case *eventv1.Event_HandoffAssigned:
		store.Assign(tx, assignment(e, p.HandoffAssigned))
		if p.HandoffAssigned.GetAssignment() == 1 {
			return nil // nobody can have declined before
		}
		return s.followed(ctx, tx, e, routingv1.Handoff_STATE_ASSIGNED)
	case *eventv1.Event_HandoffClosed:
		store.End(tx, ending(e, p.HandoffClosed))
	}
	if v := answered(e); v != nil {
		return s.taken(ctx, tx, e, *v)
	}
	return nil
}

// assignment is who got a handoff, and from where.
func assignment(e *eventv1.Event, a *eventv1.HandoffAssigned) store.Assignment {
	return store.Assignment{Handoff: ident.ID(e.GetHandoff(), "handoffs"), Number: int64(a.GetAssignment()), Rep: ident.ID(a.GetRep(), "reps"),
		Pool: ident.ID(a.GetPool(), "pools"), Tier: a.GetTier(), At: a.GetAssignTime().AsTime().UnixMicro()}
}

// ending is how a handoff ended.
func ending(e *eventv1.Event, c *eventv1.HandoffClosed) store.Ending {
	return store.Ending{Handoff: ident.ID(e.GetHandoff(), "handoffs"), Step: verdict.Step(c.GetStep()), Outcome: int32(c.GetOutcome()),
		At: c.GetCloseTime().AsTime().UnixMicro()}
}

// answered is what an event says of an answer; nil if it tells of none.
func answered(e *eventv1.Event) *store.Verdict {
	switch p := e.GetPayload().(type) {
	case *eventv1.Event_HandoffAccepted:
		a := p.HandoffAccepted
		return &store.Verdict{Assignment: int64(a.GetAssignment()), Rep: a.GetRep(), State: int32(routingv1.Handoff_STATE_ACCEPTED),
			AnsweredAt: a.GetAcceptTime().AsTime().UnixMicro(), Answer: verdict.Answer{Step: verdict.Accept}}
	case *eventv1.Event_HandoffDeclined:
		d := p.HandoffDeclined
		return &store.Verdict{Assignment: int64(d.GetAssignment()), Rep: d.GetRep(),
			AnsweredAt: d.GetDeclineTime().AsTime().UnixMicro(), Answer: verdict.Answer{Step: verdict.Decline}}
	case *eventv1.Event_HandoffRejected:
		r := p.HandoffRejected
		return &store.Verdict{Assignment: int64(r.GetAssignment()), Rep: r.GetRep(), State: int32(routingv1.Handoff_STATE_CLOSED),
			AnsweredAt: r.GetRejectTime().AsTime().UnixMicro(),
			Answer:     verdict.Answer{Step: verdict.Reject, Reason: verdict.Reason(r.GetReason())}}
	case *eventv1.Event_HandoffClosed:
		return closed(p.HandoffClosed)
	default:
		return nil
	}
}

// closed is what a close says of an answer: a recycle or a disposition. A rejection has an event of its own.
func closed(c *eventv1.HandoffClosed) *store.Verdict {
	v := &store.Verdict{Assignment: int64(c.GetAssignment()), Rep: c.GetRep(), State: int32(routingv1.Handoff_STATE_CLOSED),
		AnsweredAt: c.GetCloseTime().AsTime().UnixMicro()}
	switch c.GetStep() {
	case routingv1.Step_STEP_RECYCLE:
		v.Answer = verdict.Answer{Step: verdict.Recycle}
	case routingv1.Step_STEP_DISPOSE:
		v.Answer = verdict.Answer{Step: verdict.Dispose, Outcome: verdict.Outcome(c.GetOutcome())}
	default:
		return nil
	}
	return v
}

// taken makes an answer a verdict because an event says that Routing has taken it. The stored answer has what the event
// does not say.
func (s *Service) taken(ctx context.Context, tx *sqldb.Tx, e *eventv1.Event, v store.Verdict) error {
	h := envelope(e)
	store.Know(tx, h)
	v.Handoff, v.Rep = h.ID, ident.ID(v.Rep, "reps")
	v.Cause = store.Cause{Principal: e.GetActor(), RequestID: e.GetRequestId(), Kind: int32(e.GetActorKind())}
	a, err := store.GetAnswer(ctx, tx, e.GetActor(), e.GetRequestId())
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return err
	case a.Handoff == v.Handoff && a.Assignment == v.Assignment && a.Step == v.Step:
		v.Cause, v.AnsweredBy, v.Answer = a.Cause, a.AnsweredBy, a.Answer
	}
	_, _, err = s.settle(ctx, tx, v)
	return err
}

// followed completes the verdict, if one waits, of which this event says where it led.
func (s *Service) followed(ctx context.Context, tx *sqldb.Tx, e *eventv1.Event, state routingv1.Handoff_State) error {
	v, err := store.OpenVerdict(ctx, tx, ident.ID(e.GetHandoff(), "handoffs"))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	v.State = int32(state)
	_, _, err = s.settle(ctx, tx, *v)
	return err
}

// envelope is what every event of a handoff says of it.
func envelope(e *eventv1.Event) store.Handoff {
	return store.Handoff{ID: ident.ID(e.GetHandoff(), "handoffs"), Lead: ident.ID(e.GetLead(), "leads"),
		Playbook: shelf.Number(e.GetPlaybook()), Partner: e.GetPartner()}
}
