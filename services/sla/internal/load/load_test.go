package load_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/load"
)

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
	if diff := cmp.Diff([]load.Due{{From: monday(0), Clocks: 4}, {From: monday(24), Clocks: 1}}, l.Days(), cmp.Comparer(time.Time.Equal)); diff != "" {
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
	year, month, day := l.Days()[0].From.Date()
	if year != 2026 || month != time.March || day != 2 || len(l.Days()) != 1 {
		t.Errorf("the days are %v", l.Days())
	}
	if most, _ := l.Busiest(); most.Clocks != 3 || !most.From.Equal(time.Date(2026, 3, 2, 1, 0, 0, 0, hours.Location())) {
		t.Errorf("the busiest hour is %v with %d", most.From.In(hours.Location()), most.Clocks)
	}
}
