package deadline_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

const (
	prospect = deadline.PauseReason("WAITING_ON_PROSPECT_DATE")
	day      = 24 * time.Hour
)

// pausable is the usual policy with pauses of at most two days.
func pausable() deadline.Policy {
	p := usual()
	p.Pauses = deadline.Pauses{AtMost: map[deadline.PauseReason]deadline.Budget{prospect: {Days: 2}, deadline.SystemIncident: {Days: 2}}}
	return p
}

// paused is a pause of all clocks, resumed by somebody; until 0 it lasts.
func paused(from, until time.Duration, kinds ...deadline.Kind) func(*deadline.Facts) {
	return stopped(prospect, from, until, kinds...)
}

func stopped(reason deadline.PauseReason, from, until time.Duration, kinds ...deadline.Kind) func(*deadline.Facts) {
	return func(f *deadline.Facts) {
		f.Pause(deadline.Pause{Reason: reason, Kinds: kinds, From: at(from), Recorded: at(from)})
		if until != 0 {
			resume(f, at(until))
		}
	}
}

// resume ends all pauses.
func resume(f *deadline.Facts, at time.Time) {
	for _, p := range f.Pauses {
		f.Resume(at, p.Number)
	}
}

// touchWithin is a first touch within four working hours of Wednesday 09:30 in New York.
func touchWithin() deadline.Policy {
	p := pausable()
	rule := working(4*time.Hour, deadline.FromMQL)
	rule.Ladder = []float64{0.5, 1.5}
	p.Rules[deadline.FirstTouch] = rule
	return p
}

// TestAPausePutsOffTheDeadline has the clock of four working hours from Wednesday 09:30 stand still at different times.
func TestAPausePutsOffTheDeadline(t *testing.T) {
	t.Parallel()
	const hour = time.Hour
	for name, test := range map[string]struct {
		facts facts
		now   time.Duration
		state string
		due   string // in New York
	}{
		"none":                                   {nil, 2 * hour, "RUNNING", "2026-03-04 13:30"},
		"from 10:30 until 10:30 on the next day": {facts{paused(hour, 25*hour)}, 25 * hour, "RUNNING", "2026-03-05 13:30"},
		"out of hours":                           {facts{paused(hour, 2*hour), paused(8*hour, 23*hour)}, 23 * hour, "OVERDUE", "2026-03-04 14:30"},
		"over before the start":                  {facts{paused(-10*hour, -hour)}, hour, "RUNNING", "2026-03-04 13:30"},
		"from before the start":                  {facts{paused(-10*hour, hour)}, hour, "RUNNING", "2026-03-04 14:30"},
		"one in the other":                       {facts{paused(hour, 0), stopped(deadline.SystemIncident, 2*hour, 3*hour)}, 3 * hour, "RUNNING", "2026-03-04 15:30"},
		"one after the other":                    {facts{paused(hour, 2*hour), paused(2*hour, 3*hour)}, 3 * hour, "RUNNING", "2026-03-04 15:30"},
		"of another clock":                       {facts{paused(hour, 2*hour, "disposition")}, 2 * hour, "RUNNING", "2026-03-04 13:30"},
		"of this clock":                          {facts{paused(hour, 2*hour, "disposition", "first_touch")}, 2 * hour, "RUNNING", "2026-03-04 14:30"},
		"at the very deadline":                   {facts{paused(4*hour, 5*hour)}, 5 * hour, "OVERDUE", "2026-03-04 13:30"},
		"when it is late":                        {facts{paused(5*hour, 6*hour)}, 6 * hour, "OVERDUE", "2026-03-04 13:30"},
		"until two working days are over":        {facts{paused(hour, 0)}, 50 * hour, "RUNNING", "2026-03-06 13:30"},
		"for a reason that does not count":       {facts{stopped("LUNCH", hour, 2*hour)}, 2 * hour, "RUNNING", "2026-03-04 13:30"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := find(t, deadline.Clocks(lead(test.facts...), touchWithin(), almanac(t), at(test.now)), deadline.FirstTouch, 1)
			equal(t, "state", standing(c), test.state)
			equal(t, "due", c.Due, local(t, zoneNewYork, test.due))
		})
	}
}

