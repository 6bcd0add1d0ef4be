package sla

import (
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// calendarToProto is a calendar as the API shows it.
func calendarToProto(c *store.Calendar) (*slav1.Calendar, error) {
	out := &slav1.Calendar{}
	if err := proto.Unmarshal(c.Document, out); err != nil {
		return nil, fmt.Errorf("decode calendar %s: %w", c.ID, err)
	}
	out.Name, out.Etag = calendarName(c.ID), etag.Of(c.Version)
	out.CreateTime, out.UpdateTime = stamp(c.CreatedAt), stamp(c.UpdatedAt)
	return out, nil
}

func calendarName(id string) string { return ident.Name("calendars", id) }

// clock is a clock as the API shows it.
func (v view) clock(c deadline.Clock) *slav1.Clock {
	h := v.handoff
	out := &slav1.Clock{
		Name: clockName(h.ID, c.Kind, c.Run), Kind: c.Kind.String(), Run: int32(c.Run),
		State: slav1.Clock_State(c.State), // the states are numbered alike
		Tier:  c.Tier, Rep: c.Rep, StartTime: stamp(c.Start), Budget: budgetToProto(c.Budget),
		Unit: playbookv1.TimeUnit_TIME_UNIT_WALL, Calendar: calendarName(c.Calendar),
		AtRiskTime: stamp(c.AtRisk), DueTime: stamp(c.Due), StopTime: stamp(c.Stop),
		CancelReason: cancelReason(c.Reason), Playbook: shelf.Version[agreement]{Number: h.Playbook}.Name(),
	}
	if c.Business {
		out.Unit = playbookv1.TimeUnit_TIME_UNIT_BUSINESS
	}
	if !c.Stop.IsZero() {
		out.Elapsed, out.TotalElapsed = durationpb.New(c.Elapsed), durationpb.New(c.Total)
	}
	for _, s := range deadline.Segments(h.Facts, v.agreed.clocks, v.almanac, c, v.now) {
		out.Segments = append(out.Segments, &slav1.ClockSegment{Rep: s.Rep, Calendar: calendarName(s.Calendar), CalendarVersion: s.Edition,
			StartTime: stamp(s.From), EndTime: stamp(s.Until), Elapsed: durationpb.New(s.Elapsed)})
	}
	if c.Goal.Budget != (deadline.Budget{}) {
		out.Goal, out.GoalTime = budgetToProto(c.Goal.Budget), stamp(c.Goal.At)
	}
	if met, known := c.GoalMet(v.now); known {
		out.GoalMet = &met
	}
	if c.State == deadline.Paused {
		out.Remaining, out.Pause = durationpb.New(c.Remaining), v.pause(c)
	}
	out.Escalations = v.escalations(c)
	return out
}

// pause is why a clock stands still, as the API shows it.
func (v view) pause(c deadline.Clock) *slav1.ClockPause {
	lasting := c.Standing(v.now)
	newest := lasting[len(lasting)-1]
	return &slav1.ClockPause{Reason: reasonToProto(newest.Pause.Reason), StartTime: stamp(newest.From), ResumeTime: stamp(c.Resume)}
}

// escalations are the steps of a clock's ladder as the API shows them.
func (v view) escalations(c deadline.Clock) []*slav1.Escalation {
	told := v.handoff.Clocks[store.ClockKey{Kind: c.Kind, Run: c.Run}].Told
	var steps []*slav1.Escalation
	for n, step := range v.agreed.ladders[c.Kind] {
		e := &slav1.Escalation{At: step.GetAt(), Notify: step.GetNotify(), Do: step.GetDo(), Reached: told.Has(deadline.AlertStep(n))}
		if c.State.Open() && n < len(c.Ladder) {
			e.ReachTime = stamp(c.Ladder[n])
		}
		steps = append(steps, e)
	}
	return steps
}

// cancelReason is why a clock was cancelled, as the API names it.
func cancelReason(r deadline.Reason) slav1.Clock_CancelReason {
	return slav1.Clock_CancelReason(slav1.Clock_CancelReason_value["CANCEL_REASON_"+string(r)])
}

func budgetToProto(b deadline.Budget) *playbookv1.Budget {
	if b.Days > 0 {
		return &playbookv1.Budget{Amount: &playbookv1.Budget_Days{Days: int32(b.Days)}}
	}
	return &playbookv1.Budget{Amount: &playbookv1.Budget_Time{Time: durationpb.New(b.Time)}}
}

// activityToProto is an activity as the API shows it.
func activityToProto(a store.Activity) *slav1.Activity {
	return &slav1.Activity{Name: activityName(a), Type: slav1.Activity_Type(a.Type), OccurTime: stamp(a.OccurAt), Rep: a.Rep,
		Automated: a.Automated, Source: a.Source, SourceId: a.SourceID, RecordTime: stamp(a.RecordAt),
		Suspect: a.Suspect, ConfirmTime: stamp(a.ConfirmAt)}
}

func activityName(a store.Activity) string {
	return ident.Name("handoffs", a.Handoff, "activities", a.ID)
}
