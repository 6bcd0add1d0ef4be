package deadline_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// byTier gives four hours in T1, a day otherwise, and three days in T3.
func byTier() deadline.Policy {
	rule := within(24*time.Hour, deadline.FromMQL)
	rule.Tiers = map[string]deadline.Terms{
		"T1": terms(4 * time.Hour),
		"T3": {Within: deadline.Budget{Days: 3}, Warn: deadline.Warning{After: deadline.Budget{Time: 48 * time.Hour}}},
	}
	return deadline.Policy{Calendar: newYork, Rules: map[deadline.Kind]deadline.Rule{deadline.SpeedToLead: rule}}
}

// inTier is a handoff that was opened in a tier.
func inTier(name string, more ...func(*deadline.Facts)) deadline.Facts {
	return lead(append([]func(*deadline.Facts){func(f *deadline.Facts) { f.Open(name) }}, more...)...)
}

func TestTiersHaveTheirOwnTerms(t *testing.T) {
	t.Parallel()
	for tier, want := range map[string]struct{ due, risk time.Duration }{
		"T1": {4 * time.Hour, 3 * time.Hour},
		"T2": {24 * time.Hour, 18 * time.Hour},
		"":   {24 * time.Hour, 18 * time.Hour},
		"T3": {72 * time.Hour, 48 * time.Hour},
	} {
		c := find(t, deadline.Clocks(inTier(tier), byTier(), nil, mql), deadline.SpeedToLead, 1)
		equal(t, tier+" due", c.Due, at(want.due))
		equal(t, tier+" at risk", c.AtRisk, at(want.risk))
		equal(t, "tier", c.Tier, tier)
	}
}

func TestAWarningAfterTheDeadlineNeverComes(t *testing.T) {
	t.Parallel()
	p := byTier()
	rule := p.Rules[deadline.SpeedToLead]
	rule.Tiers["T1"] = deadline.Terms{Within: deadline.Budget{Time: 4 * time.Hour}, Warn: rule.Tiers["T3"].Warn}
	c := find(t, deadline.Clocks(inTier("T1"), p, nil, mql), deadline.SpeedToLead, 1)
	equal(t, "at risk", c.AtRisk, time.Time{})
}

func TestAChangeOfTierReplacesTheBudgetButLeavesAGrace(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		from      string
		changes   facts
		due, risk time.Duration
	}{
		"early: counted from the start":       {"T3", facts{tier("T1", time.Hour)}, 4 * time.Hour, 3 * time.Hour},
		"after the new warning: warns now":    {"T3", facts{tier("T1", 3*time.Hour+10*time.Minute)}, 4 * time.Hour, 3*time.Hour + 10*time.Minute},
		"near the new deadline: half an hour": {"T3", facts{tier("T1", 3*time.Hour+50*time.Minute)}, 4*time.Hour + 20*time.Minute, 3*time.Hour + 50*time.Minute},
		"long after it: half an hour":         {"T3", facts{tier("T1", 50*time.Hour)}, 50*time.Hour + 30*time.Minute, 50 * time.Hour},
		"to a longer budget":                  {"T1", facts{tier("T3", time.Hour)}, 72 * time.Hour, 48 * time.Hour},
		"to the same terms":                   {"T2", facts{tier("T4", 23*time.Hour+50*time.Minute)}, 24 * time.Hour, 18 * time.Hour},
		"too late: the budget was used up":    {"T1", facts{tier("T3", 5*time.Hour)}, 4 * time.Hour, 3 * time.Hour},
		"at the deadline: still in time":      {"T1", facts{tier("T3", 4*time.Hour)}, 72 * time.Hour, 48 * time.Hour},
		"twice: the last one counts":          {"T3", facts{tier("T2", time.Hour), tier("T1", 2*time.Hour)}, 4 * time.Hour, 3 * time.Hour},
		"twice, the second too late":          {"T3", facts{tier("T1", time.Hour), tier("T2", 5*time.Hour)}, 4 * time.Hour, 3 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := find(t, deadline.Clocks(inTier(test.from, test.changes...), byTier(), nil, mql), deadline.SpeedToLead, 1)
			equal(t, "due", c.Due, at(test.due))
			equal(t, "at risk", c.AtRisk, at(test.risk))
			equal(t, "tier when it began", c.Tier, test.from)
		})
	}
}

