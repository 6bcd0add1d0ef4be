package sla

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// What an explanation holds at most.
const (
	maxIntervals  = 400
	maxDays       = 100
	maxActivities = 50
)

// ExplainDeadline implements SlaService.
func (s *Service) ExplainDeadline(ctx context.Context, req *slav1.ExplainDeadlineRequest) (*slav1.DeadlineExplanation, error) {
	ids := ident.Parse(req.GetName(), "handoffs", "clocks")
	if err := s.admit(ctx, handoffName(ids[0]), req.GetName()); err != nil {
		return nil, err
	}
	v, err := s.standing(ctx, ids[0])
	if err != nil {
		return nil, err
	}
	for _, c := range v.clocks {
		if clockID(c) != ids[1] {
			continue
		}
		if account, ok := deadline.Explain(v.handoff.Facts, v.agreed.clocks, v.almanac, v.now, c.Kind, c.Run); ok {
			return v.explain(account), nil
		}
	}
	return nil, fault.Missing(req.GetName())
}

// explain is an account as the API shows it.
func (v view) explain(a deadline.Account) *slav1.DeadlineExplanation {
	e := &slav1.DeadlineExplanation{Clock: v.clock(a.Clock), From: playbookv1.ClockAnchor(a.From), // numbered alike
		Allowed: durationpb.New(a.Allowed), Counted: durationpb.New(a.Counted), IntervalCount: int32(len(a.Spans))}
	for _, t := range a.Terms {
		e.Terms = append(e.Terms, &slav1.AgreedTerm{ChangeTime: stamp(t.At), Tier: t.Tier, Within: budgetToProto(t.Within)})
	}
	for _, s := range first(a.Spans, maxIntervals) {
		e.Intervals = append(e.Intervals, intervalToProto(s, a.Sources[s.Source].Zone))
	}
	for _, s := range a.Sources {
		e.Calendars = append(e.Calendars, sourceToProto(s))
	}
	for _, d := range first(a.Days, maxDays) {
		e.Days = append(e.Days, dayToProto(d))
	}
	for _, p := range a.Clock.Pauses {
		e.Pauses = append(e.Pauses, standstillToProto(p))
	}
	for _, act := range first(a.Acts, maxActivities) {
		e.Activities = append(e.Activities, &slav1.CountedActivity{OccurTime: stamp(act.Act.Occurred), RecordTime: stamp(act.Act.Recorded),
			CountTime: stamp(act.At), Answers: act.Answers, Flagged: act.At.IsZero()})
	}
	for _, s := range a.Tenures() {
		e.Shares = append(e.Shares, &slav1.OwnerShare{Rep: s.Rep, Held: durationpb.New(s.Held)})
	}
	return e
}

// first are the first of a list, at most so many.
func first[T any](list []T, most int) []T { return list[:min(len(list), most)] }

func intervalToProto(s deadline.Span, zone *time.Location) *slav1.CountedInterval {
	local := func(at time.Time) string { return at.In(zone).Format("Mon 2006-01-02 15:04 MST") }
	return &slav1.CountedInterval{StartTime: stamp(s.From), EndTime: stamp(s.Until), LocalStart: local(s.From), LocalEnd: local(s.Until),
		Counted: durationpb.New(s.Until.Sub(s.From)), Rep: s.Rep, Calendar: int32(s.Source)}
}

func sourceToProto(s deadline.Source) *slav1.CalendarUse {
	use := &slav1.CalendarUse{Edition: s.Edition, TimeZone: s.Zone.String(), TzdataVersion: s.TZData}
	if s.Calendar != "" {
		use.Calendar = calendarName(s.Calendar)
	}
	return use
}

func dayToProto(d deadline.Day) *slav1.UnusualDay {
	day := &slav1.UnusualDay{Date: d.Date.String(), Calendar: int32(d.Source), Holiday: d.Holiday, DisplayName: d.Name}
	for _, h := range d.Hours {
		day.Hours = append(day.Hours, hours(h))
	}
	return day
}

func hours(s worktime.Span) string {
	reading := func(d time.Duration) string { return fmt.Sprintf("%02d:%02d", d/time.Hour, d%time.Hour/time.Minute) }
	return reading(s.Open) + "-" + reading(s.Close)
}

func standstillToProto(s deadline.Standstill) *slav1.ExplainedPause {
	role, _ := auth.ParseRole(s.Pause.Role) // as it was written down
	return &slav1.ExplainedPause{Reason: reasonToProto(s.Pause.Reason), Role: role, StartTime: stamp(s.From), EndTime: stamp(s.Until),
		RecordTime: stamp(s.Pause.Recorded), End: slav1.ExplainedPause_End(s.Why)} // numbered alike
}
