package sla_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

const (
	forProspect = playbookv1.PauseReason_PAUSE_REASON_WAITING_ON_PROSPECT_DATE
	forDispute  = playbookv1.PauseReason_PAUSE_REASON_DISPUTE
	forIncident = playbookv1.PauseReason_PAUSE_REASON_SYSTEM_INCIDENT
)

func pauseOf(n int, reason playbookv1.PauseReason, kinds ...string) *slav1.PauseClocksRequest {
	return &slav1.PauseClocksRequest{Handoff: handoff(n), Reason: reason, Kinds: kinds}
}

func (b *bench) as(name string, roles ...accessv1.Role) context.Context {
	return roomtest.As(b.Context(), name, roles...)
}

// pause pauses clocks and gives the names of those that stand still.
func (b *bench) pause(ctx context.Context, req *slav1.PauseClocksRequest) []string {
	b.Helper()
	resp, err := b.api.PauseClocks(ctx, req)
	if err != nil {
		b.Fatal(err)
	}
	return clockIDs(resp.GetClocks())
}

func (b *bench) resume(ctx context.Context, n int) []string {
	b.Helper()
	resp, err := b.api.ResumeClocks(ctx, &slav1.ResumeClocksRequest{Handoff: handoff(n)})
	if err != nil {
		b.Fatal(err)
	}
	return clockIDs(resp.GetClocks())
}

func clockIDs(clocks []*slav1.Clock) []string {
	var ids []string
	for _, c := range clocks {
		ids = append(ids, c.GetName()[strings.LastIndex(c.GetName(), "/")+1:])
	}
	return ids
}

// pausings are what was told of pauses.
func (b *bench) pausings() []*eventv1.Event {
	b.Helper()
	var all []*eventv1.Event
	for _, e := range b.room.Told(b) {
		if e.GetClocksPaused() != nil || e.GetClocksResumed() != nil {
			all = append(all, e)
		}
	}
	return all
}

// TestARepPausesAndResumes has a rep wait from 10:00 on a Monday until 10:00 on the next day.
func TestARepPausesAndResumes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		b.wait(time.Hour)
		equal(b, "stand still", b.pause(b.rep("ann"), pauseOf(1, forProspect)), []string{"accept-1", "first_touch-1"})
		c := b.clock(1, "accept-1")
		equal(b, "clock", clear(c, "name", "budget", "start_time", "segments"), &slav1.Clock{Kind: "accept", Run: 1, State: slav1.Clock_STATE_PAUSED,
			Tier: "T1", Rep: "reps/ann", Unit: playbookv1.TimeUnit_TIME_UNIT_BUSINESS, Calendar: "calendars/us", Playbook: "playbooks/1",
			Remaining: durationpb.New(3 * time.Hour),
			Pause: &slav1.ClockPause{Reason: forProspect, StartTime: stamp(at(time.Hour)),
				ResumeTime: stamp(time.Date(2026, 3, 16, 14, 0, 0, 0, time.UTC))}})
		b.wait(25 * time.Hour)
		equal(b, "nothing was told meanwhile", b.alarms(), []string{"met assign-1 0s"})
		equal(b, "go on", b.resume(b.rep("ann"), 1), []string{"accept-1", "first_touch-1"})
		equal(b, "due", b.clock(1, "accept-1").GetDueTime(), stamp(at(28*time.Hour)))
		equal(b, "wall time, too", b.clock(1, "first_touch-1").GetDueTime(), stamp(at(28*time.Hour)))
		b.wait(29 * time.Hour)
		equal(b, "told", b.alarms(), []string{"met assign-1 0s", "at risk accept-1 27h0m0s", "at risk first_touch-1 27h0m0s", "breached accept-1 28h0m1s",
			"breached first_touch-1 28h0m1s"})

		told := b.pausings()
		equal(b, "events", len(told), 2)
		refs := []*eventv1.ClockRef{{Clock: handoff(1) + "/clocks/accept-1", Kind: "accept", Run: 1, Rep: "reps/ann", Tier: "T1"},
			{Clock: handoff(1) + "/clocks/first_touch-1", Kind: "first_touch", Run: 1, Rep: "reps/ann", Tier: "T1"}}
		equal(b, "paused", told[0].GetClocksPaused(), &eventv1.ClocksPaused{Handoff: handoff(1), Pause: 1, Reason: forProspect, Clocks: refs,
			StartTime: stamp(at(time.Hour))})
		equal(b, "by", strings.HasSuffix(told[0].GetActor(), "|ann"), true)
		for _, ref := range refs {
			ref.DueTime = stamp(at(28 * time.Hour))
		}
		equal(b, "resumed", told[1].GetClocksResumed(), &eventv1.ClocksResumed{Handoff: handoff(1), Clocks: refs, ResumeTime: stamp(at(25 * time.Hour)),
			Cause: eventv1.ClocksResumed_CAUSE_RESUMED})
	})
}

