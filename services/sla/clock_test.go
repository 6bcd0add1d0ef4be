package sla_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

func TestALeadRunsItsClocks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.room.Tell(b, eventlog.Scoring, qualified(1, 0))
		equal(b, "qualified", b.standing(1), map[string]string{"assign-1": "RUNNING"})
		b.room.Tell(b, eventlog.Routing, opened(1, "T2", 0), assigned(1, 1, "ann", "", time.Minute))
		equal(b, "assigned", b.standing(1), map[string]string{"assign-1": "MET", "accept-1": "RUNNING", "first_touch-1": "RUNNING", "demo_booked-1": "RUNNING"})
		b.room.Tell(b, eventlog.Routing, declined(1, 1, time.Hour), assigned(1, 2, "bob", "", time.Hour), accepted(1, 2, 2*time.Hour))
		b.wait(3 * time.Hour)
		b.call(b.admin(), 1, at(3*time.Hour))
		b.room.Tell(b, eventlog.Routing, closed(1, routingv1.Step_STEP_DISPOSE, routingv1.Handoff_OUTCOME_SQL, 2, 4*time.Hour))
		equal(b, "sold", b.standing(1), map[string]string{"assign-1": "MET", "accept-1": "MET", "accept-2": "MET", "first_touch-1": "MET",
			"disposition-1": "MET", "demo_booked-1": "RUNNING"})
		equal(b, "told", b.alarms(), []string{"met assign-1 0s", "met accept-1 0s", "met accept-2 0s", "met first_touch-1 3h0m0s", "met disposition-1 3h0m0s"})
	})
}

func TestAClockSaysHowItWasReckoned(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.calendar("berlin", office("Europe/Berlin"))
		b.room.Tell(b, eventlog.Scoring, qualified(1, 0))
		b.room.Tell(b, eventlog.Routing, opened(1, "T1", 0), assigned(1, 1, "ann", "calendars/berlin", 0), accepted(1, 1, time.Hour))
		equal(b, "accept", b.clock(1, "accept-1"), &slav1.Clock{
			Name: handoff(1) + "/clocks/accept-1", Kind: "accept", Run: 1, State: slav1.Clock_STATE_MET, Tier: "T1", Rep: "reps/ann",
			StartTime: stamp(at(0)), Budget: hours(4 * time.Hour), Unit: playbookv1.TimeUnit_TIME_UNIT_BUSINESS, Calendar: "calendars/berlin",
			AtRiskTime: stamp(at(19 * time.Hour)), DueTime: stamp(at(20 * time.Hour)), StopTime: stamp(at(time.Hour)),
			Elapsed: durationpb.New(time.Hour), TotalElapsed: durationpb.New(time.Hour), Playbook: "playbooks/1",
			Segments: []*slav1.ClockSegment{{Rep: "reps/ann", Calendar: "calendars/berlin", CalendarVersion: 1, StartTime: stamp(at(0)),
				EndTime: stamp(at(time.Hour)), Elapsed: durationpb.New(time.Hour)}},
		})
		equal(b, "disposition", clear(b.clock(1, "disposition-1"), "at_risk_time", "due_time"), &slav1.Clock{
			Name: handoff(1) + "/clocks/disposition-1", Kind: "disposition", Run: 1, State: slav1.Clock_STATE_RUNNING, Tier: "T1", Rep: "reps/ann",
			StartTime: stamp(at(time.Hour)), Budget: &playbookv1.Budget{Amount: &playbookv1.Budget_Days{Days: 5}},
			Unit: playbookv1.TimeUnit_TIME_UNIT_BUSINESS, Calendar: "calendars/berlin", Playbook: "playbooks/1",
		})
		touch := b.clock(1, "first_touch-1")
		equal(b, "wall time has no calendar", touch.GetCalendar(), "")
		equal(b, "tier's own budget", touch.GetDueTime(), stamp(at(4*time.Hour)))
	})
}

func TestClocksAreListedByStartAPageAtATime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		b.room.Tell(b, eventlog.Routing, declined(1, 1, time.Hour), assigned(1, 2, "bob", "", time.Hour), accepted(1, 2, 2*time.Hour))
		var all []string
		req := &slav1.ListClocksRequest{Parent: handoff(1), PageSize: 2}
		for {
			resp, err := b.api.ListClocks(b.admin(), req)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range resp.GetClocks() {
				all = append(all, c.GetName()[len(handoff(1)+"/clocks/"):])
			}
			if req.PageToken = resp.GetNextPageToken(); req.GetPageToken() == "" {
				break
			}
		}
		equal(b, "clocks", all, []string{"accept-1", "assign-1", "first_touch-1", "accept-2", "disposition-1"})
	})
}

func TestMissingClocks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		for _, name := range []string{handoff(1) + "/clocks/accept-2", handoff(1) + "/clocks/lunch-1", handoff(2) + "/clocks/accept-1"} {
			_, err := b.api.GetClock(b.admin(), &slav1.GetClockRequest{Name: name})
			equal(b, name, refusal(err), "RESOURCE_NOT_FOUND")
		}
		_, err := b.api.ListClocks(b.admin(), &slav1.ListClocksRequest{Parent: handoff(2)})
		equal(b, "a handoff that nobody knows", refusal(err), "RESOURCE_NOT_FOUND")
		b.routing.handoffs[handoff(2)] = &routingv1.Handoff{Name: handoff(2)}
		resp, err := b.api.ListClocks(b.admin(), &slav1.ListClocksRequest{Parent: handoff(2)})
		equal(b, "a handoff whose events are on their way", refusal(err), "OK")
		equal(b, "its clocks", len(resp.GetClocks()), 0)
	})
}

func TestARepSeesTheirOwnHandoffsAlone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		own, foreign := b.rep("ann"), b.rep("bob")
		name := handoff(1) + "/clocks/accept-1"
		_, err := b.api.GetClock(own, &slav1.GetClockRequest{Name: name})
		equal(b, "own clock", refusal(err), "OK")
		_, err = b.api.ListActivities(own, &slav1.ListActivitiesRequest{Parent: handoff(1)})
		equal(b, "own activities", refusal(err), "OK")

		// What is foreign is answered in the very words of what is missing.
		_, err = b.api.GetClock(foreign, &slav1.GetClockRequest{Name: name})
		_, none := b.api.GetClock(foreign, &slav1.GetClockRequest{Name: handoff(2) + "/clocks/accept-1"})
		equal(b, "foreign clock", errorText(err, 1), errorText(none, 2))
		_, err = b.api.ListClocks(foreign, &slav1.ListClocksRequest{Parent: handoff(1)})
		_, none = b.api.ListClocks(foreign, &slav1.ListClocksRequest{Parent: handoff(2)})
		equal(b, "foreign clocks", errorText(err, 1), errorText(none, 2))
		_, err = b.api.ListActivities(foreign, &slav1.ListActivitiesRequest{Parent: handoff(1)})
		_, none = b.api.ListActivities(foreign, &slav1.ListActivitiesRequest{Parent: handoff(2)})
		equal(b, "foreign activities", errorText(err, 1), errorText(none, 2))
		call := &slav1.Activity{Type: slav1.Activity_TYPE_CALL}
		_, err = b.api.CreateActivity(foreign, &slav1.CreateActivityRequest{Parent: handoff(1), Activity: call})
		_, none = b.api.CreateActivity(foreign, &slav1.CreateActivityRequest{Parent: handoff(2), Activity: call})
		equal(b, "foreign call", errorText(err, 1), errorText(none, 2))
	})
}