func TestAClockThatStandsStillSaysWhatIsLeft(t *testing.T) {
	t.Parallel()
	c := find(t, deadline.Clocks(lead(paused(time.Hour, 0)), touchWithin(), almanac(t), at(2*time.Hour)), deadline.FirstTouch, 1)
	equal(t, "state", standing(c), "PAUSED")
	equal(t, "left", c.Remaining, 3*time.Hour)
	equal(t, "goes on", c.Resume, local(t, zoneNewYork, "2026-03-06 10:30"))
	equal(t, "due", c.Due, time.Time{})
	equal(t, "warns", c.AtRisk, time.Time{})
	equal(t, "ladder", c.Ladder, nil)
	equal(t, "alarms", len(c.Alarms(0, far)), 0)
	equal(t, "looked at next", c.Next(0), c.Resume)
}

func TestAGoalWaitsTooUnlessItIsOver(t *testing.T) {
	t.Parallel()
	p := touchWithin()
	rule := p.Rules[deadline.FirstTouch]
	rule.Goal = deadline.Budget{Time: 2 * time.Hour}
	p.Rules[deadline.FirstTouch] = rule
	for from, want := range map[time.Duration]time.Time{time.Hour: {}, 3 * time.Hour: at(2 * time.Hour)} {
		c := find(t, deadline.Clocks(lead(paused(from, 0)), p, almanac(t), at(from)), deadline.FirstTouch, 1)
		equal(t, "goal", c.Goal.At, want)
	}
}

func TestTheWarningAndTheLadderWaitToo(t *testing.T) {
	t.Parallel()
	c := find(t, deadline.Clocks(lead(paused(time.Hour, 25*time.Hour)), touchWithin(), almanac(t), at(25*time.Hour)), deadline.FirstTouch, 1)
	equal(t, "warns", c.AtRisk, local(t, zoneNewYork, "2026-03-05 12:30"))
	equal(t, "ladder", c.Ladder, []time.Time{local(t, zoneNewYork, "2026-03-05 11:30"), local(t, zoneNewYork, "2026-03-05 15:30")})
}

func TestAPauseEndsAtTheInstantThatWasAgreed(t *testing.T) {
	t.Parallel()
	until := func(after time.Duration) deadline.Facts {
		return lead(func(f *deadline.Facts) {
			f.Pause(deadline.Pause{Reason: prospect, From: at(time.Hour), Until: at(after)})
		})
	}
	before := find(t, deadline.Clocks(until(24*time.Hour), touchWithin(), almanac(t), at(24*time.Hour-1)), deadline.FirstTouch, 1)
	equal(t, "before", standing(before), "PAUSED")
	equal(t, "goes on", before.Resume, at(24*time.Hour))
	after := find(t, deadline.Clocks(until(24*time.Hour), touchWithin(), almanac(t), at(24*time.Hour)), deadline.FirstTouch, 1)
	equal(t, "then", standing(after), "RUNNING")
	equal(t, "why", after.Pauses[0].Why, deadline.ResumedAsAgreed)
	beyond := find(t, deadline.Clocks(until(9*day), touchWithin(), almanac(t), at(8*day)), deadline.FirstTouch, 1)
	equal(t, "beyond what is allowed", beyond.Pauses[0].Why, deadline.ResumedAtLimit)
}

