package deadline_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// climbing is a policy whose clocks have a ladder.
func climbing(steps ...float64) deadline.Policy {
	p := usual()
	for kind, r := range p.Rules {
		r.Ladder = steps
		p.Rules[kind] = r
	}
	return p
}

func TestWhenTheStepsOfALadderCome(t *testing.T) {
	t.Parallel()
	working := climbing(0.25, 1, 1.5, 2)
	accept := working.Rules[deadline.Accept]
	accept.Business = true
	working.Rules[deadline.Accept] = accept
	raised := climbing(0.5, 1.5)
	touch := raised.Rules[deadline.FirstTouch]
	touch.Tiers = map[string]deadline.Terms{"T0": terms(4 * time.Hour)}
	raised.Rules[deadline.FirstTouch] = touch
	for name, test := range map[string]struct {
		policy deadline.Policy
		facts  deadline.Facts
		kind   deadline.Kind
		want   []time.Time
	}{
		"at shares of the budget, and a second after the deadline": {climbing(0.5, 0.75, 1, 1.5), lead(assigned(1, "ann", 0)), deadline.Accept,
			[]time.Time{at(2 * time.Hour), at(3 * time.Hour), at(4*time.Hour + deadline.Settle), at(6 * time.Hour)}},
		"in working time, over nights": {working, lead(assigned(1, "ann", 0)), deadline.Accept, // from half past nine
			[]time.Time{at(time.Hour), at(4*time.Hour + deadline.Settle), at(6 * time.Hour), at(24 * time.Hour)}},
		"of the second rep anew": {climbing(0.5), lead(assigned(1, "ann", 0), assigned(2, "bob", 3*time.Hour)), deadline.Accept, []time.Time{at(5 * time.Hour)}},
		"not before the change that brought them": {raised, lead(assigned(1, "ann", 0), tier("T0", 3*time.Hour)), deadline.FirstTouch,
			[]time.Time{at(3 * time.Hour), at(6 * time.Hour)}},
		"not at all once it is answered": {climbing(0.5, 1.5), lead(assigned(1, "ann", 0), accepted(1, time.Hour)), deadline.Accept, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clocks := deadline.Clocks(test.facts, test.policy, almanac(t), at(3*time.Hour))
			run := 1
			if test.kind == deadline.Accept {
				run = len(test.facts.Assignments)
			}
			equal(t, "steps", find(t, clocks, test.kind, run).Ladder, test.want)
		})
	}
}

func TestAStepJustPastTheDeadlineWaitsForTheBreach(t *testing.T) {
	t.Parallel()
	clocks := deadline.Clocks(lead(), climbing(1.0001), nil, mql)
	equal(t, "steps", find(t, clocks, deadline.Assign, 1).Ladder, []time.Time{at(5*time.Minute + deadline.Settle)})
}

func TestTheBreachIsToldBeforeTheStepOfItsInstant(t *testing.T) {
	t.Parallel()
	c := find(t, deadline.Clocks(lead(assigned(1, "ann", 0)), climbing(0.75, 1), nil, far), deadline.Accept, 1)
	equal(t, "alarms", c.Alarms(0, far), []deadline.Alarm{
		{Alert: deadline.AlertAtRisk, At: at(3 * time.Hour)}, {Alert: deadline.AlertStep(0), At: at(3 * time.Hour)},
		{Alert: deadline.AlertBreached, At: at(4*time.Hour + deadline.Settle)}, {Alert: deadline.AlertStep(1), At: at(4*time.Hour + deadline.Settle)}})
	equal(t, "and nothing is left", c.Next(deadline.Alerts(0).With(deadline.AlertAtRisk).With(deadline.AlertBreached).With(deadline.AlertStep(0)).
		With(deadline.AlertStep(1))).IsZero(), true)
}

func TestEveryStepHasAnAlertOfItsOwn(t *testing.T) {
	t.Parallel()
	told := deadline.Alerts(0)
	for _, alert := range []deadline.Alert{deadline.AlertAtRisk, deadline.AlertBreached, deadline.AlertRetracted, deadline.AlertMet} {
		if _, ok := alert.Step(); ok {
			t.Errorf("alert %d is a step", alert)
		}
		told = told.With(alert)
	}
	for n := range deadline.MaxSteps {
		alert := deadline.AlertStep(n)
		if got, ok := alert.Step(); !ok || got != n || alert == 0 || told.Has(alert) {
			t.Errorf("step %d: got alert %d, step %d %v", n, alert, got, ok)
		}
		told = told.With(alert)
	}
}

// TestALadderIsClimbedOnceHoweverOftenItIsLookedAt looks at random instants, and at those that the clock names.
func TestALadderIsClimbedOnceHoweverOftenItIsLookedAt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.SliceOfNDistinct(rapid.IntRange(1, 300), 0, deadline.MaxSteps, rapid.ID[int]).Draw(t, "percent")
		slices.Sort(steps)
		var shares []float64
		for _, percent := range steps {
			shares = append(shares, float64(percent)/100)
		}
		facts, policy := lead(assigned(1, "ann", 0)), only(climbing(shares...), deadline.Accept)
		var told deadline.Alerts
		var all []deadline.Alarm
		for now := mql; ; {
			c := deadline.Clocks(facts, policy, nil, now)[0]
			for _, alarm := range c.Alarms(told, now) {
				told = told.With(alarm.Alert)
				all = append(all, alarm)
			}
			next := c.Next(told)
			if next.IsZero() {
				break
			}
			if !next.After(now) {
				t.Fatalf("at %v it is to be looked at by %v again", now, next)
			}
			now = next
			if rapid.Bool().Draw(t, "late") {
				now = now.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "minutes")) * time.Minute)
			}
		}
		if len(all) != len(steps)+2 || !slices.IsSortedFunc(all, func(a, b deadline.Alarm) int { return a.At.Compare(b.At) }) {
			t.Fatalf("told %v of %v", all, steps)
		}
	})
}
