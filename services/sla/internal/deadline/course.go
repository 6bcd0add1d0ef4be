package deadline

import "time"

// course is what a clock is subject to while its handoff passes through tiers.
type course struct {
	tier   string // when the clock began
	stages []stage
	goal   Budget // of the last of them
	end    ending
}

// stage is the terms from a change of tier on; at is zero for the terms from the start.
type stage struct {
	at    time.Time
	terms Terms
}

// course follows a clock from tier to tier. There is none if no tier had the clock. A tier that does not have it ends it.
func (d *docket) course(rule Rule, s start) (course, bool) {
	c := course{tier: d.facts.tierAt(s.at), end: s.end}
	if terms, ok := rule.terms(c.tier); ok {
		c.stages, c.goal = []stage{{terms: terms}}, terms.Goal
	}
	for _, change := range d.facts.Tiers {
		if !change.At.After(s.at) || !c.end.none() && !change.At.Before(c.end.at) {
			continue // it was before the clock's time, or after
		}
		terms, ok := rule.terms(change.To)
		if ok {
			c.goal = terms.Goal
		}
		switch n := len(c.stages); {
		case !ok && n > 0:
			c.end = cancel(change.At, TierChanged)
		case ok && n == 0:
			c.tier = change.To
			c.stages = []stage{{at: change.At, terms: terms}}
		case ok && !terms.binds(c.stages[n-1].terms):
			c.stages = append(c.stages, stage{at: change.At, terms: terms})
		}
	}
	return c, len(c.stages) > 0
}

// until is the course as it had gone until an instant.
func (c course) until(at time.Time) course {
	n := 1
	for n < len(c.stages) && !c.stages[n].at.After(at) {
		n++
	}
	c.stages = c.stages[:n]
	return c
}

// limit is how much of its time a clock may use.
type limit struct {
	budget  time.Duration // at most
	warning time.Duration // before it warns
	agreed  Budget        // in the playbook's words
	used    time.Duration // when the terms came into force, so that nothing is due before
}

// at is when a share of the budget is used up.
func (l limit) at(t timeline, start time.Time, share float64) time.Time {
	return t.due(start, max(part(l.budget, share), l.used))
}

// limit is what the stages amount to. Each replaces the one before from the start on, but leaves a grace after the change
// and tells nothing of before the change. Once the budget is used up, a change comes too late.
func (c course) limit(rule Rule, t timeline, start time.Time) limit {
	var l limit
	calendar := t.first().calendar // the one in force at the start
	for i, s := range c.stages {
		next := limit{budget: s.terms.Within.in(calendar), agreed: s.terms.Within}
		next.warning = s.terms.Warn.point(next.budget, calendar)
		if !s.at.IsZero() {
			used := t.worked(start, s.at)
			if i > 0 && rule.exceeded(used, l.budget) {
				break
			}
			next.budget, next.warning, next.used = max(next.budget, used+grace), max(next.warning, used), used
		}
		l = next
	}
	return l
}