// TestPausesThatMeetAreOne has a clock go on once the last of them is over.
func TestPausesThatMeetAreOne(t *testing.T) {
	t.Parallel()
	f := lead(
		func(f *deadline.Facts) {
			f.Pause(deadline.Pause{Reason: prospect, From: at(time.Hour), Until: at(3 * time.Hour)})
		},
		func(f *deadline.Facts) {
			f.Pause(deadline.Pause{Reason: deadline.SystemIncident, From: at(2 * time.Hour), Until: at(5 * time.Hour)})
		})
	for _, now := range []time.Duration{time.Hour, 2 * time.Hour, 4 * time.Hour} {
		c := find(t, deadline.Clocks(f, touchWithin(), almanac(t), at(now)), deadline.FirstTouch, 1)
		equal(t, "goes on", c.Resume, at(5*time.Hour))
		equal(t, "left", c.Remaining, 3*time.Hour)
	}
}

func TestAStopEndsThePauseFirst(t *testing.T) {
	t.Parallel()
	f := lead(paused(time.Hour, 0), touched(24*time.Hour, 0))
	c := find(t, deadline.Clocks(f, touchWithin(), almanac(t), far), deadline.FirstTouch, 1)
	equal(t, "state", standing(c), "MET")
	equal(t, "used", c.Elapsed, time.Hour)
	equal(t, "why", c.Pauses[0].Why, deadline.ResumedByStop)
	equal(t, "pause ends", c.Pauses[0].Until, c.Stop)
	equal(t, "due as if resumed then", c.Due, local(t, zoneNewYork, "2026-03-05 12:30"))
	resume(&f, at(26*time.Hour))
	equal(t, "resumed later", find(t, deadline.Clocks(f, touchWithin(), almanac(t), far), deadline.FirstTouch, 1).Due, c.Due)
}

// TestLatenessIsNotPausedAway has a rep who is late pause out of hours, when no working time has passed since the deadline.
func TestLatenessIsNotPausedAway(t *testing.T) {
	t.Parallel()
	p := touchWithin()
	p.Rules[deadline.FirstTouch] = working(450*time.Minute, deadline.FromMQL) // due at closing time
	f := lead(paused(8*time.Hour, 30*time.Hour), touched(29*time.Hour, 0))
	equal(t, "state", standing(find(t, deadline.Clocks(f, p, almanac(t), far), deadline.FirstTouch, 1)), "MISSED")
}

func TestWhichClocksStandStill(t *testing.T) {
	t.Parallel()
	const hour, min = time.Hour, time.Minute
	begun := facts{assigned(1, "ann", min)}
	for name, test := range map[string]struct {
		facts facts
		want  map[string]string
	}{
		"all but assign, which asks something of the suite": {facts{paused(min, 0)},
			map[string]string{"assign-1": "RUNNING", "speed_to_lead-1": "PAUSED", "demo_booked-1": "PAUSED"}},
		"those that were named": {append(begun, paused(2*min, 0, "first_touch")),
			map[string]string{"assign-1": "MET", "accept-1": "RUNNING", "first_touch-1": "PAUSED", "speed_to_lead-1": "RUNNING", "demo_booked-1": "RUNNING"}},
		"one that begins meanwhile": {append(begun, paused(2*min, 0, "disposition"), accepted(1, 3*min)),
			map[string]string{"assign-1": "MET", "accept-1": "MET", "first_touch-1": "RUNNING", "speed_to_lead-1": "RUNNING", "disposition-1": "PAUSED", "demo_booked-1": "RUNNING"}},
		"the next rep must answer": {append(begun, paused(2*min, 0, "accept", "first_touch"), assigned(2, "bob", 3*min)),
			map[string]string{"assign-1": "MET", "accept-1": "REASSIGNED", "accept-2": "RUNNING", "first_touch-1": "PAUSED", "speed_to_lead-1": "RUNNING", "demo_booked-1": "RUNNING"}},
		"but not while nobody can": {append(begun, stopped(deadline.SystemIncident, 2*min, 0, "accept"), assigned(2, "bob", 3*min)),
			map[string]string{"assign-1": "MET", "accept-1": "REASSIGNED", "accept-2": "PAUSED", "first_touch-1": "RUNNING", "speed_to_lead-1": "RUNNING", "demo_booked-1": "RUNNING"}},
		"who stands in waits, too": {append(begun, paused(2*min, 0, "accept"), covered(1, "cat", 3*min, 0)),
			map[string]string{"assign-1": "MET", "accept-1": "PAUSED", "first_touch-1": "RUNNING", "speed_to_lead-1": "RUNNING", "demo_booked-1": "RUNNING"}},
		"a duplicate waits for nothing": {append(begun, paused(2*min, 0), merged(3*min)),
			map[string]string{"assign-1": "MET", "accept-1": "DUPLICATE", "first_touch-1": "DUPLICATE", "speed_to_lead-1": "DUPLICATE", "demo_booked-1": "DUPLICATE"}},
		"nor does what closed": {append(begun, paused(2*min, 0), refused(1, 3*min), closed(deadline.StepReject, deadline.OutcomeBadData, 1, 3*min)),
			map[string]string{"assign-1": "MET", "accept-1": "MET", "first_touch-1": "REJECTED", "speed_to_lead-1": "REJECTED", "demo_booked-1": "REJECTED"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			equal(t, "clocks", standings(deadline.Clocks(lead(test.facts...), pausable(), almanac(t), at(4*min))), test.want)
		})
	}
	merge := lead(append(begun, paused(2*min, 0), merged(3*min))...)
	merge.Unmerge()
	equal(t, "and waits on when it was none", standings(deadline.Clocks(merge, pausable(), almanac(t), at(hour)))["accept-1"], "PAUSED")
}

