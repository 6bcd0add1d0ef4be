package worktime_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

// clockChanges are instants at or near which a zone changes its clock, by up
// to a day, or had better not.
var clockChanges = map[string][]string{
	"America/New_York":    {"2026-03-08T07:00Z", "2026-11-01T06:00Z", "2048-12-31T12:00Z", "2196-11-06T06:00Z"},
	"Europe/Berlin":       {"2026-03-29T01:00Z", "2026-10-25T01:00Z", "1980-04-05T23:00Z"},
	"Australia/Lord_Howe": {"2026-04-04T15:00Z", "2026-10-03T15:30Z"},
	"Africa/Cairo":        {"2026-04-23T22:00Z", "2026-10-29T21:00Z", "2010-08-10T21:00Z"},
	"Pacific/Apia":        {"2011-12-30T10:00Z", "2012-04-01T03:00Z"},
	"Pacific/Kwajalein":   {"1993-08-21T12:00Z"},
	"America/Sao_Paulo":   {"2018-11-04T03:00Z", "2019-02-17T02:00Z"},
	"America/St_Johns":    {"2010-11-07T02:31Z", "2011-03-13T03:31Z"},
	"Asia/Kathmandu":      {"1985-12-31T18:30Z", "2026-03-04T00:00Z"},
	"Africa/Casablanca":   {"2026-02-15T02:00Z", "2026-03-22T02:00Z"},
	"UTC":                 {"2026-03-04T00:00Z"},
}

// A situation is a random calendar and a time at which something may happen to
// its clock.
type situation struct {
	spec     worktime.Spec
	calendar *worktime.Calendar
	zone     *time.Location
	around   time.Time
}

// anywhere stands for any zone of the world, on any date.
const anywhere = ""

func testedZones() []string {
	return slices.Sorted(maps.Keys(clockChanges))
}

func drawSituation(t *rapid.T) situation {
	return drawSituationIn(t, rapid.SampledFrom(append(testedZones(), anywhere)).Draw(t, "zone"))
}

// drawSituationIn draws a situation in a zone: half of the time near a change of its clock that is known to be odd.
func drawSituationIn(t *rapid.T, name string) situation {
	known := clockChanges[name]
	if name == anywhere {
		name = rapid.SampledFrom(strings.Fields(string(must(os.ReadFile("zones.txt"))))).Draw(t, "of the world")
	}
	var s situation
	if len(known) > 0 && rapid.Bool().Draw(t, "odd") {
		s.around = at(rapid.SampledFrom(known).Draw(t, "around"))
	} else {
		s.around = drawDate(t, must(time.LoadLocation(name)))
	}
	s.spec = worktime.Spec{TimeZone: name, Hours: drawWeek(t)}
	local := s.around.In(must(time.LoadLocation(name)))
	nearby := rapid.Custom(func(t *rapid.T) worktime.Date {
		d := time.Date(local.Year(), local.Month(), local.Day()+rapid.IntRange(-3, 3).Draw(t, "days"), 0, 0, 0, 0, time.UTC)
		return date(d.Date())
	})
	s.spec.Holidays = rapid.SliceOfN(nearby, 0, 2).Draw(t, "holidays")
	s.spec.Overrides = rapid.MapOfN(nearby, rapid.Custom(drawSpans), 0, 2).Draw(t, "overrides")
	s.spec.Breaks = rapid.MapOfN(nearby, rapid.Custom(drawSpans), 0, 2).Draw(t, "breaks")
	s.zone, s.calendar = local.Location(), must(worktime.New(s.spec))
	return s
}

// drawDate is an instant in the years in which the clocks of all zones differ by whole minutes: any, or the next one at
// which the zone changes its clock.
func drawDate(t *rapid.T, zone *time.Location) time.Time {
	first, last := at("1973-01-01T00:00Z").Unix()/60, at("2099-12-31T00:00Z").Unix()/60
	around := time.Unix(60*rapid.Int64Range(first, last).Draw(t, "date"), 0).UTC()
	if _, change := around.In(zone).ZoneBounds(); !change.IsZero() && rapid.Bool().Draw(t, "at a change") {
		return change.UTC().Truncate(time.Minute) // 2038-01-19T03:14:07Z ends some of the data, and is no change
	}
	return around
}

func drawWeek(t *rapid.T) worktime.Week {
	var w worktime.Week
	for day := range w {
		w[day] = drawSpans(t)
	}
	w[time.Monday] = append(w[time.Monday][:0:0], hours("08:00", "12:00")) // a week must open at all
	return w
}

