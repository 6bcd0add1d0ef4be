package load_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/load"
)

// date is a day.
func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func TestDeadlinesAreCountedByDayAndHourAndOutsideHours(t *testing.T) {
	t.Parallel()
	span := []worktime.Span{{Open: 9 * time.Hour, Close: 17 * time.Hour}}
	hours, err := worktime.New(worktime.Spec{TimeZone: "America/New_York", Hours: worktime.Week{time.Monday: span, time.Tuesday: span}})
	if err != nil {
		t.Fatal(err)
	}
	monday := func(hour int) time.Time { return time.Date(2026, 3, 2, hour, 0, 0, 0, hours.Location()).UTC() }
	l := load.New(hours)
	l.Add([]deadline.Clock{
		{Kind: deadline.FirstTouch, Tier: "T1", Due: monday(9)}, {Kind: deadline.FirstTouch, Tier: "T1", Due: monday(17)}, // closing time is in time
		{Kind: deadline.FirstTouch, Tier: "T1", Due: monday(23)}, {Kind: deadline.Assign, Due: monday(9).Add(time.Minute)},
		{Kind: deadline.Accept, Due: monday(24 + 8)}, {Kind: deadline.Accept}, // its calendar is not known
	})
	got := map[load.Key]load.Count{}
	var order []load.Key
	l.Counts(func(key load.Key, n load.Count) {
		order = append(order, key)
		got[key] = n
	})
	assign, accept, touch := load.Key{Kind: deadline.Assign}, load.Key{Kind: deadline.Accept}, load.Key{Kind: deadline.FirstTouch, Tier: "T1"}
	if diff := cmp.Diff(map[load.Key]load.Count{assign: {Clocks: 1}, accept: {Clocks: 2, Outside: 1}, touch: {Clocks: 3, Outside: 1}}, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]load.Key{assign, accept, touch}, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]load.Due{{From: date(2026, 3, 2), Clocks: 4}, {From: date(2026, 3, 3), Clocks: 1}}, l.Days()); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
	if most, ok := l.Busiest(); !ok || most.Clocks != 2 || !most.From.Equal(monday(9)) {
		t.Errorf("the busiest hour is %v with %d", most.From, most.Clocks)
	}
	if _, ok := load.New(nil).Busiest(); ok {
		t.Error("no deadlines have a busiest hour")
	}
}

// East of Greenwich a day begins before that of UTC, and in India an hour begins when half of one of UTC is over.
func TestDaysAndHoursAreThoseOfTheWall(t *testing.T) {
	t.Parallel()
	hours, err := worktime.New(worktime.Spec{TimeZone: "Asia/Kolkata", Hours: worktime.Week{time.Monday: {{Open: 9 * time.Hour, Close: 17 * time.Hour}}}})
	if err != nil {
		t.Fatal(err)
	}
	l := load.New(hours)
	for _, minute := range []int{5, 25, 55} { // on the wall
		l.Add([]deadline.Clock{{Kind: deadline.Assign, Due: time.Date(2026, 3, 2, 1, minute, 0, 0, hours.Location()).UTC()}})
	}
	if diff := cmp.Diff([]load.Due{{From: date(2026, 3, 2), Clocks: 3}}, l.Days()); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
	if most, _ := l.Busiest(); most.Clocks != 3 || !most.From.Equal(time.Date(2026, 3, 2, 1, 0, 0, 0, hours.Location())) {
		t.Errorf("the busiest hour is %v with %d", most.From.In(hours.Location()), most.Clocks)
	}
}

// In Chile the first Sunday of September begins at one: midnight is jumped over.
func TestADayWithoutMidnightIsADayOfItsOwn(t *testing.T) {
	t.Parallel()
	hours, err := worktime.New(worktime.Spec{TimeZone: "America/Santiago", Hours: worktime.Week{time.Monday: {{Open: 9 * time.Hour, Close: 17 * time.Hour}}}})
	if err != nil {
		t.Fatal(err)
	}
	l := load.New(hours)
	for _, day := range []int{5, 6, 6, 7} { // the sixth is the Sunday
		l.Add([]deadline.Clock{{Kind: deadline.Assign, Due: time.Date(2026, 9, day, 12, 0, 0, 0, hours.Location()).UTC()}})
	}
	want := []load.Due{{From: date(2026, 9, 5), Clocks: 1}, {From: date(2026, 9, 6), Clocks: 2}, {From: date(2026, 9, 7), Clocks: 1}}
	if diff := cmp.Diff(want, l.Days()); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
}

func TestWithoutTheCalendarOfThePlaybookClocksAreCountedAndNothingIsSaidOfTheirDays(t *testing.T) {
	t.Parallel()
	l := load.New(nil)
	l.Add([]deadline.Clock{{Kind: deadline.Assign, Due: date(2026, 3, 1)}, {Kind: deadline.Assign}})
	l.Counts(func(key load.Key, n load.Count) {
		if key.Kind != deadline.Assign || n != (load.Count{Clocks: 2}) {
			t.Errorf("%v: got %+v", key, n)
		}
	})
	if _, busy := l.Busiest(); busy || len(l.Days()) > 0 {
		t.Errorf("the days are %v", l.Days())
	}
}