func TestWhoHasAHandoff(t *testing.T) {
	t.Parallel()
	f := lead(assigned(1, "ann", 0), covered(1, "cat", time.Hour, 2*time.Hour), assigned(2, "bob", 3*time.Hour))
	for after, want := range map[time.Duration][]string{0: {"ann"}, time.Hour: {"ann", "cat"}, 2 * time.Hour: {"ann"}, 3 * time.Hour: {"bob"}} {
		var have []string
		for _, rep := range []string{"ann", "bob", "cat", ""} {
			if f.Has(rep, at(after)) {
				have = append(have, rep)
			}
		}
		equal(t, after.String(), have, want)
	}
	nobody := lead()
	equal(t, "nobody has it", nobody.Has("", mql), false)
}

// TestAPauseOutlastsItsRep has the first touch, of which an hour is used in New York, go on in Berlin.
func TestAPauseOutlastsItsRep(t *testing.T) {
	t.Parallel()
	f := lead(assigned(1, "ann", 0), paused(time.Hour, 0))
	f.Assign(2, "bob", berlin, at(2*time.Hour))
	resume(&f, local(t, zoneBerlin, "2026-03-05 12:00"))
	c := find(t, deadline.Clocks(f, touchWithin(), almanac(t), at(day)), deadline.FirstTouch, 1)
	equal(t, "due", c.Due, local(t, zoneBerlin, "2026-03-05 15:00"))
	equal(t, "rep", c.Rep, "bob")
}

// TestAChangeOfTierMeanwhileLeavesItsGraceForLater: an hour of four is used when the budget falls to one.
func TestAChangeOfTierMeanwhileLeavesItsGraceForLater(t *testing.T) {
	t.Parallel()
	p := touchWithin()
	rule := p.Rules[deadline.FirstTouch]
	rule.Tiers = map[string]deadline.Terms{"T2": terms(time.Hour)}
	p.Rules[deadline.FirstTouch] = rule
	f := lead(paused(time.Hour, 0), tier("T2", 2*time.Hour))
	c := find(t, deadline.Clocks(f, p, almanac(t), at(3*time.Hour)), deadline.FirstTouch, 1)
	equal(t, "left", c.Remaining, 30*time.Minute)
	resume(&f, at(25*time.Hour))
	equal(t, "due", find(t, deadline.Clocks(f, p, almanac(t), at(25*time.Hour)), deadline.FirstTouch, 1).Due, local(t, zoneNewYork, "2026-03-05 11:00"))
}

