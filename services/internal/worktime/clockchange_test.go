package worktime_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

func TestHoursWhereTheClockChanges(t *testing.T) {
	t.Parallel()
	day := func(spans ...worktime.Span) []worktime.Span { return spans }
	tests := map[string]struct {
		zone     string
		hours    []worktime.Span // of every day
		from, to string
		want     []worktime.Interval
	}{
		"gap: opening moves forward to its end": {
			"America/New_York", day(hours("02:30", "04:00")), "2026-03-08T05:00Z", "2026-03-09T04:00Z",
			[]worktime.Interval{between("2026-03-08T03:00-04:00", "2026-03-08T04:00-04:00")},
		},
		"gap: closing moves forward to its end": {
			"America/New_York", day(hours("01:00", "02:30")), "2026-03-08T05:00Z", "2026-03-09T04:00Z",
			[]worktime.Interval{between("2026-03-08T01:00-05:00", "2026-03-08T03:00-04:00")},
		},
		"gap: hours inside it are empty": {
			"America/New_York", day(hours("02:00", "02:30"), hours("02:30", "03:00")), "2026-03-08T05:00Z", "2026-03-09T04:00Z", nil,
		},
		"repeat: opens at the first": {
			"America/New_York", day(hours("01:30", "03:00")), "2026-11-01T04:00Z", "2026-11-02T05:00Z",
			[]worktime.Interval{between("2026-11-01T01:30-04:00", "2026-11-01T03:00-05:00")},
		},
		"repeat: closes at the first": {
			"America/New_York", day(hours("00:30", "01:30")), "2026-11-01T04:00Z", "2026-11-02T05:00Z",
			[]worktime.Interval{between("2026-11-01T00:30-04:00", "2026-11-01T01:30-04:00")},
		},
		"repeat: asked in between, it is past the first": {
			"America/New_York", day(hours("01:30", "01:45")), "2026-11-01T01:10-05:00", "2026-11-02T05:00Z", nil,
		},
		"repeat: the day has 25 hours": {
			"Europe/Paris", day(hours("00:00", "24:00")), "2020-10-24T22:00Z", "2020-10-25T23:00Z",
			[]worktime.Interval{between("2020-10-25T00:00+02:00", "2020-10-26T00:00+01:00")},
		},
		"half an hour in Lord Howe, forward": {
			"Australia/Lord_Howe", day(hours("02:15", "03:00")), "2026-10-03T14:00Z", "2026-10-04T12:00Z",
			[]worktime.Interval{between("2026-10-04T02:30+11:00", "2026-10-04T03:00+11:00")},
		},
		"half an hour in Lord Howe, back": {
			"Australia/Lord_Howe", day(hours("01:00", "02:00")), "2026-04-04T13:00Z", "2026-04-05T12:00Z",
			[]worktime.Interval{between("2026-04-05T01:00+11:00", "2026-04-05T02:00+10:30")},
		},
		"Cairo has no midnight": {
			"Africa/Cairo", day(hours("00:00", "08:00"), hours("22:00", "24:00")), "2026-04-23T12:00+02:00", "2026-04-24T12:00+03:00",
			[]worktime.Interval{between("2026-04-23T22:00+02:00", "2026-04-24T08:00+03:00")},
		},
		"Cairo reaches midnight at the second try": {
			"Africa/Cairo", day(hours("22:00", "24:00")), "2026-10-29T12:00+03:00", "2026-10-30T12:00+02:00",
			[]worktime.Interval{between("2026-10-29T22:00+03:00", "2026-10-30T00:00+02:00")},
		},
		"São Paulo has no midnight": {
			"America/Sao_Paulo", day(hours("00:00", "02:00")), "2018-11-03T12:00-03:00", "2018-11-04T12:00-02:00",
			[]worktime.Interval{between("2018-11-04T01:00-02:00", "2018-11-04T02:00-02:00")},
		},
		"Apia has no 30 December 2011": {
			"Pacific/Apia", day(hours("09:00", "17:00")), "2011-12-29T08:00-10:00", "2011-12-31T20:00+14:00",
			[]worktime.Interval{
				between("2011-12-29T09:00-10:00", "2011-12-29T17:00-10:00"),
				between("2011-12-31T09:00+14:00", "2011-12-31T17:00+14:00"),
			},
		},
		"St. John's fell back over midnight": {
			"America/St_Johns", day(hours("00:00", "01:00"), hours("23:00", "23:30")), "2010-11-06T12:00-02:30", "2010-11-07T12:00-03:30",
			[]worktime.Interval{
				between("2010-11-06T23:00-02:30", "2010-11-06T23:30-02:30"),
				between("2010-11-07T00:00-02:30", "2010-11-07T01:00-03:30"),
			},
		},
		"Kathmandu is a quarter off": {
			"Asia/Kathmandu", day(hours("09:00", "17:00")), "2026-03-04T00:00Z", "2026-03-04T12:00Z",
			[]worktime.Interval{between("2026-03-04T03:15Z", "2026-03-04T11:15Z")},
		},
		"last day of a leap year far ahead": {
			"America/New_York", day(hours("09:00", "17:00")), "2048-12-31T00:00-05:00", "2049-01-01T00:00-05:00",
			[]worktime.Interval{between("2048-12-31T09:00-05:00", "2048-12-31T17:00-05:00")},
		},
		"summer beyond the table": {
			"America/New_York", day(hours("09:00", "17:00")), "2196-07-01T00:00-04:00", "2196-07-02T00:00-04:00",
			[]worktime.Interval{between("2196-07-01T09:00-04:00", "2196-07-01T17:00-04:00")},
		},
		"before 1970": {
			"America/New_York", day(hours("09:00", "17:00")), "1969-07-01T12:00-04:00", "1969-07-02T00:00-04:00",
			[]worktime.Interval{between("1969-07-01T12:00-04:00", "1969-07-01T17:00-04:00")},
		},
		"before standard time": {
			"America/New_York", day(hours("09:00", "17:00")), "1850-07-01T00:00:00-04:56", "1850-07-02T00:00:00-04:56",
			[]worktime.Interval{between("1850-07-01T13:56:02Z", "1850-07-01T21:56:02Z")},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := calendar(t, worktime.Spec{TimeZone: test.zone, Hours: everyDay(test.hours...)})
			got := slices.Collect(c.Segments(at(test.from), at(test.to)))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("segments (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNightShiftIsAsLongAsItReallyWas(t *testing.T) {
	t.Parallel()
	nights := newYork(t, week(everyDay(hours("00:00", "06:00"), hours("22:00", "24:00"))))
	for name, test := range map[string]struct {
		from, to string
		want     time.Duration
	}{
		"an ordinary night":       {"2026-03-06T12:00-05:00", "2026-03-07T12:00-05:00", 8 * time.Hour},
		"the night in spring":     {"2026-03-07T12:00-05:00", "2026-03-08T12:00-04:00", 7 * time.Hour},
		"the night in the autumn": {"2026-10-31T12:00-04:00", "2026-11-01T12:00-05:00", 9 * time.Hour},
	} {
		if got := nights.Worked(at(test.from), at(test.to)); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
