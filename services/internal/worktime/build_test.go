package worktime_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

// newYork is open Monday to Friday, 09:00 to 17:00, and bends to what a case
// needs.
func newYork(t testing.TB, changes ...func(*worktime.Spec)) *worktime.Calendar {
	t.Helper()
	return workweek(t, "America/New_York", changes...)
}

func workweek(t testing.TB, zone string, changes ...func(*worktime.Spec)) *worktime.Calendar {
	t.Helper()
	spec := worktime.Spec{TimeZone: zone, Hours: workdays(hours("09:00", "17:00"))}
	for _, change := range changes {
		change(&spec)
	}
	return calendar(t, spec)
}

func calendar(t testing.TB, spec worktime.Spec) *worktime.Calendar {
	t.Helper()
	c, err := worktime.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func week(w worktime.Week) func(*worktime.Spec) {
	return func(s *worktime.Spec) { s.Hours = w }
}

func holiday(date worktime.Date) func(*worktime.Spec) {
	return func(s *worktime.Spec) { s.Holidays = append(s.Holidays, date) }
}

func workdays(spans ...worktime.Span) worktime.Week {
	var w worktime.Week
	for day := time.Monday; day <= time.Friday; day++ {
		w[day] = spans
	}
	return w
}

func everyDay(spans ...worktime.Span) worktime.Week {
	w := workdays(spans...)
	w[time.Saturday], w[time.Sunday] = spans, spans
	return w
}

func hours(opens, closes string) worktime.Span {
	return worktime.Span{Open: reading(opens), Close: reading(closes)}
}

// reading is a wall time such as 09:30, counted from midnight.
func reading(text string) time.Duration {
	var hour, minute time.Duration
	if _, err := fmt.Sscanf(text, "%d:%d", &hour, &minute); err != nil {
		panic(err)
	}
	return hour*time.Hour + minute*time.Minute
}

func date(year int, month time.Month, day int) worktime.Date {
	return worktime.Date{Year: year, Month: month, Day: day}
}

// at is an instant written with its offset, such as 2026-03-06T16:30-05:00.
func at(text string) time.Time {
	for _, layout := range []string{"2006-01-02T15:04Z07:00", time.RFC3339Nano} {
		if instant, err := time.Parse(layout, text); err == nil {
			return instant.UTC()
		}
	}
	panic(text + " is not an instant")
}

func between(start, end string) worktime.Interval {
	return worktime.Interval{Start: at(start), End: at(end)}
}

func due(t testing.TB, c *worktime.Calendar, start time.Time, budget time.Duration, pauses ...worktime.Interval) time.Time {
	t.Helper()
	got, err := c.Due(start, budget, pauses...)
	if err != nil {
		t.Fatalf("Due(%v, %v): %v", start, budget, err)
	}
	return got
}
