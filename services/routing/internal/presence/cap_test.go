package presence_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/presence"
)

// TestWhenACapLapses: handoffs come at the given instants, the cap is spent with the last, and lapses when it should.
func TestWhenACapLapses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, zone string
		cap        presence.Cap
		got        []string
		lapses     string
	}{
		{"a week ends on Monday", "America/New_York", presence.Cap{Window: presence.Week, Most: 2},
			[]string{"2026-03-02T00:00-05:00", "2026-03-06T12:00-05:00"}, "2026-03-09T00:00-04:00"},
		{"what came on Sunday is of another week", "America/New_York", presence.Cap{Window: presence.Week, Most: 2},
			[]string{"2026-03-01T23:59-05:00", "2026-03-02T00:00-05:00", "2026-03-03T12:00-05:00"}, "2026-03-09T00:00-04:00"},
		{"the week in which the clocks go forward", "Europe/Berlin", presence.Cap{Window: presence.Week, Most: 1},
			[]string{"2026-03-29T23:30+02:00"}, "2026-03-30T00:00+02:00"},
		{"week 53 runs into January", "Europe/Berlin", presence.Cap{Window: presence.Week, Most: 2},
			[]string{"2026-12-28T00:30+01:00", "2026-12-31T10:00+01:00"}, "2027-01-04T00:00+01:00"},
		{"a Sunday far east is a Saturday elsewhere", "Australia/Lord_Howe", presence.Cap{Window: presence.Week, Most: 1},
			[]string{"2026-03-08T01:00+11:00"}, "2026-03-09T00:00+11:00"},
		{"the first of three leaves after seven days", "Europe/Berlin", presence.Cap{Window: 7, Most: 3},
			[]string{"2026-03-25T09:00+01:00", "2026-03-27T09:00+01:00", "2026-03-29T09:00+02:00"}, "2026-04-01T00:00+02:00"},
		{"those that were before the window do not count", "Europe/Berlin", presence.Cap{Window: 7, Most: 2},
			[]string{"2026-03-20T09:00+01:00", "2026-03-28T09:00+01:00", "2026-03-29T09:00+02:00"}, "2026-04-04T00:00+02:00"},
		{"a cap that was lowered waits for the last but one", "UTC", presence.Cap{Window: 3, Most: 1},
			[]string{"2026-03-01T09:00Z", "2026-03-02T09:00Z", "2026-03-03T09:00Z"}, "2026-03-06T00:00Z"},
		{"one a day, on the day of 25 hours", "America/New_York", presence.Cap{Window: presence.Day, Most: 1},
			[]string{"2026-11-01T00:30-04:00"}, "2026-11-02T00:00-05:00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			hours := roundTheClock(t, tc.zone)
			rep := presence.Rep{Active: true, Caps: []presence.Cap{tc.cap}}
			var now time.Time
			for _, text := range tc.got {
				now = at(text)
				rep.Take(presence.At(now, hours))
			}
			want := at(tc.lapses)
			if got, known := rep.Next(presence.At(now, hours)); !known || !got.Equal(want) {
				t.Errorf("got next %v (%v), want %v", got, known, want)
			}
			if got := rep.Availability(presence.At(want.Add(-time.Microsecond), hours)); got != fairness.AtCap {
				t.Errorf("before it lapses: %v", got)
			}
			if got := rep.Availability(presence.At(want, hours)); got != fairness.Available {
				t.Errorf("when it lapses: %v", got)
			}
		})
	}
}

// TestAnotherZoneGivesNothingBack: whoever is at the day's cap in Tokyo and moves to New York, where it is still the day
// before, has got those of that day there, and no more than the cap comes on any one day of either place.
func TestAnotherZoneGivesNothingBack(t *testing.T) {
	t.Parallel()
	tokyo, newYork := roundTheClock(t, "Asia/Tokyo"), roundTheClock(t, "America/New_York")
	rep := presence.Rep{Active: true, Caps: perDay(2)}
	morning := at("2026-03-03T09:00+09:00")
	for range 2 {
		rep.Take(presence.At(morning, tokyo))
	}
	for name, hours := range map[string]*worktime.Calendar{"Tokyo": tokyo, "New York": newYork} {
		if got := rep.Availability(presence.At(morning.Add(time.Minute), hours)); got != fairness.AtCap {
			t.Errorf("a minute later, in %s: %v", name, got)
		}
	}
	if got := rep.Availability(presence.At(at("2026-03-03T00:00-05:00"), newYork)); got != fairness.Available {
		t.Errorf("on the next day in New York: %v", got)
	}
}

// TestNoWindowEverHoldsMoreThanItsCap lets a rep take whatever comes while available, over a change of the clocks at
// midnight, and counts dates, weeks and stretches of days afterwards by civil dates alone.
func TestNoWindowEverHoldsMoreThanItsCap(t *testing.T) {
	t.Parallel()
	zone := "Africa/Cairo"
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	hours := roundTheClock(t, zone)
	rapid.Check(t, func(t *rapid.T) {
		caps := []presence.Cap{{Window: presence.Day, Most: rapid.Int64Range(1, 4).Draw(t, "day")},
			{Window: presence.Week, Most: rapid.Int64Range(1, 12).Draw(t, "week")}, {Window: 10, Most: rapid.Int64Range(1, 15).Draw(t, "ten days")}}
		rep := presence.Rep{Active: true, Caps: caps}
		now := at("2026-04-10T00:00Z")
		var taken []time.Time
		refused := 0
		for range 200 {
			now = now.Add(time.Duration(rapid.IntRange(0, 16).Draw(t, "quarters")) * 15 * time.Minute)
			m := presence.At(now, hours)
			if rep.Availability(m) != fairness.Available {
				refused++
				continue
			}
			rep.Take(m)
			taken = append(taken, now)
		}
		if refused == 0 {
			t.Skip("no cap was reached")
		}
		for i := range taken {
			day := func(at time.Time) time.Time {
				y, m, d := at.In(location).Date()
				return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
			}
			last := day(taken[i])
			monday := last.AddDate(0, 0, -(int(last.Weekday())+6)%7)
			var ofDay, ofWeek, ofTen int64
			for _, at := range taken[:i+1] {
				switch d := day(at); {
				case d.Equal(last):
					ofDay++
					fallthrough
				case !d.Before(monday):
					ofWeek++
					fallthrough
				default:
					if !day(at).Before(last.AddDate(0, 0, -9)) {
						ofTen++
					}
				}
			}
			if ofDay > caps[0].Most || ofWeek > caps[1].Most || ofTen > caps[2].Most {
				t.Fatalf("with the handoff of %v: %d that day, %d that week, %d in ten days; caps %v", taken[i], ofDay, ofWeek, ofTen, caps)
			}
		}
	})
}
