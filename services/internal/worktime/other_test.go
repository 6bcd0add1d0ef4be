package worktime_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

func TestOtherHoursAreThoseOfDatesThatAreNoHolidays(t *testing.T) {
	t.Parallel()
	day := func(d int) worktime.Date { return worktime.Date{Year: 2026, Month: time.March, Day: d} }
	morning := worktime.Span{Open: 9 * time.Hour, Close: 12 * time.Hour}
	office := []worktime.Span{{Open: 9 * time.Hour, Close: 17 * time.Hour}}
	c, err := worktime.New(worktime.Spec{TimeZone: "America/New_York", Hours: worktime.Week{time.Monday: office, time.Tuesday: office, time.Wednesday: office},
		Holidays: []worktime.Date{day(3)}, Overrides: map[worktime.Date][]worktime.Span{day(2): {morning}, day(3): {morning}, day(5): nil, day(9): office},
		Breaks: map[worktime.Date][]worktime.Span{day(4): {{Open: 12 * time.Hour, Close: 17 * time.Hour}}}})
	if err != nil {
		t.Fatal(err)
	}
	want := []worktime.OtherHours{{Date: day(2), Hours: []worktime.Span{morning}}, {Date: day(4), Hours: []worktime.Span{morning}}, {Date: day(5)}}
	if diff := cmp.Diff(want, c.OtherHours(at("2026-03-02T23:59-05:00"), at("2026-03-09T00:00-04:00"))); diff != "" {
		t.Errorf("other hours (-want +got):\n%s", diff)
	}
	if got := c.OtherHours(at("2026-03-04T09:00-05:00"), at("2026-03-04T09:00-05:00")); got != nil {
		t.Errorf("within no time: got %v, want none", got)
	}
}
