package worktime_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

func TestSpecIsRefusedWithEveryProblem(t *testing.T) {
	t.Parallel()
	nine := []worktime.Span{hours("09:00", "17:00")}
	tests := map[string]struct {
		spec worktime.Spec
		want []string
	}{
		"nothing": {
			worktime.Spec{},
			[]string{"time_zone: is required, such as Europe/Berlin", "hours: are never open"},
		},
		"zones that are none": {
			worktime.Spec{TimeZone: "Mars/Base", Hours: workdays(nine...)},
			[]string{`time_zone: "Mars/Base" is not an IANA time zone`},
		},
		"the host's zone": {
			worktime.Spec{TimeZone: "Local", Hours: workdays(nine...)},
			[]string{`time_zone: "Local" is not an IANA time zone`},
		},
		"a path": {
			worktime.Spec{TimeZone: "../../etc/passwd", Hours: workdays(nine...)},
			[]string{`time_zone: "../../etc/passwd" is not an IANA time zone`},
		},
		"spans": {
			worktime.Spec{TimeZone: "UTC", Hours: worktime.Week{
				time.Monday:  {hours("13:00", "17:00"), hours("09:00", "14:00"), hours("16:59", "18:00")},
				time.Tuesday: {hours("17:00", "09:00"), hours("09:00", "09:00")},
				time.Sunday:  {hours("20:00", "24:01"), {Open: -time.Hour, Close: time.Hour}, {Open: time.Second, Close: time.Hour}},
			}},
			[]string{
				"hours.mon[1]: overlaps hours.mon[0]",
				"hours.mon[2]: overlaps hours.mon[0]",
				"hours.tue[0]: opens at 17:00, not before it closes at 09:00: a shift over midnight is two, until 24:00 and from 00:00 of the next day",
				"hours.tue[1]: opens at 09:00, not before it closes at 09:00",
				"hours.sun[0]: leaves the day, 00:00 to 24:00",
				"hours.sun[1]: leaves the day, 00:00 to 24:00",
				"hours.sun[2]: opens or closes within a minute",
			},
		},
		"dates": {
			worktime.Spec{
				TimeZone:  "UTC",
				Hours:     workdays(nine...),
				Holidays:  []worktime.Date{date(2026, 2, 28), date(2026, 2, 29), date(0, 1, 1), date(10000, 1, 1)},
				Overrides: map[worktime.Date][]worktime.Span{date(2026, 12, 24): {hours("12:00", "09:00")}, date(2026, 13, 1): nil},
				Breaks:    map[worktime.Date][]worktime.Span{date(2026, 12, 23): {hours("12:00", "13:00"), hours("12:30", "13:30")}},
				DayHours:  25 * time.Hour,
			},
			[]string{
				"holidays[1]: there is no day 2026-02-29",
				"holidays[2]: there is no day 0000-01-01",
				"holidays[3]: there is no day 10000-01-01",
				"overrides.2026-12-24[0]: opens at 12:00, not before it closes at 09:00: a shift over midnight is two, until 24:00 and from 00:00 of the next day",
				"overrides.2026-13-01: there is no day 2026-13-01",
				"breaks.2026-12-23[1]: overlaps breaks.2026-12-23[0]",
				"day_hours: 25h0m0s is not between 0 and 24 hours",
			},
		},
		"a negative day": {
			worktime.Spec{TimeZone: "UTC", Hours: workdays(nine...), DayHours: -1},
			[]string{"day_hours: -1ns is not between 0 and 24 hours"},
		},
		"overrides that only close": {
			worktime.Spec{TimeZone: "UTC", Overrides: map[worktime.Date][]worktime.Span{date(2026, 12, 24): nil}},
			[]string{"hours: are never open"},
		},
		"always, but": {
			worktime.Spec{Always: true, Holidays: []worktime.Date{date(2026, 1, 1)}},
			[]string{"always: leaves no room for hours, holidays, overrides or breaks"},
		},
		"too much": {
			worktime.Spec{TimeZone: "UTC", Hours: everyDay(make([]worktime.Span, worktime.MaxSpans+1)...), Holidays: make([]worktime.Date, worktime.MaxDates+1)},
			[]string{
				"hours.mon: has 25 entries, more than 24", "hours.tue: has 25 entries, more than 24", "hours.wed: has 25 entries, more than 24",
				"hours.thu: has 25 entries, more than 24", "hours.fri: has 25 entries, more than 24", "hours.sat: has 25 entries, more than 24",
				"hours.sun: has 25 entries, more than 24", "holidays: has 1001 entries, more than 1000",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := worktime.New(test.spec)
			if diff := cmp.Diff(test.want, problems(t, err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if want := "calendar: " + strings.Join(test.want, "; "); err.Error() != want {
				t.Errorf("message: got %q, want %q", err, want)
			}
		})
	}
}

// problems are those of a SpecError, each as text.
func problems(t *testing.T, err error) []string {
	t.Helper()
	var specErr *worktime.SpecError
	if !errors.As(err, &specErr) {
		t.Fatalf("got %v, want a SpecError", err)
	}
	var texts []string
	for _, problem := range specErr.Problems {
		texts = append(texts, problem.String())
	}
	return texts
}

func TestListOfProblemsEnds(t *testing.T) {
	t.Parallel()
	_, err := worktime.New(worktime.Spec{TimeZone: "UTC", Hours: workdays(hours("09:00", "17:00")), Holidays: make([]worktime.Date, worktime.MaxDates)})
	if got := len(problems(t, err)); got != 100 {
		t.Errorf("got %d problems, want 100", got)
	}
}

func TestHolidayBeatsOverrideAndOverrideBeatsWeekday(t *testing.T) {
	t.Parallel()
	christmas, eve, before := date(2026, 12, 25), date(2026, 12, 24), date(2026, 12, 23)
	c := calendar(t, worktime.Spec{
		TimeZone: "Europe/Berlin",
		Hours:    workdays(hours("09:00", "17:00")),
		Holidays: []worktime.Date{christmas, christmas},
		Overrides: map[worktime.Date][]worktime.Span{
			christmas:          {hours("09:00", "12:00")},
			eve:                {hours("08:00", "12:00"), hours("13:00", "14:00")},
			date(2026, 12, 26): {hours("10:00", "11:00")}, // a Saturday
			date(2026, 12, 22): {},
			date(2026, 12, 27): {hours("12:00", "14:00"), hours("09:00", "11:00"), hours("16:00", "17:00")},
		},
		Breaks: map[worktime.Date][]worktime.Span{
			christmas:          {hours("10:00", "11:00")},
			eve:                {hours("11:00", "13:30")},
			date(2026, 12, 27): {hours("11:00", "12:00"), hours("15:00", "16:30")},
			before:             {hours("08:00", "09:30"), hours("12:00", "13:00"), hours("16:30", "24:00")},
		},
	})
	for day, want := range map[worktime.Date]time.Duration{
		date(2026, 12, 21): 8 * time.Hour,
		date(2026, 12, 22): 0,
		before:             6 * time.Hour,
		eve:                3*time.Hour + 30*time.Minute,
		christmas:          0,
		date(2026, 12, 26): time.Hour,
		date(2026, 12, 27): 4*time.Hour + 30*time.Minute,
		date(2026, 12, 28): 8 * time.Hour,
	} {
		midnight := at(day.String() + "T00:00+01:00")
		if got := c.Worked(midnight, midnight.AddDate(0, 0, 1)); got != want {
			t.Errorf("%v: got %v, want %v", day, got, want)
		}
	}
}

func TestHoursMayComeInAnyOrder(t *testing.T) {
	t.Parallel()
	c := newYork(t, week(workdays(hours("13:00", "17:00"), hours("09:00", "12:00"))))
	if got, want := due(t, c, at("2026-03-04T11:30-05:00"), time.Hour), at("2026-03-04T13:30-05:00"); got != want {
		t.Errorf("due: got %v, want %v", got, want)
	}
}

func TestCalendarDoesNotShareItsSpec(t *testing.T) {
	t.Parallel()
	spans := []worktime.Span{hours("09:00", "17:00")}
	breaks := map[worktime.Date][]worktime.Span{date(2026, 3, 4): {hours("12:00", "13:00")}}
	c := calendar(t, worktime.Spec{TimeZone: "America/New_York", Hours: workdays(spans...), Breaks: breaks})
	spans[0].Close = 10 * time.Hour
	breaks[date(2026, 3, 4)][0].Close = 24 * time.Hour
	if got, want := due(t, c, at("2026-03-04T11:00-05:00"), 3*time.Hour), at("2026-03-04T15:00-05:00"); got != want {
		t.Errorf("due: got %v, want %v", got, want)
	}
}

func TestDaysStandForHours(t *testing.T) {
	t.Parallel()
	long := newYork(t, func(s *worktime.Spec) { s.DayHours = 7*time.Hour + 30*time.Minute })
	always := calendar(t, worktime.Spec{Always: true})
	for name, test := range map[string]struct {
		calendar *worktime.Calendar
		days     int
		want     time.Duration
	}{
		"by default eight":       {newYork(t), 5, 40 * time.Hour},
		"as the calendar says":   {long, 2, 15 * time.Hour},
		"round the clock":        {always, 2, 48 * time.Hour},
		"wall time":              {worktime.Wall(), 2, 48 * time.Hour},
		"more than can be held":  {newYork(t), math.MaxInt, math.MaxInt64},
		"less than can be held":  {newYork(t), math.MinInt, math.MinInt64},
		"the most that are held": {newYork(t), 320255, 320255 * 8 * time.Hour},
	} {
		if got := test.calendar.Days(test.days); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

func TestDateIsWrittenAsItIsRead(t *testing.T) {
	t.Parallel()
	got, err := worktime.ParseDate("2028-02-29")
	if err != nil || got != date(2028, time.February, 29) || got.String() != "2028-02-29" {
		t.Errorf("got %v, %v", got, err)
	}
	for _, text := range []string{"", "2026-02-29", "2026-2-1", "26-02-01", "2026-02-01T00:00", "tomorrow"} {
		if got, err := worktime.ParseDate(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}