// drawSpans cuts a day at random quarters of an hour and takes every other
// piece, or every piece.
func drawSpans(t *rapid.T) []worktime.Span {
	cuts := rapid.SliceOfNDistinct(rapid.IntRange(0, 24*4), 0, 6, rapid.ID).Draw(t, "cuts")
	slices.Sort(cuts)
	step := rapid.IntRange(1, 2).Draw(t, "step")
	var spans []worktime.Span
	for i := 0; i+1 < len(cuts); i += step {
		spans = append(spans, worktime.Span{
			Open:  time.Duration(cuts[i]) * 15 * time.Minute,
			Close: time.Duration(cuts[i+1]) * 15 * time.Minute,
		})
	}
	return spans
}

// drawInstant is within hours of the change, or within days.
func (s situation) drawInstant(t *rapid.T, label string, unit time.Duration) time.Time {
	reach := rapid.SampledFrom([]time.Duration{2 * time.Hour, 4 * 24 * time.Hour}).Draw(t, "reach")
	offset := rapid.Int64Range(-int64(reach/unit), int64(reach/unit)).Draw(t, label)
	return s.around.Add(time.Duration(offset) * unit)
}

func (s situation) drawPauses(t *rapid.T, unit time.Duration) []worktime.Interval {
	pauses := make([]worktime.Interval, rapid.IntRange(0, 3).Draw(t, "pauses"))
	for i := range pauses {
		start := s.drawInstant(t, "pause", unit)
		pauses[i] = worktime.Interval{Start: start, End: start.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "long")) * unit)}
	}
	return pauses
}

// minutes is the rule once more, in the simplest words: a minute counts when
// it is not paused and a wall clock that is never set back reads an opening
// hour. It steps through time from well before, to know what that clock reads.
func (s situation) minutes(from, to time.Time, pauses []worktime.Interval) []time.Time {
	var counted []time.Time
	var never time.Time // what that clock reads
	for t := from.Add(-30 * time.Hour); t.Before(to); t = t.Add(time.Minute) {
		_, offset := t.In(s.zone).Zone()
		if wall := t.Add(time.Duration(offset) * time.Second); wall.After(never) {
			never = wall
		}
		if !t.Before(from) && s.reads(never) && !paused(t, pauses) {
			counted = append(counted, t)
		}
	}
	return counted
}

// reads reports whether a reading of the wall clock lies in the opening hours.
func (s situation) reads(wall time.Time) bool {
	on := date(wall.Date())
	inside := func(spans []worktime.Span) bool {
		reading := time.Duration(wall.Hour())*time.Hour + time.Duration(wall.Minute())*time.Minute
		return slices.ContainsFunc(spans, func(span worktime.Span) bool { return span.Open <= reading && reading < span.Close })
	}
	spans, overridden := s.spec.Overrides[on]
	if !overridden {
		spans = s.spec.Hours[wall.Weekday()]
	}
	return inside(spans) && !inside(s.spec.Breaks[on]) && !slices.Contains(s.spec.Holidays, on)
}

func paused(t time.Time, pauses []worktime.Interval) bool {
	return slices.ContainsFunc(pauses, func(p worktime.Interval) bool { return !t.Before(p.Start) && t.Before(p.End) })
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func TestCountsTheMinutesThatAClockNeverSetBackShows(t *testing.T) {
	t.Parallel()
	for _, zone := range append(testedZones(), anywhere) {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) { drawSituationIn(t, zone).wantMinutes(t) })
		})
	}
}

func (s situation) wantMinutes(t *rapid.T) {
	from, to := s.drawInstant(t, "from", time.Minute), s.drawInstant(t, "to", time.Minute)
	pauses := s.drawPauses(t, time.Minute)
	counted := s.minutes(from, to, pauses)
	if got, want := s.calendar.Worked(from, to, pauses...), time.Duration(len(counted))*time.Minute; got != want {
		t.Fatalf("worked: got %v, want %v", got, want)
	}
	if len(counted) == 0 {
		return
	}
	if got, err := s.calendar.NextOpen(from); len(pauses) == 0 && (err != nil || got != counted[0]) {
		t.Fatalf("next open: got %v, %v, want %v", got, err, counted[0])
	}
	budget := rapid.IntRange(1, len(counted)).Draw(t, "budget")
	got, err := s.calendar.Due(from, time.Duration(budget)*time.Minute, pauses...)
	if want := counted[budget-1].Add(time.Minute); err != nil || got != want {
		t.Fatalf("due: got %v, %v, want %v", got, err, want)
	}
}

func TestOpenAgreesWithTheClockNeverSetBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSituation(t)
		instant := s.drawInstant(t, "instant", time.Minute)
		want := len(s.minutes(instant, instant.Add(time.Minute), nil)) == 1
		if got := s.calendar.Open(instant); got != want {
			t.Fatalf("open at %v: got %v, want %v", instant.In(s.zone), got, want)
		}
	})
}
