package sla

import (
	"context"
	"fmt"
	"slices"
	"time"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// maxPauses is how many pauses a handoff can have, with all incidents.
const maxPauses = 50

// hold locks a handoff and works its clocks out.
func (s *Service) hold(ctx context.Context, tx *sqldb.Tx, handoff string, now time.Time) (view, error) {
	id := ident.ID(handoff, "handoffs")
	all, err := store.Lock(ctx, tx, id)
	if err != nil {
		return view{}, err
	}
	return s.view(ctx, tx, all[id], now, store.Consult)
}

// allow refuses a pause that the playbook does not grant, or that is not the rep's to make.
func (v view) allow(p deadline.Pause, now time.Time) error {
	name, past := handoffName(v.handoff.ID), v.handoff.Facts.Pauses
	if v.handoff.Playbook == 0 {
		return nothing(name)
	}
	if p.Role == auth.RoleName(accessv1.Role_ROLE_SALES_REP) && !v.handoff.Facts.Has(p.Rep, now) {
		return denied("only who has the handoff, or stands in for them, waits for the prospect")
	}
	if err := v.nameable(p.Kinds); err != nil {
		return err
	}
	chosen := slices.DeleteFunc(slices.Clone(past), func(p deadline.Pause) bool { return p.Reason == deadline.SystemIncident })
	rules := v.agreed.clocks.Pauses
	_, granted := rules.AtMost[p.Reason]
	switch {
	case !granted:
		return fault.Field("reason", "%s grants no pause for %s", v.playbook(), spoken(p.Reason))
	case p.Reason != deadline.SystemIncident && len(chosen) >= rules.PerHandoff, len(past) >= maxPauses:
		return fault.Refused(name, "PAUSES_SPENT", "the handoff has had %d pauses, and %s grants no more", len(past), v.playbook())
	}
	return nil
}

// nameable makes sure that clocks of some kinds can stand still.
func (v view) nameable(kinds []deadline.Kind) error {
	for i, kind := range kinds {
		field := fmt.Sprintf("kinds[%d]", i)
		if _, known := v.agreed.clocks.Rules[kind]; !known {
			return fault.Field(field, "%s has no clock %s", v.playbook(), kind)
		}
		if !kind.MayPause() {
			return fault.Field(field, "the clock %s never stands still", kind)
		}
	}
	return nil
}

// held are the clocks for which a pause holds that was just made.
func (v view) held(p deadline.Pause, before view) ([]deadline.Clock, error) {
	name := handoffName(v.handoff.ID)
	var still []deadline.Clock
	for _, c := range v.clocks {
		if !slices.ContainsFunc(c.Pauses, func(s deadline.Standstill) bool { return s.Pause.Number == p.Number }) {
			continue
		}
		if before.state(c) == deadline.Paused && p.Reason != deadline.SystemIncident {
			return nil, fault.Refused(name, "PAUSED", "the clock %s stands still already", clockID(c))
		}
		still = append(still, c)
	}
	if len(still) == 0 {
		return nil, nothing(name)
	}
	return still, nil
}

func nothing(handoff string) error {
	return fault.Refused(handoff, "NOT_RUNNING", "no clock of the handoff has time left that could stand still")
}

// lasting are the numbers of the pauses because of which clocks stand still. The caller must be one who may end them.
func (v view) lasting(who pauser, now time.Time) ([]int, error) {
	var numbers []int
	for _, c := range v.clocks {
		for _, still := range c.Standing(now) {
			role, ok := who.as(still.Pause.Reason)
			if rep := role == accessv1.Role_ROLE_SALES_REP; !ok || rep && !v.handoff.Facts.Has(who.rep, now) {
				return nil, denied("a pause for %s is not the caller's to end", spoken(still.Pause.Reason))
			}
			numbers = append(numbers, still.Pause.Number)
		}
	}
	if len(numbers) == 0 {
		return nil, fault.Refused(handoffName(v.handoff.ID), "NOT_PAUSED", "no clock of the handoff stands still")
	}
	return numbers, nil
}

// moved are the clocks that stood still before and go on now.
func (v view) moved(before view) []deadline.Clock {
	var moved []deadline.Clock
	for _, c := range v.clocks {
		if before.state(c) == deadline.Paused && c.State != deadline.Paused {
			moved = append(moved, c)
		}
	}
	return moved
}

// state is where a clock stands in the view; none if it is not there.
func (v view) state(c deadline.Clock) deadline.State {
	for _, other := range v.clocks {
		if other.Kind == c.Kind && other.Run == c.Run {
			return other.State
		}
	}
	return 0
}

// show is clocks as the API shows them, in the order in which they started.
func (v view) show(clocks []deadline.Clock) []*slav1.Clock {
	slices.SortStableFunc(clocks, byStart)
	var shown []*slav1.Clock
	for _, c := range clocks {
		shown = append(shown, v.clock(c))
	}
	return shown
}

func (v view) playbook() string { return shelf.Version[agreement]{Number: v.handoff.Playbook}.Name() }

// pausedEvent tells of a pause.
func pausedEvent(h *store.Handoff, p deadline.Pause, still []deadline.Clock) *eventv1.Event {
	return &eventv1.Event{Payload: &eventv1.Event_ClocksPaused{ClocksPaused: &eventv1.ClocksPaused{
		Handoff: handoffName(h.ID), Pause: int32(p.Number), Reason: reasonToProto(p.Reason), Clocks: clockRefs(h.ID, still),
		StartTime: stamp(p.From), EndTime: stamp(p.Until)}}}
}

// resumedEvent tells that clocks go on.
func resumedEvent(h *store.Handoff, moved []deadline.Clock, at time.Time, why deadline.Resumption) *eventv1.Event {
	return &eventv1.Event{Payload: &eventv1.Event_ClocksResumed{ClocksResumed: &eventv1.ClocksResumed{
		Handoff: handoffName(h.ID), Clocks: clockRefs(h.ID, moved), ResumeTime: stamp(at),
		Cause: eventv1.ClocksResumed_Cause(why)}}} // the causes are numbered alike
}

func clockRefs(handoff string, clocks []deadline.Clock) []*eventv1.ClockRef {
	var refs []*eventv1.ClockRef
	for _, c := range clocks {
		refs = append(refs, clockRef(handoff, c))
	}
	return refs
}

// goesOn adds to what is to be told that a clock that stood still goes on by itself. Clocks that do so together are told of as
// one.
func goesOn(calls []call, h *store.Handoff, c deadline.Clock) []call {
	last, ok := c.WentOn()
	if !ok || last.Why != deadline.ResumedAsAgreed && last.Why != deadline.ResumedAtLimit {
		return calls
	}
	for i := range calls {
		if other := &calls[i]; len(other.resumed) > 0 && other.why == last.Why && other.alarm.At.Equal(last.Until) {
			other.resumed = append(other.resumed, c)
			return calls
		}
	}
	return append(calls, call{handoff: h, resumed: []deadline.Clock{c}, why: last.Why, alarm: deadline.Alarm{At: last.Until}})
}
