package sla_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/clock"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/sla"
)

// laddered puts events under the playbook that has ladders.
func laddered(events ...*eventv1.Event) []*eventv1.Event {
	for _, e := range events {
		e.Playbook = "playbooks/2"
	}
	return events
}

// climb is intake under the playbook that has ladders.
func (b *bench) climb(n int, when time.Duration) {
	b.Helper()
	b.room.Tell(b, eventlog.Scoring, laddered(qualified(n, when))...)
	b.room.Tell(b, eventlog.Routing, laddered(opened(n, "T2", when), assigned(n, 1, "ann", "", when))...)
	b.routing.handoffs[handoff(n)] = &routingv1.Handoff{Name: handoff(n), Rep: "reps/ann"}
}

// steps are what ladders have told.
func (b *bench) steps() []*eventv1.EscalationReached {
	b.Helper()
	var all []*eventv1.EscalationReached
	for _, e := range b.room.Told(b) {
		if p := e.GetEscalationReached(); p != nil {
			all = append(all, p)
		}
	}
	return all
}

// TestALadderIsClimbedStepByStep has nobody accept a lead that came at nine in the morning.
func TestALadderIsClimbedStepByStep(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.climb(1, 0)
		b.wait(5*time.Hour + 59*time.Minute)
		equal(b, "by three", only(b.alarms(), "accept-1"), []string{"step 1 of accept-1 2h0m0s", "at risk accept-1 3h0m0s",
			"breached accept-1 4h0m1s", "step 2 of accept-1 4h0m1s"})
		escalations := b.clock(1, "accept-1").GetEscalations()
		equal(b, "the ladder", escalations[1:3], []*slav1.Escalation{
			{At: 1, Notify: []string{"manager", "rep"}, ReachTime: stamp(at(4*time.Hour + time.Second)), Reached: true},
			{At: 1.5, Notify: []string{"manager"}, Do: playbookv1.EscalationAction_ESCALATION_ACTION_REASSIGN, ReachTime: stamp(at(6 * time.Hour))}})
		b.wait(48 * time.Hour)
		equal(b, "by the day after tomorrow", only(b.alarms(), "accept-1")[4:], []string{"step 3 of accept-1 6h0m0s", "step 4 of accept-1 8h0m0s"})
		equal(b, "of the other clock", only(b.alarms(), "first_touch-1")[:2], []string{"at risk first_touch-1 18h0m0s", "step 1 of first_touch-1 18h0m0s"})
		equal(b, "the step that passes it on", b.steps()[2], &eventv1.EscalationReached{Handoff: handoff(1), Assignment: 1, Step: 3, Share: 1.5,
			Action: playbookv1.EscalationAction_ESCALATION_ACTION_REASSIGN, Notify: []string{"manager"}, LateBy: durationpb.New(0),
			Clock: &eventv1.ClockRef{Clock: handoff(1) + "/clocks/accept-1", Kind: "accept", Run: 1, Rep: "reps/ann", Tier: "T2", DueTime: stamp(at(4 * time.Hour))}})
	})
}

// TestALadderEndsWithItsClock has ann answer none, bob accept in time, and nobody else ever asked again.
func TestALadderEndsWithItsClock(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.climb(1, 0)
		b.wait(6*time.Hour + time.Minute)
		b.room.Tell(b, eventlog.Routing, laddered(assigned(1, 2, "bob", "", 6*time.Hour))...)
		b.wait(24*time.Hour + 30*time.Minute) // half past nine; bob has had it for two hours and a half of work
		b.room.Tell(b, eventlog.Routing, laddered(accepted(1, 2, 24*time.Hour+30*time.Minute))...)
		b.wait(72 * time.Hour)
		equal(b, "of ann", only(b.alarms(), "accept-1"), []string{"step 1 of accept-1 2h0m0s", "at risk accept-1 3h0m0s",
			"breached accept-1 4h0m1s", "step 2 of accept-1 4h0m1s", "step 3 of accept-1 6h0m0s"})
		equal(b, "of bob", only(b.alarms(), "accept-2"), []string{"step 1 of accept-2 8h0m0s", "met accept-2 24h30m0s"})
		equal(b, "whose it was", b.steps()[3].GetAssignment(), 2)
		for _, e := range b.clock(1, "accept-2").GetEscalations()[1:] {
			equal(b, "still to come", e.GetReached() || e.GetReachTime() != nil, false)
		}
	})
}

// TestAfterAStandstillLaddersAreClimbedInDueOrder has three handoffs whose steps lie between each other's.
func TestAfterAStandstillLaddersAreClimbedInDueOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		for n := 1; n <= 3; n++ {
			b.climb(n, time.Duration(n)*time.Minute)
		}
		b.room.Clock.Set(at(6*time.Hour + 2*time.Minute + 30*time.Second))
		if err := b.service.Fire(b.Context()); err != nil {
			t.Fatal(err)
		}
		type reached struct {
			Handoff string
			Step    int32
			Late    time.Duration
		}
		var got []reached
		for _, s := range b.steps() {
			got = append(got, reached{s.GetHandoff(), s.GetStep(), s.GetLateBy().AsDuration()})
		}
		half, whole, passed := 4*time.Hour+2*time.Minute+30*time.Second, 2*time.Hour+2*time.Minute+29*time.Second, 2*time.Minute+30*time.Second
		equal(b, "steps", got, []reached{
			{handoff(1), 1, half - time.Minute}, {handoff(2), 1, half - 2*time.Minute}, {handoff(3), 1, half - 3*time.Minute},
			{handoff(1), 2, whole - time.Minute}, {handoff(2), 2, whole - 2*time.Minute}, {handoff(3), 2, whole - 3*time.Minute},
			{handoff(1), 3, passed - time.Minute}, {handoff(2), 3, passed - 2*time.Minute}})
	})
}

