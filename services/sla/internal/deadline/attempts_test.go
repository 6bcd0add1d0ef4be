package deadline_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// trying is a plan from the acceptance: a call within a day; a mail or message at least a day later, within two days; and a call
// at least two hours after that, within three days.
func trying() deadline.Rule {
	const day = 24 * time.Hour
	return deadline.Rule{Terms: deadline.Terms{Warn: deadline.Warning{Share: 0.75}}, From: deadline.FromAccepted, Ladder: []float64{0.5, 1, 1.5}, Plan: []deadline.Planned{
		{Channel: deadline.CallAttempt, Within: deadline.Budget{Time: day}},
		{Channel: deadline.Touch, Within: deadline.Budget{Days: 2}, After: deadline.Budget{Time: day}},
		{Channel: deadline.CallAttempt, Within: deadline.Budget{Time: 3 * day}, After: deadline.Budget{Time: 2 * time.Hour}},
	}}
}

func plan(rule deadline.Rule) deadline.Policy {
	return deadline.Policy{Calendar: newYork, LateLogging: 24 * time.Hour, Rules: map[deadline.Kind]deadline.Rule{deadline.Attempted: rule}}
}

func TestAPlanOfAttempts(t *testing.T) {
	t.Parallel()
	const hour, day = time.Hour, 24 * time.Hour
	tried := func(after time.Duration) func(*deadline.Facts) { return done(deadline.CallAttempt, after) }
	mailed := func(after time.Duration) func(*deadline.Facts) { return done(deadline.Email, after) }
	for name, test := range map[string]struct {
		facts facts
		now   time.Duration
		want  map[string]string
		due   []time.Duration // of the steps that have begun
	}{
		"waits for its anchor":                  {nil, 0, map[string]string{}, nil},
		"begins with its first step":            {facts{accepted(1, hour)}, hour, map[string]string{"attempts-1": "RUNNING"}, []time.Duration{25 * hour}},
		"the next step begins as one is made":   {facts{accepted(1, 0), tried(hour)}, hour, map[string]string{"attempts-1": "MET", "attempts-2": "RUNNING"}, []time.Duration{day, 49 * hour}},
		"an attempt on another channel is none": {facts{accepted(1, 0), mailed(hour)}, hour, map[string]string{"attempts-1": "RUNNING"}, []time.Duration{day}},
		"an attempt too soon after another counts not": {facts{accepted(1, 0), tried(hour), mailed(24 * hour)}, 24 * hour,
			map[string]string{"attempts-1": "MET", "attempts-2": "RUNNING"}, []time.Duration{day, 49 * hour}},
		"at the earliest instant it counts": {facts{accepted(1, 0), tried(hour), mailed(25 * hour)}, 25 * hour,
			map[string]string{"attempts-1": "MET", "attempts-2": "MET", "attempts-3": "RUNNING"}, []time.Duration{day, 49 * hour, 97 * hour}},
		"a step that is due makes room for the next": {facts{accepted(1, 0)}, day + time.Microsecond,
			map[string]string{"attempts-1": "OVERDUE", "attempts-2": "RUNNING"}, []time.Duration{day, 72 * hour}},
		"at its deadline it does not": {facts{accepted(1, 0)}, day, map[string]string{"attempts-1": "RUNNING"}, []time.Duration{day}},
		"what comes after its deadline is for the next": {facts{accepted(1, 0), tried(30 * hour)}, 30 * hour,
			map[string]string{"attempts-1": "MISSED", "attempts-2": "MET", "attempts-3": "RUNNING"}, []time.Duration{day, 72 * hour, 102 * hour}},
		"nobody does anything": {facts{accepted(1, 0)}, 20 * day,
			map[string]string{"attempts-1": "OVERDUE", "attempts-2": "OVERDUE", "attempts-3": "OVERDUE"}, []time.Duration{day, 72 * hour, 144 * hour}},
		"the last step may be late": {facts{accepted(1, 0), tried(20 * day)}, 20 * day,
			map[string]string{"attempts-1": "MISSED", "attempts-2": "MISSED", "attempts-3": "MISSED"}, []time.Duration{day, 72 * hour, 144 * hour}},
		"it is made before it begins": {facts{tried(0), accepted(1, hour)}, 2 * hour,
			map[string]string{"attempts-1": "MET", "attempts-2": "RUNNING"}, []time.Duration{25 * hour, 49 * hour}},
		"whoever is reached is not tried again": {facts{accepted(1, 0), touched(hour, 0)}, 2 * hour, map[string]string{"attempts-1": "MET"}, []time.Duration{day}},
		"a meeting ends the plan":               {facts{accepted(1, 0), tried(hour), done(deadline.MeetingBooked, 2*hour)}, 3 * hour, map[string]string{"attempts-1": "MET", "attempts-2": "REACHED"}, []time.Duration{day, 49 * hour}},
		"a reply ends the plan":                 {facts{accepted(1, 0), done(deadline.Reply, 2*hour)}, 3 * hour, map[string]string{"attempts-1": "REACHED"}, []time.Duration{day}},
		"who replied before is not tried":       {facts{done(deadline.Reply, 0), accepted(1, hour)}, 3 * hour, map[string]string{}, nil},
		"a reply does not make good":            {facts{accepted(1, 0), done(deadline.Reply, 30*hour)}, 31 * hour, map[string]string{"attempts-1": "MISSED", "attempts-2": "REACHED"}, []time.Duration{day, 72 * hour}},
		"a close ends the plan":                 {facts{accepted(1, 0), closed(deadline.StepRecycle, deadline.OutcomeRecycled, 1, hour)}, 2 * hour, map[string]string{"attempts-1": "RECYCLED"}, []time.Duration{day}},
		"a merge ends the plan":                 {facts{accepted(1, 0), merged(hour)}, 2 * hour, map[string]string{"attempts-1": "DUPLICATE"}, []time.Duration{day}},
		"reassignment carries it on":            {facts{accepted(1, 0), tried(hour), assigned(2, "bob", 2*hour)}, 3 * hour, map[string]string{"attempts-1": "MET", "attempts-2": "RUNNING"}, []time.Duration{day, 49 * hour}},
		"a call that is logged late counts when it was made": {facts{accepted(1, 0), func(f *deadline.Facts) {
			f.Act(deadline.Act{Occurred: at(hour), Recorded: at(25 * hour), Deed: deadline.CallAttempt})
		}}, 26 * hour, map[string]string{"attempts-1": "MET", "attempts-2": "RUNNING"}, []time.Duration{day, 49 * hour}},
		"a tier without a plan ends its last step, too": {facts{accepted(1, 0), tried(hour), mailed(26 * hour), tier("T9", 27*hour), tried(30 * hour)}, 31 * hour,
			map[string]string{"attempts-1": "MET", "attempts-2": "MET", "attempts-3": "TIER_CHANGED"}, []time.Duration{day, 49 * hour, 98 * hour}},
		"a tier without a plan ends it": {facts{accepted(1, 0), tried(hour), tier("T9", 2*hour), mailed(26 * hour)}, 27 * hour,
			map[string]string{"attempts-1": "MET", "attempts-2": "TIER_CHANGED"}, []time.Duration{day, 49 * hour}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule := trying()
			rule.Only = []string{"T1"}
			f := lead(append(facts{assigned(1, "ann", 0)}, test.facts...)...)
			clocks := deadline.Clocks(f, plan(rule), almanac(t), at(test.now))
			equal(t, "standing", standings(clocks), test.want)
			made := 0
			for _, c := range clocks {
				if c.Answered {
					made++
				}
			}
			equal(t, "made", deadline.Attempts(f, plan(rule), almanac(t), at(test.now)).Made, made)
			var due []time.Duration
			for _, c := range clocks {
				due = append(due, c.Due.Sub(mql))
			}
			equal(t, "due", due, test.due)
		})
	}
}

