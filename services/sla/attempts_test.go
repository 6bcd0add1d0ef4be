package sla_test

import (
	"testing"
	"time"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// progress is how far the plan of a handoff is.
func (b *bench) progress(n int) *slav1.AttemptProgress {
	b.Helper()
	p, err := b.api.GetAttemptProgress(b.admin(), &slav1.GetAttemptProgressRequest{Name: handoff(n) + "/attemptProgress"})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func TestAPlanOfAttemptsRunsAStepAtATime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intakeBy("playbooks/3", 1, "T2")
		equal(b, "before the acceptance", b.progress(1), &slav1.AttemptProgress{Name: handoff(1) + "/attemptProgress", PlannedCount: 2})
		taken := accepted(1, 1, 0)
		taken.Playbook = "playbooks/3"
		b.room.Tell(b, eventlog.Routing, taken)
		b.do(1, slav1.Activity_TYPE_CALL_ATTEMPT, time.Hour)
		b.do(1, slav1.Activity_TYPE_EMAIL, 90*time.Minute) // too soon
		equal(b, "on its way", b.progress(1), &slav1.AttemptProgress{Name: handoff(1) + "/attemptProgress", PlannedCount: 2, MadeCount: 1, Steps: []*slav1.AttemptStep{
			{Channel: playbookv1.AttemptChannel_ATTEMPT_CHANNEL_CALL, Clock: handoff(1) + "/clocks/attempts-1", DueTime: stamp(at(2 * time.Hour)), MakeTime: stamp(at(time.Hour))},
			{Channel: playbookv1.AttemptChannel_ATTEMPT_CHANNEL_EMAIL, Clock: handoff(1) + "/clocks/attempts-2", EarliestTime: stamp(at(2 * time.Hour)), DueTime: stamp(at(25 * time.Hour))},
		}})
		b.wait(26 * time.Hour)
		p := b.progress(1)
		equal(b, "run out", []bool{p.GetReached(), p.GetExhausted()}, []bool{false, true})
		equal(b, "told", only(b.alarms(), "attempts-2"), []string{"at risk attempts-2 19h0m0s", "breached attempts-2 25h0m1s"})
		b.do(1, slav1.Activity_TYPE_REPLY, 27*time.Hour)
		equal(b, "the lead replied, too late", b.standing(1)["attempts-2"], "MISSED")
		equal(b, "reached", b.progress(1).GetReached(), true)
		equal(b, "clock", b.clock(1, "attempts-1").GetRun(), 1)
	})
}

// TestAStepThatIsDueMakesRoomForTheNext has nobody do anything: the timers alone bring each step.
func TestAStepThatIsDueMakesRoomForTheNext(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intakeBy("playbooks/3", 1, "T2")
		taken := accepted(1, 1, 0)
		taken.Playbook = "playbooks/3"
		b.room.Tell(b, eventlog.Routing, taken)
		b.wait(48 * time.Hour)
		equal(b, "first", only(b.alarms(), "attempts-1"), []string{"at risk attempts-1 1h30m0s", "breached attempts-1 2h0m1s"})
		equal(b, "second", only(b.alarms(), "attempts-2"), []string{"at risk attempts-2 20h0m0s", "breached attempts-2 26h0m1s"})
	})
}

func TestAReplyIsNoTouchOfSales(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		b.do(1, slav1.Activity_TYPE_REPLY, time.Hour)
		equal(b, "touch", b.standing(1)["first_touch-1"], "RUNNING")
		var firsts []*eventv1.Event
		for _, e := range b.touches() {
			if e.GetFirstTouchMade() != nil {
				firsts = append(firsts, e)
			}
		}
		equal(b, "told", len(firsts), 0)
		equal(b, "no plan", b.progress(1).GetPlannedCount(), 0)
	})
}

func TestProgressIsOnlyForWhoSeesTheHandoff(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		for n, want := range map[int]string{1: "RESOURCE_NOT_FOUND", 2: "RESOURCE_NOT_FOUND"} {
			_, err := b.api.GetAttemptProgress(b.rep("bob"), &slav1.GetAttemptProgressRequest{Name: handoff(n) + "/attemptProgress"})
			equal(b, "another rep's, or nobody's", refusal(err), want)
		}
		_, err := b.api.GetAttemptProgress(b.rep("ann"), &slav1.GetAttemptProgressRequest{Name: handoff(1) + "/attemptProgress"})
		equal(b, "one's own", refusal(err), "OK")
	})
}
