package sla_test

import (
	"testing"
	"time"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"google.golang.org/protobuf/types/known/durationpb"
)

// passOn gives a handoff of version 3 to bob.
func (b *bench) passOn(n int, when time.Duration) {
	b.Helper()
	b.wait(when)
	e := assigned(n, 2, "bob", "", when)
	e.Playbook = "playbooks/3"
	b.room.Tell(b, eventlog.Routing, e)
}

func TestAClockRestartsOrCarriesOnAsThePlaybookSays(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intakeBy("playbooks/3", 1, "T2")
		b.passOn(1, 2*time.Hour)
		equal(b, "the first run", b.standing(1)["reply-1"], "REASSIGNED")
		equal(b, "starts anew", b.clock(1, "reply-2").GetDueTime(), stamp(at(5*time.Hour)))
		equal(b, "carries on", b.clock(1, "first_touch-1").GetStartTime(), stamp(at(0)))
		b.do(1, slav1.Activity_TYPE_REPLY, 4*time.Hour)
		c := b.clock(1, "reply-2")
		equal(b, "answered", c.GetState(), slav1.Clock_STATE_MET)
		equal(b, "used", []time.Duration{c.GetElapsed().AsDuration(), c.GetTotalElapsed().AsDuration()}, []time.Duration{2 * time.Hour, 4 * time.Hour})
		var told []*eventv1.ClockMet
		for _, e := range b.room.Told(b) {
			if m := e.GetClockMet(); m.GetClock().GetKind() == "reply" {
				told = append(told, m)
			}
		}
		equal(b, "told of the second run alone", len(told), 1)
		equal(b, "who did it", told[0].GetClock().GetRep(), "reps/bob")
	})
}

func TestEachOwnersShareIsShown(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intakeBy("playbooks/3", 1, "T2")
		b.passOn(1, 2*time.Hour)
		b.wait(3 * time.Hour)
		equal(b, "so far", b.clock(1, "first_touch-1").GetSegments(), []*slav1.ClockSegment{
			{Rep: "reps/ann", StartTime: stamp(at(0)), EndTime: stamp(at(2 * time.Hour)), Elapsed: durationpb.New(2 * time.Hour)},
			{Rep: "reps/bob", StartTime: stamp(at(2 * time.Hour)), Elapsed: durationpb.New(time.Hour)}})
		accept := b.clock(1, "accept-2").GetSegments()
		equal(b, "in its calendar", []any{accept[0].GetCalendar(), accept[0].GetCalendarVersion()}, []any{"calendars/us", int64(1)})
	})
}
