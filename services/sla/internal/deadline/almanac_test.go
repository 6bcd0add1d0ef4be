package deadline_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

func TestAClockWaitsForItsCalendar(t *testing.T) {
	t.Parallel()
	p := only(usual(), deadline.Accept)
	p.Rules[deadline.Accept] = working(4*time.Hour, deadline.FromAssigned)
	f := lead()
	f.Assign(1, "bob", berlin, mql)
	f.Answer(1, true, at(time.Hour))
	known := almanac(t)
	want := deadline.Clocks(f, p, known, far)

	c := find(t, deadline.Clocks(f, p, deadline.Almanac{newYork: known[newYork]}, far), deadline.Accept, 1)
	equal(t, "standing", standing(c), "RUNNING")
	equal(t, "due", c.Due, time.Time{})
	equal(t, "it waits for", c.Calendar, berlin)
	equal(t, "next look", c.Next(0), time.Time{})
	equal(t, "alarms", c.Alarms(0, far), nil)

	late := deadline.Almanac{newYork: known[newYork], berlin: {{Version: 1, From: at(1000 * time.Hour), Calendar: known[berlin][0].Calendar}}}
	equal(t, "created late, it counts as if it had always been there", deadline.Clocks(f, p, late, far), want)
}

// TestAChangeOfACalendarMovesWhatRuns makes Thursday a holiday on Wednesday evening.
func TestAChangeOfACalendarMovesWhatRuns(t *testing.T) {
	t.Parallel()
	thursday := worktime.Date{Year: 2026, Month: time.March, Day: 5}
	evening := local(t, zoneNewYork, "2026-03-04 20:00")
	before := almanac(t)
	after := almanac(t)
	after[newYork] = append(after[newYork], deadline.Edition{Version: 2, From: evening, Calendar: office(t, zoneNewYork, thursday)})
	p := only(usual(), deadline.Accept, deadline.FirstTouch)
	p.Rules[deadline.Accept] = working(8*time.Hour, deadline.FromAssigned)
	p.Rules[deadline.FirstTouch] = working(16*time.Hour, deadline.FromAssigned)

	running := lead(assigned(1, "ann", 0))
	equal(t, "due before", find(t, deadline.Clocks(running, p, before, mql), deadline.Accept, 1).Due, local(t, zoneNewYork, "2026-03-05 09:30"))
	moved := find(t, deadline.Clocks(running, p, after, mql), deadline.Accept, 1)
	equal(t, "due after", moved.Due, local(t, zoneNewYork, "2026-03-06 09:30"))
	equal(t, "edition", moved.Edition, 2)

	stopped := lead(assigned(1, "ann", 0), accepted(1, time.Hour))
	equal(t, "a clock that stopped before", find(t, deadline.Clocks(stopped, p, after, far), deadline.Accept, 1),
		find(t, deadline.Clocks(stopped, p, before, far), deadline.Accept, 1))

}

// TestWhatARepHadUsedStays makes the Wednesday a holiday when it is over, and another rep has the handoff.
func TestWhatARepHadUsedStays(t *testing.T) {
	t.Parallel()
	wednesday := worktime.Date{Year: 2026, Month: time.March, Day: 4}
	before := almanac(t)
	after := almanac(t)
	after[newYork] = append(after[newYork], deadline.Edition{Version: 2, From: local(t, zoneNewYork, "2026-03-04 20:00"), Calendar: office(t, zoneNewYork, wednesday)})
	p := only(usual(), deadline.FirstTouch)
	p.Rules[deadline.FirstTouch] = working(16*time.Hour, deadline.FromAssigned)
	f := lead(assigned(1, "ann", 0))
	equal(t, "hers still: it moves", find(t, deadline.Clocks(f, p, after, mql), deadline.FirstTouch, 1).Due, local(t, zoneNewYork, "2026-03-06 17:00"))
	f.Assign(2, "bob", berlin, local(t, zoneNewYork, "2026-03-04 18:00"))
	equal(t, "passed on: it stays", deadline.Clocks(f, p, after, mql), deadline.Clocks(f, p, before, mql))
}

func TestACalendarThatNeverOpensGivesNoDeadline(t *testing.T) {
	t.Parallel()
	closed, err := worktime.New(worktime.Spec{TimeZone: "UTC",
		Overrides: map[worktime.Date][]worktime.Span{{Year: 2020, Month: time.January, Day: 1}: {{Close: time.Hour}}}})
	if err != nil {
		t.Fatal(err)
	}
	p := only(usual(), deadline.Accept)
	p.Rules[deadline.Accept] = working(4*time.Hour, deadline.FromAssigned)
	a := deadline.Almanac{newYork: {{Version: 1, Calendar: closed}}}
	c := find(t, deadline.Clocks(lead(assigned(1, "ann", 0)), p, a, far), deadline.Accept, 1)
	equal(t, "standing", standing(c), "RUNNING")
	equal(t, "due", c.Due, time.Time{})
	c = find(t, deadline.Clocks(lead(assigned(1, "ann", 0), accepted(1, time.Hour)), p, a, far), deadline.Accept, 1)
	equal(t, "answered", standing(c), "MET")
}
