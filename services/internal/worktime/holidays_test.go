package worktime_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

// parsed is a calendar with the hours of an office, and what a case adds.
func parsed(t testing.TB, text string) *worktime.Calendar {
	t.Helper()
	spec, err := worktime.Parse([]byte("hours: {mon: &day [['09:00', '17:00']], tue: *day, wed: *day, thu: *day, fri: *day, sat: *day}\n" + text))
	if err != nil {
		t.Fatal(err)
	}
	return calendar(t, spec)
}

func TestPublicHolidaysAreClosed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text, start string
		budget      time.Duration
		want        string
	}{
		"of a country":               {"time_zone: America/New_York\npublic_holidays: [US]", "2026-05-22T16:00-04:00", 12 * time.Hour, "2026-05-26T12:00-04:00"},
		"of a part of a country":     {"time_zone: Europe/Berlin\npublic_holidays: [{country: DE, subdivision: BY}]", "2026-06-03T16:00+02:00", 4 * time.Hour, "2026-06-05T12:00+02:00"},
		"the same in short":          {"time_zone: Europe/Berlin\npublic_holidays: [DE-BY]", "2026-06-03T16:00+02:00", 4 * time.Hour, "2026-06-05T12:00+02:00"},
		"not in another part":        {"time_zone: Europe/Berlin\npublic_holidays: [DE-HH]", "2026-06-03T16:00+02:00", 4 * time.Hour, "2026-06-04T12:00+02:00"},
		"of two countries":           {"time_zone: America/New_York\npublic_holidays: [US, CA]", "2026-05-16T16:00-04:00", 4 * time.Hour, "2026-05-19T12:00-04:00"},
		"on their day and the other": {"time_zone: America/New_York\npublic_holidays: [US]", "2026-07-02T16:00-04:00", 4 * time.Hour, "2026-07-06T12:00-04:00"},
		"though hours are given":     {"time_zone: America/New_York\npublic_holidays: [US]\noverrides: {2026-05-25: [[09:00, 10:00]]}", "2026-05-23T16:00-04:00", 4 * time.Hour, "2026-05-26T12:00-04:00"},
		"but for those worked on":    {"time_zone: America/New_York\npublic_holidays: [{country: US, except: [Memorial Day]}]", "2026-05-23T16:00-04:00", 4 * time.Hour, "2026-05-25T12:00-04:00"},
		"in the last year":           {"time_zone: America/New_York\npublic_holidays: [US]", "2099-12-24T16:00-05:00", 4 * time.Hour, "2099-12-26T12:00-05:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := due(t, parsed(t, tt.text), at(tt.start), tt.budget); got != at(tt.want) {
				t.Errorf("got %v, want %v", got, at(tt.want))
			}
		})
	}
}

func TestHolidaysHaveTheirNames(t *testing.T) {
	t.Parallel()
	c := parsed(t, "time_zone: America/New_York\npublic_holidays: [US]\nholidays: [2026-05-25, 2026-05-26]")
	for name, tt := range map[string]struct {
		from, to string
		want     []worktime.Holiday
	}{
		"those of a week":          {"2026-05-22T16:00-04:00", "2026-05-29T16:00-04:00", []worktime.Holiday{{Date: date(2026, 5, 25), Name: "Memorial Day"}, {Date: date(2026, 5, 26)}}},
		"up to their midnight":     {"2026-05-22T16:00-04:00", "2026-05-25T00:00-04:00", nil},
		"from a moment of it on":   {"2026-05-22T16:00-04:00", "2026-05-25T00:00:00.000001-04:00", []worktime.Holiday{{Date: date(2026, 5, 25), Name: "Memorial Day"}}},
		"by the calendar's clock":  {"2026-05-26T03:59Z", "2026-05-26T04:00Z", []worktime.Holiday{{Date: date(2026, 5, 25), Name: "Memorial Day"}}},
		"none in no time":          {"2026-05-25T12:00-04:00", "2026-05-25T12:00-04:00", nil},
		"none in a week of no one": {"2026-06-01T12:00-04:00", "2026-06-08T12:00-04:00", nil},
	} {
		if diff := cmp.Diff(tt.want, c.Holidays(at(tt.from), at(tt.to))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	named := newYork(t, memorialDay, func(s *worktime.Spec) { s.Names = map[worktime.Date]string{date(2026, 5, 25): "Memorial Day"} })
	want := []worktime.Holiday{{Date: date(2026, 5, 25), Name: "Memorial Day"}}
	if diff := cmp.Diff(want, named.Holidays(at("2026-01-01T00:00Z"), at("2027-01-01T00:00Z"))); diff != "" {
		t.Errorf("named by who made it (-want +got):\n%s", diff)
	}
}
