package sla_test

import (
	"testing"
	"time"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// TestATrustedSystemIsBelievedHoweverLateItIs has a dialer log a call a week after it was made.
func TestATrustedSystemIsBelievedHoweverLateItIs(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		system := roomtest.As(b.Context(), "dialer", accessv1.Role_ROLE_SERVICE)
		late := func(n int, source string) {
			_, err := b.api.CreateActivity(system, &slav1.CreateActivityRequest{Parent: handoff(n), Activity: &slav1.Activity{
				Type: slav1.Activity_TYPE_CALL, OccurTime: stamp(at(time.Hour)), Source: source, SourceId: "c-1"}})
			equal(b, source, refusal(err), "OK")
		}
		b.intakeBy("playbooks/3", 1, "T2")
		b.intakeBy("playbooks/3", 2, "T2")
		b.wait(7 * 24 * time.Hour)
		late(1, "dialer")
		late(2, "crm")
		equal(b, "believed", b.clock(1, "first_touch-1").GetStopTime(), stamp(at(time.Hour)))
		equal(b, "the breach was none", only(b.alarms(), "first_touch-1")[4:], []string{"retracted first_touch-1 168h0m0s", "met first_touch-1 168h0m0s"})
		equal(b, "not believed", b.standing(2)["first_touch-1"], "MISSED")
	})
}

func TestNobodyButAServiceSpeaksForATrustedSystem(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.room.Tell(b, eventlog.Playbook, &eventv1.Event{Subject: "playbooks/3", Time: stamp(at(-time.Hour)), Payload: &eventv1.Event_PlaybookActivated{
			PlaybookActivated: &eventv1.PlaybookActivated{Playbook: "playbooks/3", Hash: "h", Document: ownDocument()}}})
		b.intakeBy("playbooks/3", 1, "T2")
		b.routing.handoffs[handoff(2)] = &routingv1.Handoff{Name: handoff(2), Rep: "reps/ann"} // nothing is known of it yet
		b.wait(48 * time.Hour)
		call := func(n int, source string) *slav1.CreateActivityRequest {
			return &slav1.CreateActivityRequest{Parent: handoff(n), Activity: &slav1.Activity{Type: slav1.Activity_TYPE_CALL, OccurTime: stamp(at(time.Hour)), Source: source}}
		}
		for name, caller := range map[string]accessv1.Role{"ann": accessv1.Role_ROLE_SALES_REP, "max": accessv1.Role_ROLE_SALES_MANAGER, "olga": accessv1.Role_ROLE_REVOPS} {
			_, err := b.api.CreateActivity(roomtest.As(b.Context(), name, caller), call(1, "dialer"))
			equal(b, name, refusal(err), "FIELD_INVALID")
			_, err = b.api.CreateActivity(roomtest.As(b.Context(), name, caller), call(2, "dialer"))
			equal(b, name+" before the handoff is known", refusal(err), "FIELD_INVALID")
		}
		_, err := b.api.CreateActivity(b.rep("ann"), call(1, "crm"))
		equal(b, "another system", refusal(err), "OK")
		equal(b, "which is late", b.standing(1)["first_touch-1"], "MISSED")
	})
}

func TestAGoalIsShownAndMet(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intakeBy("playbooks/3", 1, "T2")
		c := b.clock(1, "first_touch-1")
		equal(b, "goal", []any{c.GetGoal().GetTime().AsDuration(), c.GetGoalTime().AsTime(), c.GoalMet == nil}, []any{2 * time.Hour, at(2 * time.Hour), true})
		b.wait(3 * time.Hour)
		equal(b, "over", b.clock(1, "first_touch-1").GoalMet, new(false))
		b.call(b.admin(), 1, at(time.Hour))
		equal(b, "met", b.clock(1, "first_touch-1").GoalMet, new(true))
		equal(b, "without a goal", b.clock(1, "assign-1").GetGoal() == nil && b.clock(1, "assign-1").GoalMet == nil, true)
	})
}