func TestProgressOfAPlan(t *testing.T) {
	t.Parallel()
	const hour = time.Hour
	given := facts{assigned(1, "ann", 0), accepted(1, 0)}
	for name, test := range map[string]struct {
		facts              facts
		now                time.Duration
		made               int
		reached, exhausted bool
	}{
		"at first":            {given, 0, 0, false, false},
		"on its way":          {append(given, done(deadline.CallAttempt, hour)), 2 * hour, 1, false, false},
		"reached":             {append(given, touched(hour, 0)), 2 * hour, 1, true, false},
		"every step was made": {append(given, done(deadline.CallAttempt, hour), done(deadline.Email, 30*hour), done(deadline.CallAttempt, 40*hour)), 41 * hour, 3, false, true},
		"nobody tried":        {given, 400 * hour, 0, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := deadline.Attempts(lead(test.facts...), plan(trying()), nil, at(test.now))
			equal(t, "progress", fmt.Sprint(p.Planned, p.Made, p.Reached, p.Exhausted), fmt.Sprint(3, test.made, test.reached, test.exhausted))
		})
	}
	equal(t, "without a plan", deadline.Attempts(lead(given...), usual(), nil, far), deadline.Progress{})
	p := deadline.Attempts(lead(append(given, done(deadline.CallAttempt, hour))...), plan(trying()), nil, at(2*hour))
	equal(t, "earliest", p.Attempts[1].Earliest, at(25*hour))
	equal(t, "made", p.Attempts[0].Made, at(hour))
}

