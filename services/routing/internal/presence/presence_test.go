package presence_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/presence"
)

// nineToFive is open Monday to Friday.
func nineToFive(t testing.TB, zone string) *worktime.Calendar {
	t.Helper()
	spec := worktime.Spec{TimeZone: zone}
	for day := time.Monday; day <= time.Friday; day++ {
		spec.Hours[day] = []worktime.Span{{Open: 9 * time.Hour, Close: 17 * time.Hour}}
	}
	return compile(t, spec)
}

// roundTheClock never closes.
func roundTheClock(t testing.TB, zone string) *worktime.Calendar {
	t.Helper()
	spec := worktime.Spec{TimeZone: zone}
	for day := range spec.Hours {
		spec.Hours[day] = []worktime.Span{{Open: 0, Close: 24 * time.Hour}}
	}
	return compile(t, spec)
}

func compile(t testing.TB, spec worktime.Spec) *worktime.Calendar {
	t.Helper()
	c, err := worktime.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func at(text string) time.Time {
	instant, err := time.Parse("2006-01-02T15:04Z07:00", text)
	if err != nil {
		panic(err)
	}
	return instant.UTC()
}

func limit(n int64) *int64 { return &n }

func perDay(most int64) []presence.Cap { return []presence.Cap{{Window: presence.Day, Most: most}} }

func TestTheFirstObstacleCounts(t *testing.T) {
	t.Parallel()
	newYork := nineToFive(t, "America/New_York")
	monday, night := at("2026-03-02T10:00-05:00"), at("2026-03-02T23:00-05:00")
	away := []worktime.Interval{{Start: at("2026-03-02T00:00-05:00"), End: at("2026-03-03T00:00-05:00")}}
	for _, tc := range []struct {
		name  string
		rep   presence.Rep
		hours *worktime.Calendar
		at    time.Time
		want  fairness.Availability
	}{
		{"on shift", presence.Rep{Active: true}, newYork, monday, fairness.Available},
		{"the opening instant is in", presence.Rep{Active: true}, newYork, at("2026-03-02T09:00-05:00"), fairness.Available},
		{"the closing instant is out", presence.Rep{Active: true}, newYork, at("2026-03-02T17:00-05:00"), fairness.OffShift},
		{"at night", presence.Rep{Active: true}, newYork, night, fairness.OffShift},
		{"a calendar that is not known", presence.Rep{Active: true}, nil, monday, fairness.OffShift},
		{"away before off shift", presence.Rep{Active: true, Absences: away}, newYork, night, fairness.OnLeave},
		{"the end of an absence is back", presence.Rep{Active: true, Absences: away}, roundTheClock(t, "UTC"), away[0].End, fairness.Available},
		{"inactive before away", presence.Rep{Absences: away}, newYork, monday, fairness.Inactive},
		{"as many open as allowed", presence.Rep{Active: true, Open: 2, MaxOpen: limit(2)}, newYork, monday, fairness.AtCap},
		{"one below the cap", presence.Rep{Active: true, Open: 1, MaxOpen: limit(2)}, newYork, monday, fairness.Available},
		{"a cap of none", presence.Rep{Active: true, MaxOpen: limit(0)}, newYork, monday, fairness.AtCap},
		{"off shift before at a cap", presence.Rep{Active: true, MaxOpen: limit(0)}, newYork, night, fairness.OffShift},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := tc.rep.Availability(presence.At(tc.at, tc.hours)); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

func TestTheDaysCapEndsAtLocalMidnight(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, zone, now, midnight string }{
		{"ordinary day", "America/New_York", "2026-03-02T10:00-05:00", "2026-03-03T00:00-05:00"},
		{"the day of 23 hours", "America/New_York", "2026-03-08T01:00-05:00", "2026-03-09T00:00-04:00"},
		{"the day of 25 hours", "America/New_York", "2026-11-01T00:30-04:00", "2026-11-02T00:00-05:00"},
		{"midnight is skipped", "Africa/Cairo", "2026-04-23T12:00+02:00", "2026-04-24T01:00+03:00"},
		{"midnight comes twice", "America/Havana", "2025-11-01T12:00-04:00", "2025-11-02T00:00-04:00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			hours := roundTheClock(t, tc.zone)
			rep := presence.Rep{Active: true, Caps: perDay(2)}
			now, midnight := at(tc.now), at(tc.midnight)
			for n := range 2 {
				if got := rep.Availability(presence.At(now, hours)); got != fairness.Available {
					t.Fatalf("before handoff %d: got %v", n+1, got)
				}
				rep.Take(presence.At(now, hours))
			}
			if got := rep.Availability(presence.At(midnight.Add(-time.Microsecond), hours)); got != fairness.AtCap {
				t.Errorf("before midnight: got %v", got)
			}
			if got := rep.Availability(presence.At(midnight, hours)); got != fairness.Available {
				t.Errorf("at midnight: got %v", got)
			}
			if got, known := rep.Next(presence.At(now, hours)); !known || !got.Equal(midnight) {
				t.Errorf("got next %v (%v), want %v", got, known, midnight)
			}
		})
	}
}

func TestNextIsTheFirstInstantOfWork(t *testing.T) {
	t.Parallel()
	newYork := nineToFive(t, "America/New_York")
	friday := at("2026-03-06T18:00-05:00")
	openedOnce := compile(t, worktime.Spec{TimeZone: "UTC", Overrides: map[worktime.Date][]worktime.Span{
		{Year: 2026, Month: 3, Day: 1}: {{Open: 0, Close: time.Hour}}}})
	vacation := worktime.Interval{Start: at("2026-03-09T00:00-04:00"), End: at("2026-03-11T13:30-04:00")}
	for _, tc := range []struct {
		name  string
		rep   presence.Rep
		hours *worktime.Calendar
		want  string // empty: not known
	}{
		{"over the weekend and the clock change", presence.Rep{Active: true}, newYork, "2026-03-09T09:00-04:00"},
		{"an absence ends within the hours", presence.Rep{Active: true, Absences: []worktime.Interval{vacation}}, newYork, "2026-03-11T13:30-04:00"},
		{"today's cap says nothing of Monday", presence.Rep{Active: true, Got: []time.Time{friday}, Caps: perDay(1)}, newYork, "2026-03-09T09:00-04:00"},
		{"inactive", presence.Rep{}, newYork, ""},
		{"calendar not known", presence.Rep{Active: true}, nil, ""},
		{"calendar that opened once and never again", presence.Rep{Active: true}, openedOnce, ""},
		{"as many open as allowed", presence.Rep{Active: true, MaxOpen: limit(0)}, newYork, ""},
		{"none a day", presence.Rep{Active: true, Caps: perDay(0)}, newYork, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, known := tc.rep.Next(presence.At(friday, tc.hours))
			if known != (tc.want != "") {
				t.Fatalf("got %v, known %v", got, known)
			}
			if known && !got.Equal(at(tc.want)) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

// TestNobodyIsAvailableBeforeNext looks at every quarter of an hour until the promised instant.
func TestNobodyIsAvailableBeforeNext(t *testing.T) {
	t.Parallel()
	calendars := []*worktime.Calendar{nineToFive(t, "America/New_York"), nineToFive(t, "Asia/Kolkata"), roundTheClock(t, "Africa/Cairo")}
	start := at("2026-03-01T00:00Z")
	rapid.Check(t, func(t *rapid.T) {
		hours := rapid.SampledFrom(calendars).Draw(t, "hours")
		quarter := func(label string, most int) time.Duration {
			return time.Duration(rapid.IntRange(0, most).Draw(t, label)) * 15 * time.Minute
		}
		now := start.Add(quarter("now", 2000))
		rep := presence.Rep{Active: true}
		for _, window := range rapid.SliceOfN(rapid.SampledFrom([]presence.Window{presence.Day, presence.Week, 3, 30}), 0, 3).Draw(t, "caps") {
			rep.Caps = append(rep.Caps, presence.Cap{Window: window, Most: rapid.Int64Range(1, 4).Draw(t, "most")})
		}
		for range rapid.IntRange(0, 6).Draw(t, "got") {
			rep.Got = append(rep.Got, now.Add(-quarter("ago", 1000)))
		}
		slices.SortFunc(rep.Got, time.Time.Compare)
		for range rapid.IntRange(0, 3).Draw(t, "absences") {
			from := start.Add(quarter("from", 2000))
			rep.Absences = append(rep.Absences, worktime.Interval{Start: from, End: from.Add(quarter("length", 300) + time.Minute)})
		}
		next, known := rep.Next(presence.At(now, hours))
		if !known || next.Before(now) {
			t.Fatalf("got %v (%v), not before %v", next, known, now)
		}
		if got := rep.Availability(presence.At(next, hours)); got != fairness.Available {
			t.Fatalf("at the promised %v: %v", next, got)
		}
		for at := now; at.Before(next); at = at.Add(15 * time.Minute) {
			if rep.Availability(presence.At(at, hours)) == fairness.Available {
				t.Fatalf("available at %v, before the promised %v", at, next)
			}
		}
	})
}
