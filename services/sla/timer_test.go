package sla_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/sla"
)

func TestAClockWarnsAndIsCalledOutOneSecondAfterItsDeadline(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.room.Tell(b, eventlog.Scoring, qualified(1, 0))
		b.wait(3*time.Minute + 44*time.Second)
		equal(b, "before anything", b.alarms(), nil)
		b.wait(5 * time.Minute)
		equal(b, "at the deadline", b.alarms(), []string{"at risk assign-1 3m45s"})
		equal(b, "it is not overdue yet", b.standing(1)["assign-1"], "RUNNING")
		b.wait(5*time.Minute + time.Microsecond)
		equal(b, "overdue at once", b.standing(1)["assign-1"], "OVERDUE")
		equal(b, "but nobody is paged within the second", len(b.alarms()), 1)
		b.wait(time.Hour)
		equal(b, "told", b.alarms(), []string{"at risk assign-1 3m45s", "breached assign-1 5m1s"})

		told := b.room.Told(b)
		breach := told[len(told)-1]
		equal(b, "the breach", breach.GetClockBreached(), &eventv1.ClockBreached{LateBy: durationpb.New(0), Clock: &eventv1.ClockRef{
			Clock: handoff(1) + "/clocks/assign-1", Kind: "assign", Run: 1, DueTime: stamp(at(5 * time.Minute))}})
		equal(b, "its envelope", clear(breach, "clock_breached", "id", "source", "type", "seq"), &eventv1.Event{Subject: handoff(1), Key: handoff(1),
			Handoff: handoff(1), Lead: lead(1), Playbook: "playbooks/1", Time: stamp(at(5*time.Minute + time.Second)), Test: true})
		b.room.Tell(b, eventlog.Routing, opened(1, "T1", 0), assigned(1, 1, "ann", "", 2*time.Hour))
		equal(b, "missed, and told once", b.standing(1)["assign-1"], "MISSED")
		equal(b, "told once", len(b.alarms()), 2)
	})
}

func TestAfterAStandstillEverythingFiresInOrderAndSaysHowLate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		for n := 1; n <= 3; n++ {
			b.room.Tell(b, eventlog.Scoring, qualified(n, time.Duration(n)*10*time.Second))
		}
		b.room.Clock.Set(at(time.Hour))
		if err := b.service.Fire(b.Context()); err != nil {
			t.Fatal(err)
		}
		var lateness []time.Duration
		for _, e := range b.room.Told(b) {
			switch p := e.GetPayload().(type) {
			case *eventv1.Event_ClockAtRisk:
				lateness = append(lateness, p.ClockAtRisk.GetLateBy().AsDuration())
			case *eventv1.Event_ClockBreached:
				lateness = append(lateness, p.ClockBreached.GetLateBy().AsDuration())
			}
		}
		risk, ring := 56*time.Minute+15*time.Second, 54*time.Minute+59*time.Second
		equal(b, "late by", lateness, []time.Duration{risk - 10*time.Second, risk - 20*time.Second, risk - 30*time.Second,
			ring - 10*time.Second, ring - 20*time.Second, ring - 30*time.Second})
	})
}

// TestManyFireInOrder has more clocks than one transaction takes.
func TestManyFireInOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		const leads = 1203
		var events []*eventv1.Event
		for n := range leads {
			events = append(events, qualified(n+1, time.Duration(leads-n)*time.Millisecond))
		}
		for part := range slices.Chunk(events, 200) {
			b.room.Tell(b, eventlog.Scoring, part...)
		}
		b.room.Clock.Set(at(time.Hour))
		if err := b.service.Fire(b.Context()); err != nil {
			t.Fatal(err)
		}
		var instants []time.Time
		told := map[string]int{}
		for _, e := range b.room.Told(b) {
			switch p := e.GetPayload().(type) {
			case *eventv1.Event_ClockAtRisk:
				told["at risk "+e.GetHandoff()]++
				instants = append(instants, e.GetTime().AsTime().Add(-p.ClockAtRisk.GetLateBy().AsDuration()))
			case *eventv1.Event_ClockBreached:
				told["breached "+e.GetHandoff()]++
				instants = append(instants, e.GetTime().AsTime().Add(-p.ClockBreached.GetLateBy().AsDuration()))
			}
		}
		equal(b, "alerts", len(instants), 2*leads)
		equal(b, "different ones", len(told), 2*leads)
		equal(b, "in order", slices.IsSortedFunc(instants, time.Time.Compare), true)
		_, ok, err := b.service.NextDue(b.Context())
		equal(b, "something left", ok, false)
		equal(b, "error", err, nil)
	})
}

