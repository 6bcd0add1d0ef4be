package deadline_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// local reads an instant off a wall clock.
func local(t testing.TB, zone, text string) time.Time {
	t.Helper()
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	when, err := time.ParseInLocation("2006-01-02 15:04", text, location)
	if err != nil {
		t.Fatal(err)
	}
	return when.UTC()
}

const (
	zoneNewYork = "America/New_York"
	zoneBerlin  = "Europe/Berlin"
)

// TestDeadlines holds published cases of working and wall time as a clock of one handoff.
func TestDeadlines(t *testing.T) {
	t.Parallel()
	memorial := worktime.Date{Year: 2026, Month: time.May, Day: 25}
	for name, test := range map[string]struct {
		start, due string
		budget     deadline.Budget
		wall       bool
		holidays   []worktime.Date
	}{
		"over a weekend with a change of the clock": {"2026-03-06 16:30", "2026-03-09 12:30", deadline.Budget{Time: 4 * time.Hour}, false, nil},
		"to the end of the day":                     {"2026-03-04 13:00", "2026-03-04 17:00", deadline.Budget{Time: 4 * time.Hour}, false, nil},
		"from a Saturday":                           {"2026-03-14 11:00", "2026-03-16 13:00", deadline.Budget{Time: 4 * time.Hour}, false, nil},
		"three days of work":                        {"2026-03-02 09:00", "2026-03-04 17:00", deadline.Budget{Time: 24 * time.Hour}, false, nil},
		"over a holiday":                            {"2026-05-22 16:00", "2026-05-26 12:00", deadline.Budget{Time: 4 * time.Hour}, false, []worktime.Date{memorial}},
		"a day of wall time that has 25 hours":      {"2026-10-31 20:00", "2026-11-01 19:00", deadline.Budget{Time: 24 * time.Hour}, true, nil},
		"five days of wall time":                    {"2026-05-20 15:00", "2026-05-25 15:00", deadline.Budget{Days: 5}, true, []worktime.Date{memorial}},
		"five working days over a holiday":          {"2026-05-20 15:00", "2026-05-28 15:00", deadline.Budget{Days: 5}, false, []worktime.Date{memorial}},
		"five working days":                         {"2026-05-20 15:00", "2026-05-27 15:00", deadline.Budget{Days: 5}, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := deadline.Policy{Calendar: newYork, Rules: map[deadline.Kind]deadline.Rule{
				deadline.Assign: {Terms: deadline.Terms{Within: test.budget}, Business: !test.wall, From: deadline.FromMQL}}}
			a := deadline.Almanac{newYork: {{Version: 1, Calendar: office(t, zoneNewYork, test.holidays...)}}}
			var f deadline.Facts
			f.Qualify(local(t, zoneNewYork, test.start))
			c := find(t, deadline.Clocks(f, p, a, f.MQL), deadline.Assign, 1)
			equal(t, "due", c.Due, local(t, zoneNewYork, test.due))
		})
	}
}

// TestReassignmentCarriesOrRestarts passes a handoff from New York to Berlin: two and a half of four hours were used.
func TestReassignmentCarriesOrRestarts(t *testing.T) {
	t.Parallel()
	noon := local(t, zoneNewYork, "2026-03-04 12:00")
	p := usual()
	p.Rules[deadline.Accept] = working(4*time.Hour, deadline.FromAssigned)
	p.Rules[deadline.FirstTouch] = working(4*time.Hour, deadline.FromAssigned)
	f := lead()
	f.Assign(1, "ann", newYork, mql)
	f.Assign(2, "bob", berlin, noon)

	clocks := deadline.Clocks(f, p, almanac(t), noon)
	touch := find(t, clocks, deadline.FirstTouch, 1)
	equal(t, "the touch carries", touch.Due, local(t, zoneBerlin, "2026-03-05 10:30"))
	equal(t, "the touch is counted in", touch.Calendar, berlin)
	equal(t, "the answer restarts", find(t, clocks, deadline.Accept, 2).Due, local(t, zoneBerlin, "2026-03-05 13:00"))
	first := find(t, clocks, deadline.Accept, 1)
	equal(t, "the first answer is not owed any more", standing(first), "REASSIGNED")
	equal(t, "what it had used", first.Elapsed, 150*time.Minute)

	f.Act(deadline.Act{Occurred: local(t, zoneBerlin, "2026-03-05 10:00"), Recorded: local(t, zoneBerlin, "2026-03-05 10:00"), Deed: deadline.Call})
	touch = find(t, deadline.Clocks(f, p, almanac(t), far), deadline.FirstTouch, 1)
	equal(t, "the touch used the time of both", touch.Elapsed, 210*time.Minute)
}

func TestABudgetThatEndsWithTheDayIsDueThenAndNotWhenTheNextRepGetsIt(t *testing.T) {
	t.Parallel()
	p := usual()
	p.Rules[deadline.FirstTouch] = working(7*time.Hour+30*time.Minute, deadline.FromAssigned)
	f := lead(assigned(1, "ann", 0))
	f.Assign(2, "bob", berlin, local(t, zoneNewYork, "2026-03-04 18:00"))
	c := find(t, deadline.Clocks(f, p, almanac(t), mql), deadline.FirstTouch, 1)
	equal(t, "due", c.Due, local(t, zoneNewYork, "2026-03-04 17:00"))
}

