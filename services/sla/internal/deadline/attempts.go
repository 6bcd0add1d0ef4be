package deadline

import "time"

// Planned is an attempt to reach a lead, as a plan asks for it.
type Planned struct {
	Channel Deed // CallAttempt, Email, Message, or Touch for any
	Within  Budget
	After   Budget // how long after the attempt before it may be made at the earliest, pauses left out; none for any time after it
}

// Attempt is a step of a plan that has begun.
type Attempt struct {
	Clock    Clock
	Channel  Deed
	Earliest time.Time // when it may be made; zero if at once, or if the calendar is not known
	Made     time.Time // zero if it was not
}

// Progress is how far a plan of attempts is.
type Progress struct {
	Planned   int // steps of the plan; 0 without one
	Made      int // of them, in time or not
	Reached   bool
	Exhausted bool // the last step was made, or is overdue
	Attempts  []Attempt
}

// Attempts works out how far the plan of attempts of a handoff is at an instant.
func Attempts(f Facts, p Policy, a Almanac, now time.Time) Progress {
	d := &docket{facts: f, policy: p, almanac: a, now: now}
	rule := p.Rules[Attempted]
	progress := Progress{Planned: len(rule.Plan), Reached: !d.first(Deed.reaches).IsZero()}
	if progress.Planned == 0 || !d.exists(Attempted) {
		return progress
	}
	progress.Attempts = d.attempts(rule)
	for n, s := range progress.Attempts {
		if !s.Made.IsZero() {
			progress.Made++
		}
		if n+1 == progress.Planned {
			progress.Exhausted = !s.Made.IsZero() || s.Clock.State == Overdue || s.Clock.State == Missed
		}
	}
	return progress
}

// reaches says whether the lead was reached, so that nobody needs to try any more.
func (d Deed) reaches() bool {
	return d == Call || d == MeetingBooked || d == MeetingHeld || d == Reply
}

// attempts are the steps of a plan that have begun. A step is the one to be made until it is made, or until it is due and not the
// last; then the next one begins. One that was not made stays overdue until a later one is made, or the plan ends.
func (d *docket) attempts(rule Rule) []Attempt {
	over := d.planEnd()
	var all []effort
	begin, last := d.anchor(rule.From), time.Time{}
	for n, planned := range rule.Plan {
		if begin.IsZero() || !over.none() && !over.at.After(begin) {
			break
		}
		a := effort{rule: rule.step(planned), begin: begin, number: n + 1, final: n+1 == len(rule.Plan)}
		c, ok := d.clock(a.rule, a.start(ending{}))
		if !ok {
			break
		}
		a.earliest = d.spaced(a.rule, planned.After, last)
		if made := d.attempted(a, last, over); c.Stop.IsZero() || made.Before(c.Stop) {
			a.made = made // before the tier changed to one without a plan
		}
		all = append(all, a)
		begin, last = a.next(c, last)
	}
	return d.steps(all, over)
}

// effort is a step as the plan unfolds.
type effort struct {
	rule     Rule
	number   int
	begin    time.Time
	earliest time.Time
	made     time.Time
	final    bool
}

func (a effort) start(end ending) start {
	return start{kind: Attempted, run: a.number, at: a.begin, end: end}
}

// next is when the step after this one begins, zero if it does not, and when the last attempt was made. The clock is that of the
// step as if nobody had made it.
func (a effort) next(c Clock, last time.Time) (begin, made time.Time) {
	switch {
	case !a.made.IsZero():
		return latest(a.begin, a.made), a.made
	case c.State == Overdue:
		return c.Due, last
	default:
		return time.Time{}, last
	}
}

// step is the rule of one step of a plan.
func (r Rule) step(planned Planned) Rule {
	r.Within, r.MetBy = planned.Within, []Deed{planned.Channel}
	return r
}

// planEnd is what ends a plan of attempts, whichever step is to be made.
func (d *docket) planEnd() ending {
	return earliest(cancel(d.first(Deed.reaches), Reached), d.facts.Closing.cancel(), cancel(d.facts.Merged, Duplicate))
}

// spaced is when an attempt may be made at the earliest, so long after the last; zero if at once. While attempts stand still no time
// goes by between them either.
func (d *docket) spaced(rule Rule, spacing Budget, last time.Time) time.Time {
	if last.IsZero() || spacing == (Budget{}) {
		return time.Time{}
	}
	t, missing := d.timeline(rule, last, time.Time{})
	if missing != "" {
		return time.Time{}
	}
	t.pauses = intervals(d.stillness(t, start{kind: Attempted, at: last}))
	return t.due(last, spacing.in(t.first().calendar))
}

// attempted is when a step was made: by the first act on its channel after the attempt before, unless that was so late that the
// next step had begun by then. The first step may be made before it begins.
func (d *docket) attempted(a effort, last time.Time, over ending) time.Time {
	var first time.Time
	for _, act := range d.facts.Acts {
		at := d.policy.counted(act)
		inTurn := at.After(last) && !at.Before(a.earliest) && (a.number == 1 || !at.Before(a.begin))
		if inTurn && act.stands() && act.Deed.does(a.rule.MetBy[0]) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	if first.IsZero() || !over.none() && first.After(over.at) {
		return time.Time{}
	}
	if c, _ := d.clock(a.rule, a.start(answer(first))); c.State != Met && !a.final {
		return time.Time{}
	}
	return first
}

// steps are the steps with their clocks, now that it is known how each of them ends.
func (d *docket) steps(all []effort, over ending) []Attempt {
	steps := make([]Attempt, 0, len(all))
	for i, a := range all {
		var passed ending
		for _, later := range all[i+1:] {
			passed = earliest(passed, lapse(later.made))
		}
		s := a.start(earliest(answer(a.made), passed, over))
		s.turn, s.rep = d.facts.holder(s.end.at)
		if c, ok := d.clock(a.rule, s); ok {
			c.Total = c.Elapsed
			steps = append(steps, Attempt{Clock: c, Channel: a.rule.MetBy[0], Earliest: a.earliest, Made: a.made})
		}
	}
	return steps
}
