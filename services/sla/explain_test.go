package sla_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

func (b *bench) explain(n int, clock string) *slav1.DeadlineExplanation {
	b.Helper()
	e, err := b.api.ExplainDeadline(b.rep("ann"), &slav1.ExplainDeadlineRequest{Name: handoff(n) + "/clocks/" + clock})
	if err != nil {
		b.Fatal(err)
	}
	return e
}

// TestADeadlineIsExplained has a rep who got a handoff on a Monday at 09:00 pause for an hour at 10:00, and accept on Tuesday.
func TestADeadlineIsExplained(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		us := office("America/New_York")
		us.Holidays = []string{"2026-03-03"}
		us.Breaks = map[string]*slav1.DayHours{"2026-03-02": {Intervals: []*slav1.Interval{{Open: "12:00", Close: "17:00"}}}}
		b.calendar("us", us)
		b.intake(1, "T1", 0)
		b.wait(time.Hour)
		b.pause(b.rep("ann"), pauseOf(1, forProspect, "accept"))
		b.wait(2 * time.Hour)
		b.resume(b.rep("ann"), 1)
		e := b.explain(1, "accept-1")
		equal(b, "clock", e.GetClock(), b.clock(1, "accept-1"))
		span := func(from, until time.Duration, start, end string) *slav1.CountedInterval {
			return &slav1.CountedInterval{StartTime: stamp(at(from)), EndTime: stamp(at(until)), LocalStart: start, LocalEnd: end, Counted: durationpb.New(until - from), Rep: "reps/ann"}
		}
		want := &slav1.DeadlineExplanation{
			Clock: e.GetClock(), From: playbookv1.ClockAnchor_CLOCK_ANCHOR_ASSIGNED, Allowed: durationpb.New(4 * time.Hour), Counted: durationpb.New(4 * time.Hour),
			Terms: []*slav1.AgreedTerm{{Tier: "T1", Within: hours(4 * time.Hour)}}, IntervalCount: 3,
			Intervals: []*slav1.CountedInterval{
				span(0, time.Hour, "Mon 2026-03-02 09:00 EST", "Mon 2026-03-02 10:00 EST"),
				span(2*time.Hour, 3*time.Hour, "Mon 2026-03-02 11:00 EST", "Mon 2026-03-02 12:00 EST"),
				span(48*time.Hour, 50*time.Hour, "Wed 2026-03-04 09:00 EST", "Wed 2026-03-04 11:00 EST")},
			Calendars: []*slav1.CalendarUse{{Calendar: "calendars/us", Edition: 1, TimeZone: "America/New_York", TzdataVersion: e.GetCalendars()[0].GetTzdataVersion()}},
			Days:      []*slav1.UnusualDay{{Date: "2026-03-02", Hours: []string{"09:00-12:00"}}, {Date: "2026-03-03", Holiday: true}},
			Pauses: []*slav1.ExplainedPause{{Reason: forProspect, Role: accessv1.Role_ROLE_SALES_REP, StartTime: stamp(at(time.Hour)),
				EndTime: stamp(at(2 * time.Hour)), RecordTime: stamp(at(time.Hour)), End: slav1.ExplainedPause_END_RESUMED}},
			Shares: []*slav1.OwnerShare{{Rep: "reps/ann", Held: durationpb.New(4 * time.Hour)}},
		}
		equal(b, "explanation", e, want)
		equal(b, "it says whose data of the zone", e.GetCalendars()[0].GetTzdataVersion() != "", true)
		b.room.Tell(b, eventlog.Routing, accepted(1, 1, 2*time.Hour+30*time.Minute))
		equal(b, "what was used", b.explain(1, "accept-1").GetCounted(), durationpb.New(90*time.Minute))
	})
}

// TestALateActivityIsExplained has a call logged within the tolerance, and one after it.
func TestALateActivityIsExplained(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		b.wait(26 * time.Hour)
		b.call(b.rep("ann"), 1, at(time.Hour))
		b.call(b.rep("ann"), 1, at(3*time.Hour))
		equal(b, "activities", b.explain(1, "first_touch-1").GetActivities(), []*slav1.CountedActivity{
			{OccurTime: stamp(at(time.Hour)), RecordTime: stamp(at(26 * time.Hour)), CountTime: stamp(at(26 * time.Hour))},
			{OccurTime: stamp(at(3 * time.Hour)), RecordTime: stamp(at(26 * time.Hour)), CountTime: stamp(at(3 * time.Hour)), Answers: true}})
		equal(b, "no calendar", b.explain(1, "first_touch-1").GetCalendars(), []*slav1.CalendarUse{{TimeZone: "UTC"}})
	})
}

func TestWhatIsForeignIsNotExplained(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		_, err := b.api.ExplainDeadline(b.rep("bob"), &slav1.ExplainDeadlineRequest{Name: handoff(1) + "/clocks/accept-1"})
		_, none := b.api.ExplainDeadline(b.rep("bob"), &slav1.ExplainDeadlineRequest{Name: handoff(2) + "/clocks/accept-1"})
		equal(b, "foreign", errorText(err, 1), errorText(none, 2))
		_, err = b.api.ExplainDeadline(b.admin(), &slav1.ExplainDeadlineRequest{Name: handoff(1) + "/clocks/accept-2"})
		equal(b, "missing", refusal(err), "RESOURCE_NOT_FOUND")
	})
}
