package deadline_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// reassigning is a policy in which a kind of clock does something when another rep gets the handoff.
func reassigning(kind deadline.Kind, does deadline.OnReassign) deadline.Policy {
	p := usual()
	for own, rule := range ownRules() {
		p.Rules[own] = rule
	}
	rule := p.Rules[kind]
	rule.OnReassign = does
	p.Rules[kind] = rule
	return only(p, kind)
}

func TestWhatReassignmentDoesToAClock(t *testing.T) {
	t.Parallel()
	const hour, day = time.Hour, 24 * time.Hour
	passed := facts{assigned(1, "ann", 0), assigned(2, "bob", 2*hour)}
	for name, test := range map[string]struct {
		kind  deadline.Kind
		does  deadline.OnReassign
		facts facts
		want  map[string]string
	}{
		"a touch is asked of each rep":              {deadline.FirstTouch, deadline.Restart, passed, map[string]string{"first_touch-1": "REASSIGNED", "first_touch-2": "RUNNING"}},
		"once done it is not asked again":           {deadline.FirstTouch, deadline.Restart, append(passed, touched(hour, 0)), map[string]string{"first_touch-1": "MET"}},
		"the next rep's touch is for their run":     {deadline.FirstTouch, deadline.Restart, append(passed, touched(3*hour, 0)), map[string]string{"first_touch-1": "REASSIGNED", "first_touch-2": "MET"}},
		"at the instant of passing on, too":         {deadline.FirstTouch, deadline.Restart, append(passed, touched(2*hour, 0)), map[string]string{"first_touch-1": "REASSIGNED", "first_touch-2": "MET"}},
		"the first may be touched before":           {deadline.FirstTouch, deadline.Restart, facts{assigned(1, "ann", hour), touched(0, 0)}, map[string]string{"first_touch-1": "MET"}},
		"what was done while nobody had it is done": {deadline.FirstTouch, deadline.Restart, facts{assigned(1, "ann", 0), held(hour), touched(2*hour, 0), assigned(2, "bob", 3*hour)}, map[string]string{"first_touch-1": "HELD", "first_touch-2": "MET"}},
		"nobody has it":                             {deadline.FirstTouch, deadline.Restart, facts{assigned(1, "ann", 0), held(hour)}, map[string]string{"first_touch-1": "HELD"}},
		"passing it on late does not excuse":        {deadline.FirstTouch, deadline.Restart, facts{assigned(1, "ann", 0), assigned(2, "bob", 25*hour)}, map[string]string{"first_touch-1": "MISSED", "first_touch-2": "RUNNING"}},
		"disposing untouched is the last one's":     {deadline.FirstTouch, deadline.Restart, append(passed, closed(deadline.StepDispose, deadline.OutcomeSQL, 2, 3*hour)), map[string]string{"first_touch-1": "REASSIGNED", "first_touch-2": "MISSED"}},
		"a disposition counts from each accept":     {deadline.Disposition, deadline.Restart, append(passed, accepted(1, hour), accepted(2, 3*hour), closed(deadline.StepDispose, deadline.OutcomeSQL, 2, 4*hour)), map[string]string{"disposition-1": "REASSIGNED", "disposition-2": "MET"}},
		"who never accepted owes no disposition":    {deadline.Disposition, deadline.Restart, append(passed, accepted(2, 3*hour)), map[string]string{"disposition-2": "RUNNING"}},
		"an own clock restarts, too":                {worked, deadline.Restart, append(passed, done(deadline.Email, 3*hour)), map[string]string{"worked-1": "REASSIGNED", "worked-2": "MET"}},
		"or carries on":                             {worked, 0, append(passed, done(deadline.Email, 3*hour)), map[string]string{"worked-1": "MET"}},
		"each answers for themselves in any case":   {deadline.Accept, deadline.Carry, append(passed, accepted(2, 3*hour)), map[string]string{"accept-1": "REASSIGNED", "accept-2": "MET"}},
		"what the first used is used":               {deadline.Accept, deadline.Carry, append(passed, accepted(2, 5*hour)), map[string]string{"accept-1": "REASSIGNED", "accept-2": "MISSED"}},
		"what the first used counts for the first":  {deadline.Accept, deadline.Restart, append(passed, accepted(2, 5*hour)), map[string]string{"accept-1": "REASSIGNED", "accept-2": "MET"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			equal(t, "standing", standings(deadline.Clocks(lead(test.facts...), reassigning(test.kind, test.does), almanac(t), at(26*hour))), test.want)
		})
	}
}

// TestCarryOrRestartAcrossZones: 2.5 of four hours are used in New York when a rep in Berlin gets the handoff, where the office is
// closed by then.
func TestCarryOrRestartAcrossZones(t *testing.T) {
	t.Parallel()
	for does, want := range map[deadline.OnReassign]string{deadline.Carry: "2026-03-05 10:30", deadline.Restart: "2026-03-05 13:00"} {
		p := usual()
		rule := working(4*time.Hour, deadline.FromAssigned)
		rule.OnReassign = does
		p.Rules = map[deadline.Kind]deadline.Rule{deadline.Accept: rule}
		f := lead(assigned(1, "ann", 0))
		f.Assign(2, "eva", berlin, at(2*time.Hour+30*time.Minute))
		c := find(t, deadline.Clocks(f, p, almanac(t), at(3*time.Hour)), deadline.Accept, 2)
		equal(t, "due", c.Due, local(t, zoneBerlin, want))
	}
}

func TestTheTotalOfRunsIsKept(t *testing.T) {
	t.Parallel()
	const hour = time.Hour
	f := lead(assigned(1, "ann", 0), assigned(2, "bob", 2*hour), refused(2, 5*hour), assigned(3, "cat", 5*hour))
	clocks := deadline.Clocks(f, only(usual(), deadline.Accept), nil, at(6*hour))
	equal(t, "first", find(t, clocks, deadline.Accept, 1).Total, 2*hour)
	equal(t, "second", find(t, clocks, deadline.Accept, 2).Total, 5*hour)
	equal(t, "still running", find(t, clocks, deadline.Accept, 3).Total, 0)
	f.Answer(3, true, at(6*hour))
	carried := deadline.Clocks(f, reassigning(deadline.Accept, deadline.Carry), nil, at(6*hour))
	equal(t, "carried", find(t, carried, deadline.Accept, 3).Total, 6*hour)
}