// TestACalendarMovesTheStepsThatAreLeft closes the office at noon after the first step was told.
func TestACalendarMovesTheStepsThatAreLeft(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.climb(1, 0)
		b.wait(2*time.Hour + 30*time.Minute)
		short := office("America/New_York")
		for _, day := range short.GetHours() {
			day.Intervals[0].Close = "12:00"
		}
		short.Name = "calendars/us"
		if _, err := b.api.UpdateCalendar(b.admin(), &slav1.UpdateCalendarRequest{Calendar: short,
			UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"hours"}}}); err != nil {
			t.Fatal(err)
		}
		b.wait(72 * time.Hour)
		equal(b, "told", only(b.alarms(), "accept-1"), []string{"step 1 of accept-1 2h0m0s", "at risk accept-1 3h0m0s",
			"breached accept-1 25h0m1s", "step 2 of accept-1 25h0m1s", "step 3 of accept-1 27h0m0s", "step 4 of accept-1 50h0m0s"})
	})
}

// TestSeveralReplicasClimbALadderOnce has four loops of two replicas fire at once.
func TestSeveralReplicasClimbALadderOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		const leads = 40
		for n := 1; n <= leads; n++ {
			b.climb(n, 0)
		}
		second := b.serve(t, &roomtest.Room{Host: b.room.Host, Clock: b.room.Clock})
		b.room.Clock.Set(at(7 * time.Hour))
		var all sync.WaitGroup
		for _, service := range []*sla.Service{b.service, second, b.service, second} {
			all.Go(func() {
				if err := service.Fire(b.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		told := map[string]int{}
		for _, a := range b.steps() {
			told[a.GetClock().GetClock()]++
		}
		equal(b, "clocks", len(told), leads)
		for which, n := range told {
			equal(b, which, n, 3)
		}
	})
}

// TestOneBadRowStopsNoTimer makes the facts of one handoff unreadable: every other is told in time, and this one once it is
// mended. Its calendar's change moves the others, too.
func TestOneBadRowStopsNoTimer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		for n := 1; n <= 3; n++ {
			b.climb(n, 0)
		}
		facts := b.spoil(2, "nonsense")
		b.room.Clock.Set(at(2 * time.Hour))
		if err := b.service.Fire(b.Context()); err != nil {
			t.Fatal(err)
		}
		equal(b, "told", only(b.alarms(), "accept-1"), []string{"step 1 of accept-1 2h0m0s", "step 1 of accept-1 2h0m0s"})
		next, ok, err := b.service.NextDue(b.Context())
		equal(b, "tried again", ok && err == nil && next.Equal(at(2*time.Hour+time.Minute)), true)

		calendar := office("America/New_York")
		calendar.Name, calendar.Hours["mon"].Intervals[0].Close = "calendars/us", "12:00"
		if _, err := b.api.UpdateCalendar(b.admin(), &slav1.UpdateCalendarRequest{Calendar: calendar}); err != nil {
			t.Fatal(err)
		}
		b.wait(2*time.Hour + 30*time.Minute)
		equal(b, "moved", b.clock(3, "accept-1").GetDueTime(), stamp(at(25*time.Hour)))
		b.spoil(2, facts)
		b.wait(2*time.Hour + 31*time.Minute)
		steps := b.steps()
		equal(b, "told late", steps[len(steps)-1].GetHandoff() == handoff(2) && steps[len(steps)-1].GetLateBy().AsDuration() > 30*time.Minute, true)
		equal(b, "once each", len(steps), 3)
	})
}

// spoil writes over the facts of a handoff, and gives those that were there.
func (b *bench) spoil(n int, facts string) (before string) {
	b.Helper()
	err := b.room.Host.DB.InTx(b.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT facts FROM handoff WHERE id = $1`, id(n)).Scan(&before); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE handoff SET facts = $1 WHERE id = $2`, facts, id(n))
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return before
}

// TestTheLoopKeepsAPaceThroughABacklog lets time pass only while the loop waits: a backlog takes some.
func TestTheLoopKeepsAPaceThroughABacklog(t *testing.T) {
	t.Parallel()
	migrations, err := sla.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		b := &bench{TB: t, room: roomtest.New(t, sqldbtest.SQLite(t, migrations)), routing: &routing{}}
		b.room.Host.Now, b.room.Host.Test = clock.System, false
		service, err := sla.New(t.Context(), sla.Config{Host: b.room.Host, Playbook: standIn{}, Routing: struct{ routingv1.RoutingServiceClient }{}})
		if err != nil {
			t.Fatal(err)
		}
		b.room.Serve(t, service)
		from := time.Since(roomtest.Start) - time.Hour
		var events []*eventv1.Event
		for n := range 1200 {
			events = append(events, qualified(n+1, from))
		}
		for part := range slices.Chunk(events, 300) {
			b.room.Tell(b, eventlog.Scoring, part...)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- service.Run(ctx) }()
		synctest.Wait()
		began := time.Now()
		told := len(b.alarms())
		equal(b, "at once", told > 0 && told < 2400, true)
		for len(b.alarms()) < 2400 {
			time.Sleep(10 * time.Millisecond)
			synctest.Wait()
		}
		took := time.Since(began)
		equal(b, "in a while, and not for ever", took >= 100*time.Millisecond && took < time.Second, true)
		cancel()
		equal(b, "end", <-done, nil)
	})
}
