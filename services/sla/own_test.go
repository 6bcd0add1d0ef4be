package sla_test

import (
	"testing"
	"time"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// intakeBy is an intake that follows a version of the playbook.
func (b *bench) intakeBy(playbook string, n int, tier string) {
	b.Helper()
	by := func(e *eventv1.Event) *eventv1.Event {
		e.Playbook = playbook
		return e
	}
	b.room.Tell(b, eventlog.Scoring, by(qualified(n, 0)))
	b.room.Tell(b, eventlog.Routing, by(opened(n, tier, 0)), by(assigned(n, 1, "ann", "", 0)))
	b.routing.handoffs[handoff(n)] = &routingv1.Handoff{Name: handoff(n), Rep: "reps/ann"}
}

// do records what was done at an instant, at that instant.
func (b *bench) do(n int, what slav1.Activity_Type, when time.Duration) {
	b.Helper()
	b.wait(when)
	b.record(n, &slav1.Activity{Type: what})
}

func TestAnOwnKindOfClockRunsWarnsClimbsAndIsReported(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intakeBy("playbooks/3", 1, "T2")
		b.intakeBy("playbooks/3", 2, "T2")
		_, begun := b.standing(1)["second_call-1"]
		equal(b, "before the first touch", begun, false)
		b.do(1, slav1.Activity_TYPE_EMAIL, time.Hour)
		b.do(2, slav1.Activity_TYPE_EMAIL, time.Hour)
		c := b.clock(1, "second_call-1")
		equal(b, "counts from the first touch", c.GetStartTime(), stamp(at(time.Hour)))
		equal(b, "due", c.GetDueTime(), stamp(at(3*time.Hour)))
		equal(b, "kind", c.GetKind(), "second_call")
		equal(b, "steps", len(c.GetEscalations()), 1)
		b.do(2, slav1.Activity_TYPE_CALL_ATTEMPT, 90*time.Minute)
		b.wait(4 * time.Hour)
		b.do(1, slav1.Activity_TYPE_CALL, 4*time.Hour)
		equal(b, "too late", b.standing(1)["second_call-1"], "MISSED")
		equal(b, "in time", b.standing(2)["second_call-1"], "MET")
		equal(b, "told", only(b.alarms(), "second_call-1"), []string{"met second_call-1 1h30m0s", "step 1 of second_call-1 2h0m0s",
			"at risk second_call-1 2h30m0s", "breached second_call-1 3h0m1s"})

		b.do(1, slav1.Activity_TYPE_MEETING_HELD, 5*time.Hour)
		equal(b, "after a meeting", b.standing(1)["follow_up-1"], "RUNNING")
		b.do(1, slav1.Activity_TYPE_MESSAGE, 6*time.Hour)
		equal(b, "followed up", b.standing(1)["follow_up-1"], "MET")

		report, err := b.api.GetComplianceReport(b.admin(), &slav1.GetComplianceReportRequest{EndTime: stamp(at(48 * time.Hour))})
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, row := range report.GetClocks() {
			kinds = append(kinds, row.GetKind())
		}
		equal(b, "rows", kinds, []string{"assign", "accept", "first_touch", "speed_to_lead", "disposition", "demo_booked", "follow_up", "reply", "second_call"})
		second := row(report.GetClocks(), "second_call", "")
		equal(b, "met and missed", []int64{second.GetMetCount(), second.GetMissedCount()}, []int64{1, 1})
		equal(b, "by rep", row(report.GetReps(), "second_call", "reps/ann").GetMissedCount(), 1)
	})
}
