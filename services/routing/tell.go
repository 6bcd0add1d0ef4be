package routing

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// tell makes known what a step led to.
func (w *work) tell(ctx context.Context, p *passage, event lifecycle.Event, c lifecycle.Command) error {
	e, err := w.news(p, event, c)
	if err != nil {
		return err
	}
	if err := w.emit(ctx, p, e); err != nil || event != lifecycle.EventOpened || p.row.Programme == "" {
		return err
	}
	return w.enrol(ctx, p)
}

// enrol has the lead nurtured beside the handoff.
func (w *work) enrol(ctx context.Context, p *passage) error {
	return w.emit(ctx, p, &eventv1.Event{Payload: &eventv1.Event_NurtureEnrolled{NurtureEnrolled: &eventv1.NurtureEnrolled{
		Handoff: handoffName(p.row.ID), Lead: ident.Name("leads", p.row.Lead), Programme: p.row.Programme, Tier: p.row.Tier,
		EnrolTime: timestamppb.New(w.now)}}})
}

// emit adds an event about a handoff to the transaction.
func (w *work) emit(ctx context.Context, p *passage, e *eventv1.Event) error {
	e.Handoff, e.Lead, e.Playbook = handoffName(p.row.ID), ident.Name("leads", p.row.Lead), p.playbook.Name()
	e.Partner, e.Time = p.row.Partner, timestamppb.New(w.now)
	return w.s.log.Emit(ctx, w.tx, eventlog.Key{Name: handoffName(p.row.ID), Seq: &p.row.EventsTold}, e)
}

// news is what an event of the lifecycle says to others.
func (w *work) news(p *passage, event lifecycle.Event, c lifecycle.Command) (*eventv1.Event, error) {
	now, name, last := timestamppb.New(w.now), handoffName(p.row.ID), p.last()
	switch event {
	case lifecycle.EventOpened:
		return &eventv1.Event{Payload: &eventv1.Event_HandoffOpened{HandoffOpened: p.opening()}}, nil
	case lifecycle.EventHeld:
		return &eventv1.Event{Payload: &eventv1.Event_HandoffHeld{HandoffHeld: &eventv1.HandoffHeld{Handoff: name,
			Reason: routingv1.Hold_Reason(p.row.HoldReason), NextAvailableTime: instant(p.row.NextAt),
			PreviousRep: repName(p.takenFrom()), ReassignReason: p.cause}}}, nil
	case lifecycle.EventAssigned:
		return &eventv1.Event{Payload: &eventv1.Event_HandoffAssigned{HandoffAssigned: &eventv1.HandoffAssigned{Handoff: name,
			Assignment: int32(last.Number), Rep: repName(last.Rep), Pool: ident.Name("pools", p.row.Pool), Tier: p.row.Tier,
			Calendar: ident.Name("calendars", w.desk.Calendar(last.Rep, p.lead())), AssignTime: now, PreviousRep: repName(p.previous().Rep),
			ReassignReason: routingv1.ReassignReason(last.Cause), Queue: queueName(last.Queue), CoverFor: repName(p.row.CoverFor)}}}, nil
	case lifecycle.EventAccepted:
		return &eventv1.Event{Payload: &eventv1.Event_HandoffAccepted{HandoffAccepted: &eventv1.HandoffAccepted{Handoff: name,
			Assignment: int32(last.Number), Rep: repName(last.Rep), AcceptTime: now}}}, nil
	case lifecycle.EventDeclined:
		return &eventv1.Event{Payload: &eventv1.Event_HandoffDeclined{HandoffDeclined: &eventv1.HandoffDeclined{Handoff: name,
			Assignment: int32(last.Number), Rep: repName(last.Rep), DeclineTime: now}}}, nil
	case lifecycle.EventRejected:
		return &eventv1.Event{Payload: &eventv1.Event_HandoffRejected{HandoffRejected: &eventv1.HandoffRejected{Handoff: name,
			Assignment: int32(last.Number), Rep: repName(last.Rep), Reason: playbookv1.RejectionReason(last.Reason), RejectTime: now}}}, nil
	case lifecycle.EventClosed:
		step, reason := closing(c)
		return &eventv1.Event{Payload: &eventv1.Event_HandoffClosed{HandoffClosed: &eventv1.HandoffClosed{Handoff: name,
			Lead: ident.Name("leads", p.row.Lead), Outcome: routingv1.Handoff_Outcome(p.row.Outcome), Step: step, Reason: reason,
			Assignment: int32(last.Number), Rep: repName(last.Rep), CloseTime: now}}}, nil
	default:
		return nil, fmt.Errorf("event %v of the lifecycle is not told", event)
	}
}

func (p *passage) opening() *eventv1.HandoffOpened {
	return &eventv1.HandoffOpened{Handoff: handoffName(p.row.ID), Lead: ident.Name("leads", p.row.Lead),
		Account: ident.Name("accounts", p.row.Account), Cycle: int32(p.row.Cycle), Tier: p.row.Tier, Rule: p.row.Rule,
		MqlTime: instant(p.row.MQLAt), Source: p.context.GetSource(), Campaign: p.context.GetCampaign(),
		MissingContext: p.context.GetMissing(), Kind: routingv1.Handoff_Kind(p.row.Kind), Meeting: p.row.Meeting, Rubric: p.rubric,
		LeadMagnet: p.context.GetLeadMagnet()}
}

// last is the newest assignment; empty if there was none.
func (p *passage) last() *store.Assignment {
	if len(p.assignments) == 0 {
		return &store.Assignment{}
	}
	return p.assignments[len(p.assignments)-1]
}

// previous is the assignment before the newest; empty if there was none.
func (p *passage) previous() *store.Assignment {
	if len(p.assignments) < 2 {
		return &store.Assignment{}
	}
	return p.assignments[len(p.assignments)-2]
}

// takenFrom is the rep from whom the handoff is taken for a cause; empty if it is not.
func (p *passage) takenFrom() string {
	if p.cause == 0 {
		return ""
	}
	return p.last().Rep
}

// closing is the verdict that closes a handoff; nothing when it closes without one.
func closing(c lifecycle.Command) (routingv1.Step, playbookv1.RejectionReason) {
	switch c := c.(type) {
	case lifecycle.Reject:
		return routingv1.Step_STEP_REJECT, playbookv1.RejectionReason(c.Reason)
	case lifecycle.Recycle:
		return routingv1.Step_STEP_RECYCLE, 0
	case lifecycle.Dispose:
		return routingv1.Step_STEP_DISPOSE, 0
	default:
		return 0, 0
	}
}
