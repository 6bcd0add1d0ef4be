package weekly_test

import (
	"errors"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/feedback/internal/weekly"
	"github.com/handoffhq/handoff/services/internal/period"
)

func schedule(t testing.TB, every, name string) (weekly.Schedule, *time.Location) {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := weekly.Parse(every, zone)
	if err != nil {
		t.Fatal(err)
	}
	return s, zone
}

func TestAWeekComesOutAtTheFirstInstantAtWhichItIsOver(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ every, zone, week, want string }{
		{"monday 07:00", "America/New_York", "2026-W10", "2026-03-09T11:00:00Z"}, // the clock was put on the day before
		{"monday 07:00", "America/New_York", "2026-W09", "2026-03-02T12:00:00Z"},
		{"monday 07:00", "Australia/Lord_Howe", "2026-W14", "2026-04-05T20:30:00Z"}, // put back by half an hour
		{"monday 07:00", "Australia/Lord_Howe", "2026-W13", "2026-03-29T20:00:00Z"},
		{"monday 00:00", "UTC", "2026-W53", "2027-01-04T00:00:00Z"},
		{"sunday 23:59", "UTC", "2026-W01", "2026-01-11T23:59:00Z"},
		{"sunday 02:30", "America/New_York", "2026-W09", "2026-03-08T06:30:00Z"}, // a time that the day does not have
		{"friday 16:00", "Europe/Berlin", "2025-W52", "2026-01-02T15:00:00Z"},
	} {
		s, zone := schedule(t, test.every, test.zone)
		week, err := period.Parse(test.week, time.Time{}, zone)
		if err != nil {
			t.Fatal(err)
		}
		at := s.Of(week)
		if got := at.Format(time.RFC3339); got != test.want {
			t.Errorf("%s of %s in %s: got %s, want %s", test.every, test.week, test.zone, got, test.want)
		}
		if got := s.Latest(at).Name(); got != test.week {
			t.Errorf("%s has come out at %v, want %s", got, at, test.week)
		}
		if got := s.Latest(at.Add(-1)).Name(); got != week.Before().Name() {
			t.Errorf("%s has come out before %v, want %s", got, at, week.Before().Name())
		}
	}
}

func TestEachWeekComesOutOnceAndWhenItIsOver(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.SampledFrom([]string{"monday", "wednesday", "sunday"}).Draw(t, "day")
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"UTC", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu"}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := weekly.Parse(day+rapid.SampledFrom([]string{" 00:00", " 02:15", " 23:59"}).Draw(t, "time"), zone)
		if err != nil {
			t.Fatal(err)
		}
		week := period.Week(time.Unix(rapid.Int64Range(631_152_000, 2_208_988_800).Draw(t, "now"), 0).In(zone))
		at, next := s.Of(week), s.Of(week.After())
		if at.Before(week.End()) || !at.Before(week.End().Add(8*24*time.Hour)) || !at.Before(next) {
			t.Errorf("%s, over at %v, comes out at %v, and the next at %v", week.Name(), week.End(), at, next)
		}
		if got := s.Latest(at).Name(); got != week.Name() {
			t.Errorf("%s has come out at %v, want %s", got, at, week.Name())
		}
	})
}

func TestWhatIsNoScheduleIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "monday", "Monday 07:00", "monday 24:00", "monday 07:60", "someday 07:00", "monday  07:00", "monday 07:00 "} {
		if s, err := weekly.Parse(text, time.UTC); !errors.Is(err, weekly.ErrForm) || s.Given() {
			t.Errorf("%q: got %v, want ErrForm", text, err)
		}
	}
	if zone := (weekly.Schedule{}).Zone(); zone != time.UTC {
		t.Errorf("got the zone %v of no schedule", zone)
	}
}
