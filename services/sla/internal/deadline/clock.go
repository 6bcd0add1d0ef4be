package deadline

import (
	"time"
)

// grace is what a change of tier leaves at least of a clock that is not late yet, in the clock's own time.
const grace = 30 * time.Minute

// Clock is a clock as it stands. Times are in UTC; a zero time is none.
type Clock struct {
	Kind      Kind
	Run       int // 1, for accept the number of the assignment, and for attempts that of the step
	State     State
	Reason    Reason       // why it was cancelled
	Tier      string       // of the handoff when the clock began
	Rep       string       // who owes the action; empty if the suite does
	Turn      int          // the number of that rep's assignment; 0 for none
	Pool      string       // that gave the handoff to that rep; empty for none
	Start     time.Time    // from when it counts
	AtRisk    time.Time    // when it warns; zero if it never does
	Due       time.Time    // the deadline; zero while it stands still or the calendar is not known, or if it never comes
	Ladder    []time.Time  // when each step of the ladder comes, zero if it never does; none once the clock has ended
	Pauses    []Standstill // when it stood still, or does, in the order in which that began
	Resume    time.Time    // when it goes on by itself, while it stands still; zero if it never does
	Stop      time.Time    // when it ended
	Elapsed   time.Duration
	Total     time.Duration // elapsed over this run and those before, if the clock restarts
	Remaining time.Duration // what is left of its budget, while it stands still
	Answered  bool          // somebody did what was asked, in time or not
	Holdings  []Holding     // who had the handoff while the clock ran, if it was missed; see [Clock.Shares]
	Budget    Budget
	Goal      Goal
	Business  bool
	Calendar  string // of working time, at last; or the one that is not known
	Edition   int64  // the version of the calendar
}

// Clocks works out the clocks of a handoff as they stand at an instant: by kind, then by run.
func Clocks(f Facts, p Policy, a Almanac, now time.Time) []Clock {
	d := &docket{facts: f, policy: p, almanac: a, now: now}
	return d.clocks()
}

func (d *docket) clocks() []Clock {
	var clocks []Clock
	for _, kind := range d.policy.Kinds() {
		if !d.exists(kind) {
			continue
		}
		rule := d.policy.Rules[kind]
		if kind == Attempted {
			for _, s := range d.attempts(rule) {
				clocks = append(clocks, s.Clock)
			}
			continue
		}
		first := len(clocks)
		for _, s := range d.starts(kind, rule) {
			if c, ok := d.clock(rule, s); ok {
				clocks = append(clocks, c)
			}
		}
		rule.addUp(kind, clocks[first:])
	}
	return clocks
}

// docket is what the clocks of one handoff are worked out from.
type docket struct {
	facts   Facts
	policy  Policy
	almanac Almanac
	now     time.Time
	watch   func(reckoning) // is told how each clock was worked out, if somebody wants to know
}

// exists says whether clocks of a kind can be there yet. Those of sales wait until routing has spoken, for only then the
// tier is known, and they never come when the handoff went to nurture at once.
func (d *docket) exists(kind Kind) bool {
	if kind == Assign {
		return true
	}
	return d.facts.Opened && !d.facts.nurtured()
}

// start is a clock that began, and what ends it.
type start struct {
	kind Kind
	run  int
	at   time.Time
	end  ending
	rep  string
	turn int // the number of the rep's assignment
}

// starts are the clocks of a kind that began: the left half of the table of clocks.
func (d *docket) starts(kind Kind, rule Rule) []start {
	switch {
	case kind == Accept:
		return d.acceptRuns(rule)
	case rule.restarts(kind):
		return d.runs(kind, rule)
	}
	s := start{kind: kind, run: 1, at: d.anchor(rule.From)}
	if s.at.IsZero() || kind.Own() && d.comesTooLate(rule, s.at) {
		return nil
	}
	s.end = d.ending(kind, rule, s.at)
	if kind != Assign {
		s.turn, s.rep = d.facts.holder(s.end.at)
	}
	return []start{s}
}

// reckoning is how a clock was worked out.
type reckoning struct {
	clock    Clock
	rule     Rule
	course   course
	timeline timeline // none if a calendar is not known
	limit    limit
}

// clock works out one clock; none if its handoff never was in a tier that has it.
func (d *docket) clock(rule Rule, s start) (Clock, bool) {
	course, ok := d.course(rule, s)
	if !ok {
		return Clock{}, false
	}
	r := reckoning{rule: rule, course: course}
	r.clock = d.reckon(&r, s)
	if d.watch != nil {
		d.watch(r)
	}
	return r.clock, true
}

func (d *docket) reckon(r *reckoning, s start) Clock {
	rule, course := r.rule, r.course
	s.end = course.end
	c := Clock{Kind: s.kind, Run: s.run, State: Running, Tier: course.tier, Rep: s.rep, Turn: s.turn, Pool: d.facts.pool(s.turn), Start: s.at,
		Budget: course.stages[0].terms.Within, Business: rule.Business}
	t, missing := d.timeline(rule, s.at, s.end.at)
	if missing != "" {
		c.Calendar = missing
		return c
	}
	c.Pauses = d.standstills(rule, course, t, s)
	t.pauses = intervals(c.Pauses)
	limit := course.limit(rule, t, s.at)
	r.timeline, r.limit = t, limit
	c.Budget, c.Calendar, c.Edition = limit.agreed, t.last().id, t.last().version
	c.Due = t.due(s.at, limit.budget)
	c.Goal = goal(course.goal, t, s.at)
	if limit.warning < limit.budget {
		c.AtRisk = t.due(s.at, limit.warning)
	}
	if s.end.none() {
		c.run(rule, d.now)
		c.climb(rule.Ladder, limit, t)
		c.pause(limit, t, d.now)
	} else {
		c.Stop, c.Elapsed = s.end.at, t.worked(s.at, s.end.at)
		c.end(s.end, rule.exceeded(c.Elapsed, limit.budget))
	}
	if c.State == Overdue || c.State == Missed {
		c.Holdings = d.diagnose(t, c)
	}
	return c
}

// run says where a clock stands that has not ended.
func (c *Clock) run(rule Rule, now time.Time) {
	if !c.Due.IsZero() && (now.After(c.Due) || rule.Strict && now.Equal(c.Due)) {
		c.State = Overdue
	}
}

// climb says when each step of the ladder comes. What follows the deadline does not come before the breach.
func (c *Clock) climb(ladder []float64, l limit, t timeline) {
	for _, share := range ladder {
		at := l.at(t, c.Start, share)
		if share >= 1 && !at.IsZero() {
			at = latest(at, c.ring())
		}
		c.Ladder = append(c.Ladder, at)
	}
}

// end says where a clock stands that has ended.
func (c *Clock) end(e ending, late bool) {
	c.Answered = e.how == answered
	switch {
	case e.how == answered && !late:
		c.State = Met
	case e.how == cancelled && (!late || e.reason == Duplicate):
		c.State, c.Reason = Cancelled, e.reason
	default:
		c.State = Missed
	}
}
