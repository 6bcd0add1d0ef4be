package period_test

import (
	"errors"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/period"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestPeriodsBeginAndEndAtMidnightOfTheirZone(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 9, 3, 30, 0, 0, time.UTC) // Monday in London, and still Sunday in New York
	for _, test := range []struct{ text, zone, name, start, end string }{
		{"2026-W10", "America/New_York", "2026-W10", "2026-03-02T05:00:00Z", "2026-03-09T04:00:00Z"}, // the clock was put on
		{"2026-W10", "UTC", "2026-W10", "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z"},
		{"2026-W01", "UTC", "2026-W01", "2025-12-29T00:00:00Z", "2026-01-05T00:00:00Z"},
		{"2026-W53", "UTC", "2026-W53", "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z"},
		{"2026-03", "America/New_York", "2026-03", "2026-03-01T05:00:00Z", "2026-04-01T04:00:00Z"},
		{"2026-Q1", "Europe/Berlin", "2026-Q1", "2025-12-31T23:00:00Z", "2026-03-31T22:00:00Z"},
		{"last-week", "Europe/London", "2026-W10", "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z"},
		{"last-week", "America/New_York", "2026-W09", "2026-02-23T05:00:00Z", "2026-03-02T05:00:00Z"},
		{"this-week", "America/New_York", "2026-W10", "2026-03-02T05:00:00Z", "2026-03-09T04:00:00Z"},
		{"last-month", "UTC", "2026-02", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"},
		{"last-quarter", "UTC", "2025-Q4", "2025-10-01T00:00:00Z", "2026-01-01T00:00:00Z"},
		{"this-quarter", "UTC", "2026-Q1", "2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z"},
	} {
		p, err := period.Parse(test.text, now, zone(t, test.zone))
		if err != nil {
			t.Errorf("%s in %s: %v", test.text, test.zone, err)
			continue
		}
		if got := [3]string{p.Name(), p.Start().Format(time.RFC3339), p.End().Format(time.RFC3339)}; got != [3]string{test.name, test.start, test.end} {
			t.Errorf("%s in %s: got %v, want %v", test.text, test.zone, got, [3]string{test.name, test.start, test.end})
		}
	}
}

func TestWhatIsNoPeriodIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "2026", "2026-13", "2026-00", "2026-W00", "2025-W53", "2026-W54", "2026-Q0", "2026-Q5", "2026-W1", "2026-3",
		"2026-03-01", "2026-W10x", "last", "last-year", "LAST-WEEK", "0001-01", "-2026-03", "2026-W-1", " 2026-03"} {
		if p, err := period.Parse(text, time.Unix(0, 0), time.UTC); !errors.Is(err, period.ErrUnknown) {
			t.Errorf("%q: got %q, %v, want ErrUnknown", text, p.Name(), err)
		}
	}
}

func TestPeriodsFollowEachOtherWithoutAGapAndAreWhatTheirNamesSay(t *testing.T) {
	t.Parallel()
	zones := []*time.Location{time.UTC}
	for _, name := range []string{"America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia", "Asia/Kathmandu"} {
		zones = append(zones, zone(t, name))
	}
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		now := time.Unix(rapid.Int64Range(631_152_000, 2_208_988_800).Draw(t, "now"), 0)
		p, err := period.Parse(rapid.SampledFrom([]string{"this-week", "this-month", "this-quarter"}).Draw(t, "name"), now, z)
		if err != nil {
			t.Fatal(err)
		}
		if now.Before(p.Start()) || !now.Before(p.End()) {
			t.Errorf("%v is not in %s, %v to %v", now, p.Name(), p.Start(), p.End())
		}
		if !p.Before().End().Equal(p.Start()) {
			t.Errorf("%s ends at %v, and the next begins at %v", p.Before().Name(), p.Before().End(), p.Start())
		}
		if p.Before().After().Name() != p.Name() || p.Before().Length() != p.Length() {
			t.Errorf("the %s before %s is %s, and after that comes %s", p.Length(), p.Name(), p.Before().Name(), p.Before().After().Name())
		}
		again, err := period.Parse(p.Name(), time.Time{}, z)
		if err != nil || !again.Start().Equal(p.Start()) || !again.End().Equal(p.End()) {
			t.Errorf("%s reads as %s, %v to %v: %v", p.Name(), again.Name(), again.Start(), again.End(), err)
		}
	})
}