func TestTheGraceOfAChangeIsWorkingTime(t *testing.T) {
	t.Parallel()
	p := byTier()
	rule := p.Rules[deadline.SpeedToLead]
	rule.Business = true
	p.Rules[deadline.SpeedToLead] = rule
	f := inTier("T3", tier("T1", 12*time.Hour)) // half past nine in the evening
	c := find(t, deadline.Clocks(f, p, almanac(t), mql), deadline.SpeedToLead, 1)
	equal(t, "due", c.Due, local(t, zoneNewYork, "2026-03-05 09:30"))
}

func TestAChangeOfTierAfterTheEndChangesNothing(t *testing.T) {
	t.Parallel()
	f := inTier("T3", touched(10*time.Hour, 0), tier("T1", 10*time.Hour))
	c := find(t, deadline.Clocks(f, byTier(), nil, far), deadline.SpeedToLead, 1)
	equal(t, "due", c.Due, at(72*time.Hour))
	equal(t, "standing", standing(c), "MET")
}

func TestAChangeOfTierBeforeTheStartLeavesNoGrace(t *testing.T) {
	t.Parallel()
	rule := within(10*time.Minute, deadline.FromAssigned)
	rule.Tiers = map[string]deadline.Terms{"T1": terms(5 * time.Minute)}
	p := deadline.Policy{Rules: map[deadline.Kind]deadline.Rule{deadline.Accept: rule}}
	f := inTier("T2", tier("T1", time.Hour), tier("T3", 2*time.Hour), assigned(1, "ann", 3*time.Hour))
	c := find(t, deadline.Clocks(f, p, nil, mql), deadline.Accept, 1)
	equal(t, "due", c.Due, at(3*time.Hour+10*time.Minute))
	equal(t, "tier", c.Tier, "T3")
}

func TestClocksOfSomeTiersOnly(t *testing.T) {
	t.Parallel()
	p := byTier()
	rule := p.Rules[deadline.SpeedToLead]
	rule.Only = []string{"T1", "T2"}
	p.Rules[deadline.SpeedToLead] = rule
	for name, test := range map[string]struct {
		facts deadline.Facts
		want  map[string]string
	}{
		"a tier that has it":       {inTier("T2"), map[string]string{"speed_to_lead-1": "RUNNING"}},
		"a tier that has it not":   {inTier("T3"), map[string]string{}},
		"no tier":                  {inTier(""), map[string]string{}},
		"a change into such a one": {inTier("T3", tier("T2", time.Hour)), map[string]string{"speed_to_lead-1": "RUNNING"}},
		"a change out of it":       {inTier("T2", tier("T3", time.Hour)), map[string]string{"speed_to_lead-1": "TIER_CHANGED"}},
		"a change out of it, late": {inTier("T1", tier("T3", 5*time.Hour)), map[string]string{"speed_to_lead-1": "MISSED"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			equal(t, "clocks", standings(deadline.Clocks(test.facts, p, nil, at(2*time.Hour))), test.want)
		})
	}
	c := find(t, deadline.Clocks(inTier("T3", tier("T1", 10*time.Hour)), p, nil, at(10*time.Hour)), deadline.SpeedToLead, 1)
	equal(t, "a clock that comes late has a grace", c.Due, at(10*time.Hour+30*time.Minute))
	equal(t, "and the tier that gave it", c.Tier, "T1")
}

func TestAnchors(t *testing.T) {
	t.Parallel()
	full := lead(assigned(1, "ann", time.Hour), refused(1, 2*time.Hour), assigned(2, "bob", 3*time.Hour), accepted(2, 4*time.Hour))
	for name, test := range map[string]struct {
		kind deadline.Kind
		run  int
		from deadline.Anchor
		want time.Duration
	}{
		"touch from the MQL":                 {deadline.FirstTouch, 1, deadline.FromMQL, 0},
		"touch from the assignment":          {deadline.FirstTouch, 1, deadline.FromAssigned, time.Hour},
		"touch from the accept":              {deadline.FirstTouch, 1, deadline.FromAccepted, 4 * time.Hour},
		"accept from the MQL":                {deadline.Accept, 1, deadline.FromMQL, 0},
		"the next accept from its own start": {deadline.Accept, 2, deadline.FromMQL, 3 * time.Hour},
		"disposition from the accept":        {deadline.Disposition, 1, deadline.FromAccepted, 4 * time.Hour},
		"disposition from the MQL":           {deadline.Disposition, 1, deadline.FromMQL, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := usual()
			p.Rules[test.kind] = within(time.Hour, test.from)
			equal(t, "start", find(t, deadline.Clocks(full, p, almanac(t), far), test.kind, test.run).Start, at(test.want))
		})
	}
}