// TestAPauseEndsByItself has one end as agreed, and another at the playbook's limit, of each clock in its own time.
func TestAPauseEndsByItself(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		req := pauseOf(1, forDispute)
		req.EndTime = stamp(at(24 * time.Hour))
		b.pause(b.admin(), req)
		b.wait(24 * time.Hour)
		equal(b, "as agreed", b.standing(1), map[string]string{"assign-1": "MET", "accept-1": "RUNNING", "first_touch-1": "RUNNING"})
		b.pause(b.admin(), pauseOf(1, forDispute))
		b.wait(30 * 24 * time.Hour)
		var ends []string
		for _, e := range b.pausings() {
			if r := e.GetClocksResumed(); r != nil {
				equal(b, "told when it ends", r.GetResumeTime(), e.GetTime())
				for _, c := range r.GetClocks() {
					ends = append(ends, r.GetCause().String()+" "+c.GetKind()+" "+r.GetResumeTime().AsTime().Sub(roomtest.Start).String())
				}
			}
		}
		equal(b, "ends", ends, []string{"CAUSE_AGREED accept 24h0m0s", "CAUSE_AGREED first_touch 24h0m0s",
			"CAUSE_LIMIT first_touch 264h0m0s", "CAUSE_LIMIT accept 343h0m0s"}) // ten days, and ten working days over a change of the clock
		equal(b, "it is told of both at once", len(b.pausings()), 5)
	})
}

func TestWhoPausesForWhat(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		b.routing.handoffs[handoff(1)].Rep = "reps/bob" // as routing has it by now; word of it is on its way
		for name, test := range map[string]struct {
			who    context.Context
			reason playbookv1.PauseReason
			want   string
		}{
			"a rep who does not have it":             {b.rep("bob"), forProspect, "ROLE_MISSING"},
			"a rep who does not see it":              {b.rep("cat"), forProspect, "RESOURCE_NOT_FOUND"},
			"a rep with a reason that is not theirs": {b.rep("bob"), forDispute, "ROLE_MISSING"},
			"a manager of an incident":               {b.as("max", accessv1.Role_ROLE_SALES_MANAGER), forIncident, "ROLE_MISSING"},
			"an SRE of a dispute":                    {b.as("sue", accessv1.Role_ROLE_SRE), forDispute, "ROLE_MISSING"},
			"marketing":                              {b.as("mia", accessv1.Role_ROLE_MARKETING_LEAD), forDispute, "ROLE_MISSING"},
			"an SRE of an incident":                  {b.as("sue", accessv1.Role_ROLE_SRE), forIncident, "OK"},
		} {
			_, err := b.api.PauseClocks(test.who, pauseOf(1, test.reason))
			equal(b, name, refusal(err), test.want)
		}
		_, err := b.api.ResumeClocks(b.as("max", accessv1.Role_ROLE_SALES_MANAGER), &slav1.ResumeClocksRequest{Handoff: handoff(1)})
		equal(b, "a manager ends an incident", refusal(err), "ROLE_MISSING")
		b.resume(b.as("sue", accessv1.Role_ROLE_SRE), 1)
		b.pause(b.as("max", accessv1.Role_ROLE_SALES_MANAGER), pauseOf(1, forProspect))
		_, err = b.api.ResumeClocks(b.rep("bob"), &slav1.ResumeClocksRequest{Handoff: handoff(1)})
		equal(b, "a rep ends the pause of what is another's", refusal(err), "ROLE_MISSING")
		b.wait(time.Minute)
		b.room.Tell(b, eventlog.Routing, assigned(1, 2, "bob", "", time.Minute))
		equal(b, "and of their own", b.resume(b.rep("bob"), 1), []string{"first_touch-1"})
	})
}