func TestHoldsAreCountedInThePlaybooksCalendar(t *testing.T) {
	t.Parallel()
	p := usual()
	p.Rules[deadline.FirstTouch] = working(4*time.Hour, deadline.FromAssigned)
	f := lead()
	f.Assign(1, "bob", berlin, mql) // 15:30 in Berlin
	f.Hold(local(t, zoneNewYork, "2026-03-04 12:00"))
	c := find(t, deadline.Clocks(f, p, almanac(t), mql), deadline.FirstTouch, 1)
	equal(t, "due", c.Due, local(t, zoneNewYork, "2026-03-04 14:30"))
}

func TestAnswersAboutTheDeadline(t *testing.T) {
	t.Parallel()
	const budget = 7*time.Hour + 30*time.Minute // to five o'clock
	for name, test := range map[string]struct {
		after  time.Duration
		strict bool
		want   string
	}{
		"before":                                        {budget - time.Microsecond, false, "MET"},
		"at the very instant":                           {budget, false, "MET"},
		"after hours, no work was lost":                 {budget + 10*time.Hour, false, "MET"},
		"a microsecond into the next day's work":        {24*time.Hour - 30*time.Minute + time.Microsecond, false, "MISSED"},
		"strict, before":                                {budget - time.Microsecond, true, "MET"},
		"strict, at the very instant":                   {budget, true, "MISSED"},
		"strict, after hours with all of the time used": {budget + 10*time.Hour, true, "MISSED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := usual()
			rule := working(budget, deadline.FromAssigned)
			rule.Strict = test.strict
			p.Rules[deadline.Accept] = rule
			c := find(t, deadline.Clocks(lead(assigned(1, "ann", 0), accepted(1, test.after)), p, almanac(t), far), deadline.Accept, 1)
			equal(t, "standing", standing(c), test.want)
		})
	}
}

func TestATouchBeforeTheClockBeganUsedNothing(t *testing.T) {
	t.Parallel()
	saturday := local(t, zoneNewYork, "2026-03-14 11:00")
	p := usual()
	p.Rules[deadline.FirstTouch] = working(4*time.Hour, deadline.FromAssigned)
	f := lead()
	f.Act(deadline.Act{Occurred: saturday, Recorded: saturday, Deed: deadline.Call})
	f.Assign(1, "bob", berlin, saturday.Add(time.Hour))
	c := find(t, deadline.Clocks(f, p, almanac(t), far), deadline.FirstTouch, 1)
	equal(t, "standing", standing(c), "MET")
	equal(t, "used", c.Elapsed, 0)
	equal(t, "stopped", c.Stop, saturday)
	equal(t, "due all the same", c.Due, local(t, zoneBerlin, "2026-03-16 13:00"))
}

func TestLateLogging(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lateness time.Duration
		stop     time.Time
		want     string
	}{
		"at once":               {0, at(time.Hour), "MET"},
		"within the tolerance":  {24 * time.Hour, at(time.Hour), "MET"},
		"beyond, it counts now": {24*time.Hour + time.Microsecond, at(25*time.Hour + time.Microsecond), "MISSED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := find(t, deadline.Clocks(lead(assigned(1, "ann", 0), touched(time.Hour, test.lateness)), usual(), almanac(t), far), deadline.FirstTouch, 1)
			equal(t, "standing", standing(c), test.want)
			equal(t, "stopped", c.Stop, test.stop)
		})
	}
}

func TestTheEarliestActThatCountsDecides(t *testing.T) {
	t.Parallel()
	f := lead(assigned(1, "ann", 0), touched(5*time.Hour, 0), touched(time.Hour, 10*24*time.Hour), touched(3*time.Hour, 8*time.Hour), touched(4*time.Hour, 20*time.Hour))
	equal(t, "stopped", find(t, deadline.Clocks(f, usual(), almanac(t), far), deadline.FirstTouch, 1).Stop, at(3*time.Hour))
	first, _ := f.Touched()
	equal(t, "first of all", first, at(time.Hour))
}

// TestWhoStandsInCountsInTheirOwnHours: an hour and a half of two is used in New York when somebody in Berlin stands in, where
// the office closes just then. The half hour that is left counts in Berlin the next morning, or in New York once the rep is back.
func TestWhoStandsInCountsInTheirOwnHours(t *testing.T) {
	t.Parallel()
	p := only(usual(), deadline.FirstTouch)
	p.Rules[deadline.FirstTouch] = working(2*time.Hour, deadline.FromAssigned)
	f := lead(assigned(1, "ann", 0))
	f.Cover(1, "cat", berlin, at(90*time.Minute)) // 11:00 in New York, 17:00 in Berlin
	due := func() time.Time {
		return find(t, deadline.Clocks(f, p, almanac(t), at(2*time.Hour)), deadline.FirstTouch, 1).Due
	}
	equal(t, "due while somebody stands in", due(), local(t, zoneBerlin, "2026-03-05 09:30"))
	f.Uncover(1, at(3*time.Hour)) // 12:30 in New York
	equal(t, "due when the rep is back at once", due(), local(t, zoneNewYork, "2026-03-04 13:00"))
}