// TestAnIncidentToldAfterwardsTakesABreachBack has a deadline pass in an outage that is recorded when it is over.
func TestAnIncidentToldAfterwardsTakesABreachBack(t *testing.T) {
	t.Parallel()
	f := lead()
	look := func(after time.Duration) deadline.Clock {
		return find(t, deadline.Clocks(f, touchWithin(), almanac(t), at(after)), deadline.FirstTouch, 1)
	}
	told := deadline.Alerts(0).With(deadline.AlertAtRisk).With(deadline.AlertStep(0)).With(deadline.AlertBreached)
	equal(t, "breached", look(5*time.Hour).State, deadline.Overdue)
	f.Pause(deadline.Pause{Reason: deadline.SystemIncident, From: at(3 * time.Hour), Until: at(5 * time.Hour), Recorded: at(5 * time.Hour)})
	c := look(5 * time.Hour)
	equal(t, "runs on", c.State, deadline.Running)
	equal(t, "due", c.Due, at(6*time.Hour))
	equal(t, "told", c.Alarms(told, at(5*time.Hour)), []deadline.Alarm{{Alert: deadline.AlertRetracted, At: at(5 * time.Hour)}})
	told = told.With(deadline.AlertRetracted)
	equal(t, "told once", len(c.Alarms(told, at(5*time.Hour))), 0)
	equal(t, "looked at next", c.Next(told), c.Due.Add(deadline.Settle))
	equal(t, "and told when it is late after all", look(6*time.Hour+time.Minute).Alarms(told, at(6*time.Hour+time.Minute)),
		[]deadline.Alarm{{Alert: deadline.AlertBreached, At: c.Due.Add(deadline.Settle)}})
}

// TestPausesAddNothingAndLoseNothing holds the engine against its own promise: what a clock used, what is left of it and when it
// is due say the same, however often it stood still.
func TestPausesAddNothingAndLoseNothing(t *testing.T) {
	t.Parallel()
	calendars := almanac(t)
	rapid.Check(t, func(t *rapid.T) {
		p, f := only(touchWithin(), deadline.FirstTouch), lead()
		f.Assign(1, "ann", rapid.SampledFrom([]string{"", newYork, berlin}).Draw(t, "calendar"), at(time.Duration(rapid.IntRange(0, 9).Draw(t, "assigned"))*time.Hour))
		moment := time.Minute
		later := func() time.Duration {
			moment += time.Duration(rapid.IntRange(0, 600).Draw(t, "minutes")) * time.Minute
			return moment
		}
		for range rapid.IntRange(1, 4).Draw(t, "pauses") {
			paused(later(), later())(&f)
		}
		now := at(later())
		c := deadline.Clocks(f, p, calendars, now)[0]
		if c.State == deadline.Paused {
			t.Fatalf("every pause is over: %+v", c)
		}
		act := f
		act.Act(deadline.Act{Occurred: now, Recorded: now, Deed: deadline.Call})
		ended := deadline.Clocks(act, p, calendars, now)[0]
		if inTime, met := !now.After(c.Due), ended.State == deadline.Met; inTime && !met || ended.Elapsed <= 4*time.Hour != met {
			t.Fatalf("%v used of 4h, due %v, answered %v: %+v", ended.Elapsed, c.Due, now, ended)
		}
		again := f
		again.Pauses = nil
		if bare := deadline.Clocks(again, p, calendars, now)[0]; c.Due.Before(bare.Due) {
			t.Fatalf("a pause brought the deadline forward from %v to %v", bare.Due, c.Due)
		}
		f.Pause(deadline.Pause{Reason: prospect, From: now})
		if still := deadline.Clocks(f, p, calendars, now)[0]; c.State == deadline.Running && ended.Elapsed < 4*time.Hour &&
			!cmp.Equal(still.Remaining, 4*time.Hour-ended.Elapsed) {
			t.Fatalf("%v used and %v left: %+v", ended.Elapsed, still.Remaining, still)
		}
	})
}
