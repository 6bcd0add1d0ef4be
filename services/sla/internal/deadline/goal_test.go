package deadline_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// wanting is a touch within a day that is wanted within eight hours, in T1 within one.
func wanting() deadline.Policy {
	rule := within(24*time.Hour, deadline.FromMQL)
	rule.Goal = deadline.Budget{Time: 8 * time.Hour}
	special := rule.Terms
	special.Goal = deadline.Budget{Time: time.Hour}
	rule.Tiers = map[string]deadline.Terms{"T1": special}
	return deadline.Policy{Calendar: newYork, LateLogging: 24 * time.Hour, Rules: map[deadline.Kind]deadline.Rule{deadline.SpeedToLead: rule}}
}

func TestAGoalIsMetOrNotAndBreachesNothing(t *testing.T) {
	t.Parallel()
	const hour = time.Hour
	for name, test := range map[string]struct {
		facts      facts
		now        time.Duration
		state      deadline.State
		met, known bool
		over       time.Duration
	}{
		"it can still be met":              {nil, 8 * hour, deadline.Running, false, false, 8 * hour},
		"it cannot be any more":            {nil, 8*hour + time.Microsecond, deadline.Running, false, true, 8 * hour},
		"met at its very end":              {facts{touched(8*hour, 0)}, 9 * hour, deadline.Met, true, true, 8 * hour},
		"the clock is met, and not it":     {facts{touched(9*hour, 0)}, 9 * hour, deadline.Met, false, true, 8 * hour},
		"missed as the clock is":           {facts{closed(deadline.StepDispose, deadline.OutcomeNurture, 1, hour)}, 2 * hour, deadline.Missed, false, true, 8 * hour},
		"nothing is said of the cancelled": {facts{closed(deadline.StepReject, deadline.OutcomeBadData, 1, 9*hour)}, 10 * hour, deadline.Cancelled, false, false, 8 * hour},
		"that of the tier":                 {facts{tier("T1", time.Minute), touched(2*hour, 0)}, 3 * hour, deadline.Met, false, true, hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := find(t, deadline.Clocks(inTier("T2", test.facts...), wanting(), nil, at(test.now)), deadline.SpeedToLead, 1)
			met, known := c.GoalMet(at(test.now))
			equal(t, "goal", []bool{met, known}, []bool{test.met, test.known})
			equal(t, "over", c.Goal.At, at(test.over))
			equal(t, "state", c.State, test.state)
			equal(t, "due all the same", c.Due, at(24*hour))
		})
	}
}

// TestAnotherGoalGivesNoGrace: a tier that only wants it sooner changes no deadline, not even in the last minutes.
func TestAnotherGoalGivesNoGrace(t *testing.T) {
	t.Parallel()
	c := find(t, deadline.Clocks(inTier("T2", tier("T1", 24*time.Hour-time.Minute)), wanting(), nil, at(24*time.Hour-time.Minute)), deadline.SpeedToLead, 1)
	equal(t, "due", c.Due, at(24*time.Hour))
}

func TestATrustedSourceIsNeverTooLate(t *testing.T) {
	t.Parallel()
	const month = 30 * 24 * time.Hour
	for name, test := range map[string]struct {
		source string
		want   time.Time
	}{
		"a system that both teams trust": {"dialer", at(time.Hour)},
		"another system":                 {"crm", at(time.Hour + month)},
		"a person":                       {"", at(time.Hour + month)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := usual()
			p.Trusted = []string{"dialer"}
			f := lead(assigned(1, "ann", 0))
			f.Act(deadline.Act{Occurred: at(time.Hour), Recorded: at(time.Hour + month), Deed: deadline.Call, Source: test.source})
			equal(t, "touched", find(t, deadline.Clocks(f, p, almanac(t), far), deadline.FirstTouch, 1).Stop, test.want)
		})
	}
}
