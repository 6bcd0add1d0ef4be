// Package timetable reads a calendar of the API as business time.
//
// The SLA service owns calendars; others keep copies. Both must read the same hours out of one document, so that a rep who
// is at work for one service is at work for all.
//
// Public holidays are rules until [Resolve] makes days of them, which the document keeps: a release of the rules that knows
// better moves nothing that is stored.
package timetable

import (
	"fmt"
	"maps"
	"slices"
	"time"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/worktime"
)

// Compile makes a calendar of its document. The error is a [*worktime.SpecError] that names every problem by the
// document's own fields.
func Compile(doc *slav1.Calendar) (*worktime.Calendar, error) {
	r := &reader{}
	spec := r.spec(doc)
	if len(r.problems) > 0 {
		return nil, &worktime.SpecError{Problems: r.problems}
	}
	return worktime.New(spec)
}

var weekdays = map[string]time.Weekday{
	"sun": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday,
	"fri": time.Friday, "sat": time.Saturday,
}

// reader collects what cannot be read.
type reader struct {
	problems []worktime.Problem
}

func (r *reader) refuse(field, format string, args ...any) {
	r.problems = append(r.problems, worktime.Problem{Field: field, Reason: fmt.Sprintf(format, args...)})
}

func (r *reader) spec(doc *slav1.Calendar) worktime.Spec {
	spec := worktime.Spec{TimeZone: doc.GetTimeZone(), DayHours: doc.GetDayHours().AsDuration(),
		Overrides: r.dates("overrides", doc.GetOverrides()), Breaks: r.dates("breaks", doc.GetBreaks())}
	for _, name := range slices.Sorted(maps.Keys(doc.GetHours())) {
		weekday, known := weekdays[name]
		if !known {
			r.refuse("hours", "unknown weekday %q, want mon to sun", name)
			continue
		}
		spec.Hours[weekday] = r.spans("hours."+name, doc.GetHours()[name])
	}
	for i, text := range doc.GetHolidays() {
		date, err := worktime.ParseDate(text)
		if err != nil {
			r.refuse(fmt.Sprintf("holidays[%d]", i), "%q is not a date such as 2026-05-25", text)
		}
		spec.Holidays = append(spec.Holidays, date)
	}
	r.closed(doc, &spec)
	return spec
}

func (r *reader) dates(field string, days map[string]*slav1.DayHours) map[worktime.Date][]worktime.Span {
	read := make(map[worktime.Date][]worktime.Span, len(days))
	for _, text := range slices.Sorted(maps.Keys(days)) {
		date, err := worktime.ParseDate(text)
		if err != nil {
			r.refuse(field, "%q is not a date such as 2026-12-24", text)
			continue
		}
		read[date] = r.spans(field+"."+text, days[text])
	}
	return read
}

func (r *reader) spans(field string, day *slav1.DayHours) []worktime.Span {
	spans := make([]worktime.Span, 0, len(day.GetIntervals()))
	for i, interval := range day.GetIntervals() {
		opens, okOpen := reading(interval.GetOpen())
		closes, okClose := reading(interval.GetClose())
		if !okOpen || !okClose {
			r.refuse(fmt.Sprintf("%s[%d]", field, i), "%q to %q are not times from 00:00 to 24:00", interval.GetOpen(), interval.GetClose())
		}
		spans = append(spans, worktime.Span{Open: opens, Close: closes})
	}
	return spans
}

// reading is a wall time such as 09:30, or 24:00, counted from midnight.
func reading(text string) (time.Duration, bool) {
	const day = 24 * time.Hour
	if text == "24:00" {
		return day, true
	}
	at, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, false
	}
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, true
}