// TestSpacingLeavesOutPauses has a call an hour after the start, and a mail no sooner than a day after that.
func TestSpacingLeavesOutPauses(t *testing.T) {
	t.Parallel()
	const hour = time.Hour
	p := plan(trying())
	p.Pauses = pausable().Pauses
	called := facts{assigned(1, "ann", 0), accepted(1, 0), done(deadline.CallAttempt, hour)}
	for name, test := range map[string]struct {
		facts facts
		want  time.Duration
	}{
		"none":                        {nil, 25 * hour},
		"one in between":              {facts{paused(2*hour, 7*hour)}, 30 * hour},
		"one that lasts":              {facts{paused(2*hour, 0)}, 73 * hour}, // two days at most
		"one that began before":       {facts{paused(-hour, 3*hour)}, 27 * hour},
		"two that overlap":            {facts{paused(2*hour, 7*hour), stopped(deadline.SystemIncident, 4*hour, 9*hour)}, 32 * hour},
		"one that comes too late":     {facts{paused(25*hour, 30*hour)}, 25 * hour},
		"one of other clocks":         {facts{paused(2*hour, 7*hour, deadline.FirstTouch)}, 25 * hour},
		"one of attempts":             {facts{paused(2*hour, 7*hour, deadline.Attempted)}, 30 * hour},
		"an incident told afterwards": {facts{incident(2*hour, 7*hour, 20*hour)}, 30 * hour},
	} {
		got := deadline.Attempts(lead(slices.Concat(called, test.facts)...), p, nil, at(26*hour))
		equal(t, name, got.Attempts[1].Earliest.Sub(mql), test.want)
	}
	early := facts{paused(2*hour, 7*hour), done(deadline.Email, 26*hour)}
	got := deadline.Clocks(lead(slices.Concat(called, early)...), p, nil, at(27*hour))
	equal(t, "a mail that is too soon then", standings(got), map[string]string{"attempts-1": "MET", "attempts-2": "RUNNING"})
}

// incident is a system incident that is told when it is over.
func incident(from, until, told time.Duration) func(*deadline.Facts) {
	return func(f *deadline.Facts) {
		f.Pause(deadline.Pause{Reason: deadline.SystemIncident, From: at(from), Until: at(until), Recorded: at(told)})
	}
}

// TestOneCallIsOneAttempt: a plan without spacing asks for another call all the same.
func TestOneCallIsOneAttempt(t *testing.T) {
	t.Parallel()
	rule := trying()
	rule.Plan = []deadline.Planned{{Channel: deadline.CallAttempt, Within: deadline.Budget{Days: 1}}, {Channel: deadline.CallAttempt, Within: deadline.Budget{Days: 1}}}
	f := lead(assigned(1, "ann", 0), accepted(1, 0), done(deadline.CallAttempt, time.Hour))
	equal(t, "once", standings(deadline.Clocks(f, plan(rule), nil, at(2*time.Hour))), map[string]string{"attempts-1": "MET", "attempts-2": "RUNNING"})
}

// TestAPlanCountsWorkingTime has the day after Friday be Monday.
func TestAPlanCountsWorkingTime(t *testing.T) {
	t.Parallel()
	rule := trying()
	rule.Business = true
	rule.Plan = []deadline.Planned{{Channel: deadline.CallAttempt, Within: deadline.Budget{Days: 1}},
		{Channel: deadline.CallAttempt, Within: deadline.Budget{Days: 2}, After: deadline.Budget{Days: 1}}}
	friday := 48*time.Hour + 30*time.Minute // at ten
	p := deadline.Attempts(lead(assigned(1, "ann", friday), accepted(1, friday), done(deadline.CallAttempt, friday+time.Hour)), plan(rule), almanac(t), at(friday+2*time.Hour))
	equal(t, "due", p.Attempts[0].Clock.Due, time.Date(2026, 3, 9, 14, 0, 0, 0, time.UTC))
	equal(t, "earliest", p.Attempts[1].Earliest, time.Date(2026, 3, 9, 15, 0, 0, 0, time.UTC))
	equal(t, "due next", p.Attempts[1].Clock.Due, time.Date(2026, 3, 10, 15, 0, 0, 0, time.UTC))
}

// TestEachAttemptIsMadeOnce: no act makes two steps, and steps are made in their order with their spacing.
func TestEachAttemptIsMadeOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := shuffle(t, someStory(t))
		now := at(time.Duration(rapid.IntRange(0, 300).Draw(t, "now")) * time.Hour)
		p := deadline.Attempts(f, plan(trying()), nil, now)
		var last time.Time
		for n, s := range p.Attempts {
			switch {
			case s.Clock.Run != n+1:
				t.Fatalf("step %d has the run %d", n+1, s.Clock.Run)
			case !s.Made.IsZero() && (!s.Made.After(last) || s.Made.Before(s.Earliest)):
				t.Fatalf("step %d was made at %v, after %v and not before %v", n+1, s.Made, last, s.Earliest)
			case n > 0 && s.Clock.Start.Before(p.Attempts[n-1].Clock.Start):
				t.Fatalf("step %d began before the step before", n+1)
			case s.Clock.Answered != !s.Made.IsZero():
				t.Fatalf("step %d was made and not answered, or the other way round: %+v", n+1, s)
			}
			if !s.Made.IsZero() {
				last = s.Made
			}
		}
	})
}
