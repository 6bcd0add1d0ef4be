package dispatch_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/presence"
)

// TestACoverGetsTheOwnersLeadsWhileTheLeaveLasts moves a desk over time: nobody must tell it when a cover begins or ends.
func TestACoverGetsTheOwnersLeadsWhileTheLeaveLasts(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	span := func(from, to int) worktime.Interval { return worktime.Interval{Start: hour(from), End: hour(to)} }
	d := dispatch.New(start)
	d.AddCalendar("always", worktime.Wall())
	for _, id := range []string{"olga", "cat", "dan"} {
		d.AddRep(id, &dispatch.Rep{Calendar: "always", Rep: presence.Rep{Active: true}})
	}
	d.Rep("olga").Absences = []worktime.Interval{span(1, 10), span(3, 5)}
	d.Rep("cat").Absences = []worktime.Interval{span(7, 9)}
	d.AddLeaves("olga", []dispatch.Leave{{Interval: span(1, 10), Cover: "cat"}, {Interval: span(3, 5), Cover: "dan"}})
	d.AddLeaves("cat", []dispatch.Leave{{Interval: span(7, 9), Cover: "dan"}})
	for _, tc := range []struct {
		at         int
		rep, stead string
	}{{0, "olga", ""}, {1, "cat", "olga"}, {3, "dan", "olga"}, {5, "cat", "olga"}, {7, "dan", "olga"}, {9, "cat", "olga"}, {10, "olga", ""}} {
		d.Move(hour(tc.at))
		got, hold, err := d.Place(dispatch.Lead{Owner: "olga"})
		if err != nil || hold != nil || got.Rep != tc.rep || got.CoverFor != tc.stead {
			t.Errorf("at hour %d: got %q for %q, %v, %v; want %q for %q", tc.at, got.Rep, got.CoverFor, hold, err, tc.rep, tc.stead)
		}
	}
}

// TestALeaveIsAsLongAsTheWorkThatItTakes counts absences that follow each other as one, and what is no working time not at all.
func TestALeaveIsAsLongAsTheWorkThatItTakes(t *testing.T) {
	t.Parallel()
	office, err := worktime.New(worktime.Spec{TimeZone: "UTC", Hours: worktime.Week{time.Monday: {{Open: 9 * time.Hour, Close: 17 * time.Hour}}}})
	if err != nil {
		t.Fatal(err)
	}
	monday := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	span := func(from, to int) worktime.Interval {
		return worktime.Interval{Start: monday.Add(time.Duration(from) * time.Hour), End: monday.Add(time.Duration(to) * time.Hour)}
	}
	for name, tc := range map[string]struct {
		absences []worktime.Interval
		calendar string
		want     time.Duration
		away     bool
	}{
		"none":                    {nil, "office", 0, false},
		"later":                   {[]worktime.Interval{span(13, 17)}, "office", 0, false},
		"the afternoon":           {[]worktime.Interval{span(12, 24)}, "office", 5 * time.Hour, true},
		"two halves of the day":   {[]worktime.Interval{span(13, 17), span(9, 13)}, "office", 8 * time.Hour, true},
		"with a break":            {[]worktime.Interval{span(9, 13), span(14, 17)}, "office", 4 * time.Hour, true},
		"one within the other":    {[]worktime.Interval{span(9, 15), span(10, 13), span(15, 16)}, "office", 7 * time.Hour, true},
		"without a calendar":      {[]worktime.Interval{span(6, 36)}, "", 30 * time.Hour, true},
		"by the playbook's hours": {[]worktime.Interval{span(6, 36)}, "office", 8 * time.Hour, true},
	} {
		d := dispatch.New(monday.Add(12 * time.Hour))
		d.AddCalendar("office", office)
		d.AddRep("ann", &dispatch.Rep{Rep: presence.Rep{Active: true, Absences: tc.absences}})
		if got, away := d.Leave("ann", dispatch.Lead{Calendar: tc.calendar}); got != tc.want || away != tc.away {
			t.Errorf("%s: got %v, %v; want %v, %v", name, got, away, tc.want, tc.away)
		}
	}
}