func TestABreachIsRetractedWhenATouchWasRecordedLate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		b.wait(10 * time.Hour)
		equal(b, "before", b.standing(1)["first_touch-1"], "OVERDUE")
		b.call(b.admin(), 1, at(3*time.Hour))
		equal(b, "after", b.standing(1)["first_touch-1"], "MET")
		equal(b, "told", only(b.alarms(), "first_touch-1"), []string{"at risk first_touch-1 3h0m0s", "breached first_touch-1 4h0m1s",
			"retracted first_touch-1 10h0m0s", "met first_touch-1 10h0m0s"})
	})
}

func TestABreachIsRetractedWhenAnAnswerWasOnItsWay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		b.wait(4*time.Hour + 10*time.Second)
		b.room.Tell(b, eventlog.Routing, accepted(1, 1, 4*time.Hour)) // at the very instant of the deadline
		equal(b, "state", b.standing(1)["accept-1"], "MET")
		equal(b, "told", only(b.alarms(), "accept-1"), []string{"at risk accept-1 3h0m0s", "breached accept-1 4h0m1s",
			"retracted accept-1 4h0m10s", "met accept-1 4h0m10s"})
	})
}

func TestATouchRecordedTooLateCountsWhenItWasRecorded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		b.wait(30 * time.Hour)
		b.call(b.admin(), 1, at(3*time.Hour))
		c := b.clock(1, "first_touch-1")
		equal(b, "state", c.GetState().String(), "STATE_MISSED")
		equal(b, "stopped", c.GetStopTime(), stamp(at(30*time.Hour)))
		equal(b, "told", only(b.alarms(), "first_touch-1"), []string{"at risk first_touch-1 3h0m0s", "breached first_touch-1 4h0m1s"})
	})
}

func TestDisposingOfAnUntouchedLeadBreaches(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		b.room.Clock.Set(at(time.Hour))
		b.room.Tell(b, eventlog.Routing, accepted(1, 1, time.Hour), closed(1, routingv1.Step_STEP_DISPOSE, routingv1.Handoff_OUTCOME_NURTURE, 1, time.Hour))
		equal(b, "state", b.standing(1)["first_touch-1"], "MISSED")
		equal(b, "told", only(b.alarms(), "first_touch-1"), []string{"breached first_touch-1 1h0m0s"})
	})
}

// only keeps the alarms of a clock.
func only(alarms []string, clock string) []string {
	return slices.DeleteFunc(alarms, func(a string) bool { return !strings.Contains(a, " "+clock+" ") })
}

// TestTwoLoopsTellEachAlertOnce has two replicas fire at the same time, while answers come in.
func TestTwoLoopsTellEachAlertOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		const leads = 60
		for n := 1; n <= leads; n++ {
			b.intake(n, "T1", 0)
		}
		second := b.serve(t, &roomtest.Room{Host: b.room.Host, Clock: b.room.Clock})
		b.room.Clock.Set(at(5 * time.Hour))

		var all sync.WaitGroup
		for _, service := range []*sla.Service{b.service, second, b.service, second} {
			all.Go(func() {
				if err := service.Fire(b.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Go(func() {
			for n := 1; n <= leads; n += 3 {
				b.call(b.admin(), n, at(time.Hour))
			}
		})
		all.Wait()
		if err := second.Fire(b.Context()); err != nil {
			t.Fatal(err)
		}
		told := map[string]int{}
		for _, e := range b.room.Told(b) {
			switch p := e.GetPayload().(type) {
			case *eventv1.Event_ClockAtRisk:
				told["at risk "+p.ClockAtRisk.GetClock().GetClock()]++
			case *eventv1.Event_ClockBreached:
				told["breached "+p.ClockBreached.GetClock().GetClock()]++
			case *eventv1.Event_BreachRetracted:
				told["retracted "+p.BreachRetracted.GetClock().GetClock()]++
			case *eventv1.Event_ClockMet:
				told["met "+p.ClockMet.GetClock().GetClock()]++
			}
		}
		for n := 1; n <= leads; n++ {
			touch := handoff(n) + "/clocks/first_touch-1"
			answered := 0
			if n%3 == 1 {
				answered = 1
			}
			equal(b, "met "+touch, told["met "+touch], answered)
			equal(b, "missed and not retracted "+touch, told["breached "+touch]-told["retracted "+touch], 1-answered)
		}
		for alert, count := range told {
			equal(b, alert, count, 1)
		}
	})
}

// standIn is a client to a playbook service, without a connection.
type standIn struct {
	playbookv1.PlaybookServiceClient
}

func (standIn) GetPlaybook(context.Context, *playbookv1.GetPlaybookRequest, ...grpc.CallOption) (*playbookv1.Playbook, error) {
	return &playbookv1.Playbook{Document: document()}, nil
}