func TestWhatCannotBePaused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		b.room.Tell(b, eventlog.Scoring, qualified(3, 0))
		b.routing.handoffs[handoff(4)] = &routingv1.Handoff{Name: handoff(4)}
		b.wait(time.Hour)
		times := func(reason playbookv1.PauseReason, start, end time.Duration) *slav1.PauseClocksRequest {
			req := pauseOf(1, reason)
			req.StartTime, req.EndTime = stamp(at(start)), stamp(at(end))
			return req
		}
		for name, test := range map[string]struct {
			req  *slav1.PauseClocksRequest
			want string
		}{
			"a handoff that nobody knows":     {pauseOf(2, forDispute), "RESOURCE_NOT_FOUND"},
			"one whose events are on the way": {pauseOf(4, forDispute), "STATE_CONFLICT"},
			"one of which assign alone runs":  {pauseOf(3, forDispute), "STATE_CONFLICT"},
			"assign":                          {pauseOf(1, forDispute, "accept", "assign"), "FIELD_INVALID"},
			"a clock that there is not":       {pauseOf(1, forDispute, "lunch"), "FIELD_INVALID"},
			"a clock that has not begun":      {pauseOf(1, forDispute, "disposition"), "STATE_CONFLICT"},
			"no reason":                       {pauseOf(1, 0), "FIELD_INVALID"},
			"a reason of the past":            {times(forDispute, 0, 2*time.Hour), "FIELD_INVALID"},
			"an end before the start":         {times(forDispute, time.Hour, time.Hour), "FIELD_INVALID"},
			"a start in the future":           {times(forIncident, 2*time.Hour, 3*time.Hour), "FIELD_INVALID"},
			"an incident before the MQL":      {times(forIncident, -2*time.Hour, -time.Hour), "STATE_CONFLICT"},
		} {
			_, err := b.api.PauseClocks(b.admin(), test.req)
			equal(b, name, refusal(err), test.want)
		}
		_, err := b.api.ResumeClocks(b.admin(), &slav1.ResumeClocksRequest{Handoff: handoff(1)})
		equal(b, "what runs goes on", refusal(err), "STATE_CONFLICT")
		_, err = b.api.PauseClocks(b.as("sue", accessv1.Role_ROLE_SRE), times(forIncident, 0, time.Hour))
		equal(b, "an SRE afterwards", refusal(err), "ROLE_MISSING")
		equal(b, "nothing was told", len(b.pausings()), 0)
		b.wait(5 * time.Hour)
		_, err = b.api.PauseClocks(b.admin(), pauseOf(1, forDispute))
		equal(b, "what is late", refusal(err), "STATE_CONFLICT")
	})
}

func TestAHandoffPausesAsOftenAsThePlaybookAllows(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		for n := range 2 {
			b.pause(b.admin(), pauseOf(1, forDispute, "accept"))
			_, err := b.api.PauseClocks(b.admin(), pauseOf(1, forProspect))
			equal(b, "what stands still already", refusal(err), "STATE_CONFLICT")
			b.pause(b.admin(), pauseOf(1, forIncident))
			b.wait(time.Duration(n+1) * time.Hour)
			equal(b, "both end at once", b.resume(b.admin(), 1), []string{"accept-1", "first_touch-1"})
		}
		_, err := b.api.PauseClocks(b.admin(), pauseOf(1, forDispute))
		equal(b, "a third", refusal(err), "STATE_CONFLICT")
		b.pause(b.admin(), pauseOf(1, forIncident))
	})
}

func TestARetryOfAPausePausesOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		pause := pauseOf(1, forDispute)
		pause.RequestId = "9f2c4a66-6c1d-4c2a-9a0e-6f3a1b2c3d4e"
		first, err := b.api.PauseClocks(b.admin(), pause)
		equal(b, "pause", refusal(err), "OK")
		again, err := b.api.PauseClocks(b.admin(), pause)
		equal(b, "retry", refusal(err), "OK")
		equal(b, "answer", again, first)
		resume := &slav1.ResumeClocksRequest{Handoff: handoff(1), RequestId: "9f2c4a66-6c1d-4c2a-9a0e-6f3a1b2c3d4f"}
		for range 2 {
			_, err := b.api.ResumeClocks(b.admin(), resume)
			equal(b, "resume", refusal(err), "OK")
		}
		equal(b, "told", len(b.pausings()), 2)
	})
}

// TestAnIncidentToldAfterwards takes back the breaches that fell into it, and puts off what still runs.
func TestAnIncidentToldAfterwards(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		b.wait(5 * time.Hour)
		b.room.Tell(b, eventlog.Routing, accepted(1, 1, 5*time.Hour))
		equal(b, "before", b.standing(1), map[string]string{"assign-1": "MET", "accept-1": "MISSED", "first_touch-1": "OVERDUE", "disposition-1": "RUNNING"})
		req := pauseOf(1, forIncident)
		req.StartTime, req.EndTime = stamp(at(2*time.Hour)), stamp(at(4*time.Hour))
		equal(b, "held", b.pause(b.admin(), req), []string{"accept-1", "first_touch-1"})
		equal(b, "after", b.standing(1), map[string]string{"assign-1": "MET", "accept-1": "MET", "first_touch-1": "RUNNING", "disposition-1": "RUNNING"})
		equal(b, "due", b.clock(1, "first_touch-1").GetDueTime(), stamp(at(6*time.Hour)))
		b.wait(7 * time.Hour)
		equal(b, "told", b.alarms()[3:], []string{"breached accept-1 4h0m1s", "breached first_touch-1 4h0m1s",
			"retracted accept-1 5h0m0s", "met accept-1 5h0m0s", "retracted first_touch-1 5h0m0s", "breached first_touch-1 6h0m1s"})
	})
}

// TestACalendarMovesAClockThatStandsStill closes the day on which the clock would have gone on.
func TestACalendarMovesAClockThatStandsStill(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		made := b.calendar("us", office("America/New_York"))
		b.intake(1, "T1", 0)
		b.pause(b.admin(), pauseOf(1, forDispute, "accept"))
		equal(b, "ends on a Friday", b.clock(1, "accept-1").GetPause().GetResumeTime(), stamp(time.Date(2026, 3, 13, 21, 0, 0, 0, time.UTC)))
		made.Holidays = []string{"2026-03-05"}
		if _, err := b.api.UpdateCalendar(b.admin(), &slav1.UpdateCalendarRequest{Calendar: made}); err != nil {
			t.Fatal(err)
		}
		if err := b.service.Fire(b.Context()); err != nil {
			t.Fatal(err)
		}
		next, _, err := b.service.NextDue(b.Context())
		equal(b, "error", err, nil)
		equal(b, "first touch is looked at first", next, at(3*time.Hour))
		b.wait(30 * 24 * time.Hour)
		for _, e := range b.pausings() {
			if r := e.GetClocksResumed(); r != nil {
				equal(b, "ends on the Monday after", r.GetResumeTime(), stamp(time.Date(2026, 3, 16, 21, 0, 0, 0, time.UTC)))
			}
		}
	})
}
