package sla

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// call is an alert of a clock that is to be told.
type call struct {
	handoff *store.Handoff
	clock   deadline.Clock
	alarm   deadline.Alarm
	resumed []deadline.Clock // that stood still and went on at the instant of the alarm, if it is about that
	why     deadline.Resumption
}

// tell emits the event of an alert.
func (s *Service) tell(ctx context.Context, tx *sqldb.Tx, c call, now time.Time) error {
	if len(c.resumed) > 0 {
		return s.emit(ctx, tx, c.handoff, now, resumedEvent(c.handoff, c.resumed, c.alarm.At, c.why))
	}
	ref := clockRef(c.handoff.ID, c.clock)
	late := max(0, now.Sub(c.alarm.At))
	if step, ok := c.alarm.Alert.Step(); ok {
		return s.escalate(ctx, tx, c, step, late, now)
	}
	e := &eventv1.Event{}
	switch c.alarm.Alert {
	case deadline.AlertAtRisk:
		e.Payload = &eventv1.Event_ClockAtRisk{ClockAtRisk: &eventv1.ClockAtRisk{Clock: ref, LateBy: durationpb.New(late)}}
	case deadline.AlertBreached:
		e.Payload = &eventv1.Event_ClockBreached{ClockBreached: &eventv1.ClockBreached{Clock: ref, LateBy: durationpb.New(late)}}
	case deadline.AlertRetracted:
		e.Payload = &eventv1.Event_BreachRetracted{BreachRetracted: &eventv1.BreachRetracted{Clock: ref, StopTime: stamp(c.clock.Stop)}}
	case deadline.AlertMet:
		e.Payload = &eventv1.Event_ClockMet{ClockMet: &eventv1.ClockMet{Clock: ref, StopTime: stamp(c.clock.Stop),
			Elapsed: durationpb.New(c.clock.Elapsed)}}
	}
	tx.AfterCommit(func() { s.meters.told(ctx, c, late) })
	return s.emit(ctx, tx, c.handoff, now, e)
}

// escalate emits the event of a step of the ladder.
func (s *Service) escalate(ctx context.Context, tx *sqldb.Tx, c call, n int, late time.Duration, now time.Time) error {
	agreed, err := s.policy(ctx, tx, c.handoff.Playbook)
	if err != nil {
		return err
	}
	step := agreed.ladders[c.clock.Kind][n]
	tx.AfterCommit(func() { s.meters.told(ctx, c, late) })
	return s.emit(ctx, tx, c.handoff, now, &eventv1.Event{Payload: &eventv1.Event_EscalationReached{EscalationReached: &eventv1.EscalationReached{
		Clock: clockRef(c.handoff.ID, c.clock), Handoff: handoffName(c.handoff.ID), Assignment: int32(c.clock.Turn), Step: int32(n) + 1,
		Share: step.GetAt(), Action: step.GetDo(), Notify: step.GetNotify(), LateBy: durationpb.New(late)}}})
}

// emit adds an event about a handoff to the transaction.
func (s *Service) emit(ctx context.Context, tx *sqldb.Tx, h *store.Handoff, now time.Time, e *eventv1.Event) error {
	e.Handoff = handoffName(h.ID)
	e.Subject = e.GetHandoff()
	e.Lead = ident.Name("leads", h.Lead)
	e.Playbook = shelf.Version[agreement]{Number: h.Playbook}.Name()
	e.Partner = h.Partner
	e.Time = timestamppb.New(now)
	return s.log.Emit(ctx, tx, eventlog.Key{Name: e.GetHandoff(), Seq: &h.Events}, e)
}

func clockRef(handoff string, c deadline.Clock) *eventv1.ClockRef {
	return &eventv1.ClockRef{Clock: clockName(handoff, c.Kind, c.Run), Kind: c.Kind.String(), Run: int32(c.Run), Rep: c.Rep, Tier: c.Tier,
		DueTime: stamp(c.Due)}
}

func handoffName(id string) string { return ident.Name("handoffs", id) }

func clockName(handoff string, kind deadline.Kind, run int) string {
	return ident.Name("handoffs", handoff, "clocks", fmt.Sprintf("%s-%d", kind, run))
}

// stamp is an instant as the API gives it; missing for none.
func stamp(at time.Time) *timestamppb.Timestamp {
	if at.IsZero() {
		return nil
	}
	return timestamppb.New(at)
}
