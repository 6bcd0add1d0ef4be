package sla_test

import (
	"time"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// about makes an event about the n-th handoff.
func about(n int, when time.Duration, e *eventv1.Event) *eventv1.Event {
	e.Handoff, e.Lead, e.Playbook, e.Time = handoff(n), lead(n), "playbooks/1", stamp(at(when))
	return e
}

func qualified(n int, when time.Duration) *eventv1.Event {
	return about(n, when, &eventv1.Event{Payload: &eventv1.Event_LeadQualified{LeadQualified: &eventv1.LeadQualified{
		Handoff: handoff(n), Lead: lead(n), MqlTime: stamp(at(when)), Context: &scoringv1.LeadContext{Source: "website"}}}})
}

func merged(n int, when time.Duration) *eventv1.Event {
	e := &eventv1.Event{Lead: lead(n), Time: stamp(at(when))}
	e.Payload = &eventv1.Event_LeadMerged{LeadMerged: &eventv1.LeadMerged{Survivor: lead(999), Merged: lead(n)}}
	return e
}

func unmerged(n int, when time.Duration) *eventv1.Event {
	e := &eventv1.Event{Lead: lead(n), Time: stamp(at(when))}
	e.Payload = &eventv1.Event_LeadUnmerged{LeadUnmerged: &eventv1.LeadUnmerged{Survivor: lead(999), Restored: lead(n)}}
	return e
}

func opened(n int, tier string, mql time.Duration, missing ...playbookv1.ContextField) *eventv1.Event {
	return about(n, mql, &eventv1.Event{Payload: &eventv1.Event_HandoffOpened{HandoffOpened: &eventv1.HandoffOpened{
		Handoff: handoff(n), Lead: lead(n), Tier: tier, MqlTime: stamp(at(mql)), MissingContext: missing}}})
}

func assigned(n int, number int32, rep, calendar string, when time.Duration) *eventv1.Event {
	return about(n, when, &eventv1.Event{Payload: &eventv1.Event_HandoffAssigned{HandoffAssigned: &eventv1.HandoffAssigned{
		Handoff: handoff(n), Assignment: number, Rep: "reps/" + rep, Pool: "pools/west", Calendar: calendar, AssignTime: stamp(at(when))}}})
}

func held(n int, when time.Duration) *eventv1.Event {
	return about(n, when, &eventv1.Event{Payload: &eventv1.Event_HandoffHeld{HandoffHeld: &eventv1.HandoffHeld{Handoff: handoff(n)}}})
}

func raised(n int, to string, when time.Duration) *eventv1.Event {
	return about(n, when, &eventv1.Event{Payload: &eventv1.Event_HandoffTierChanged{HandoffTierChanged: &eventv1.HandoffTierChanged{
		Handoff: handoff(n), ToTier: to, ChangeTime: stamp(at(when))}}})
}

func accepted(n int, number int32, when time.Duration) *eventv1.Event {
	return about(n, when, &eventv1.Event{Payload: &eventv1.Event_HandoffAccepted{HandoffAccepted: &eventv1.HandoffAccepted{
		Handoff: handoff(n), Assignment: number, AcceptTime: stamp(at(when))}}})
}

func declined(n int, number int32, when time.Duration) *eventv1.Event {
	return about(n, when, &eventv1.Event{Payload: &eventv1.Event_HandoffDeclined{HandoffDeclined: &eventv1.HandoffDeclined{
		Handoff: handoff(n), Assignment: number, DeclineTime: stamp(at(when))}}})
}

func rejected(n int, number int32, when time.Duration) *eventv1.Event {
	return about(n, when, &eventv1.Event{Payload: &eventv1.Event_HandoffRejected{HandoffRejected: &eventv1.HandoffRejected{
		Handoff: handoff(n), Assignment: number, RejectTime: stamp(at(when)),
		Reason: playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_BUDGET}}})
}

func closed(n int, step routingv1.Step, outcome routingv1.Handoff_Outcome, number int32, when time.Duration) *eventv1.Event {
	c := &eventv1.HandoffClosed{Handoff: handoff(n), Lead: lead(n), Step: step, Outcome: outcome, Assignment: number, CloseTime: stamp(at(when))}
	if step == routingv1.Step_STEP_REJECT {
		c.Reason = playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_BUDGET
	}
	return about(n, when, &eventv1.Event{Payload: &eventv1.Event_HandoffClosed{HandoffClosed: c}})
}

// intake tells of a lead that qualifies, is opened in a tier and given to ann at once.
func (b *bench) intake(n int, tier string, when time.Duration) {
	b.Helper()
	b.room.Tell(b, eventlog.Scoring, qualified(n, when))
	b.room.Tell(b, eventlog.Routing, opened(n, tier, when), assigned(n, 1, "ann", "", when))
	b.routing.handoffs[handoff(n)] = &routingv1.Handoff{Name: handoff(n), Rep: "reps/ann"}
}
