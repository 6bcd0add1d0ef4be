package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// Calendars of the golden cases.
const (
	newYork  = "{time_zone: America/New_York, hours: {mon: &day [['09:00', '17:00']], tue: *day, wed: *day, thu: *day, fri: *day}}"
	memorial = "{holidays: [2026-05-25], time_zone: America/New_York, hours: {mon: &day [['09:00', '17:00']], tue: *day, wed: *day, thu: *day, fri: *day}}"
	federal  = "{public_holidays: [US], time_zone: America/New_York, hours: {mon: &day [['09:00', '17:00']], tue: *day, wed: *day, thu: *day, fri: *day}}"
	lunch    = "{time_zone: America/New_York, hours: {wed: [['09:00', '12:00'], ['13:00', '17:00']]}}"
	nights   = `{"time_zone": "America/New_York", "hours": {"sat": [["22:00", "24:00"]], "sun": [["00:00", "06:00"]]}}`
	wall     = "{always: true, time_zone: America/New_York}"
)

// calculated is what a calculator answers, in this process, with a calendar on standard input.
func calculated(t *testing.T, calendar string, args ...string) (out string, err error) {
	t.Helper()
	var stdout bytes.Buffer
	cmd := root()
	cmd.SetArgs(append([]string{"sla", args[0], "--calendar=-"}, args[1:]...))
	cmd.SetIn(strings.NewReader(calendar))
	cmd.SetOut(&stdout)
	err = cmd.ExecuteContext(t.Context())
	return stdout.String(), err
}

// compact is a JSON document in its shortest form.
func compact(t *testing.T, text string) string {
	t.Helper()
	var short bytes.Buffer
	if err := json.Compact(&short, []byte(text)); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return short.String()
}

func TestADeadlineIsWorkedOutFromACalendarFile(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		calendar, start, within, pause, want string
	}{
		"over the weekend on which the clock springs forward": {newYork, "2026-03-06T16:30:00-05:00", "4h", "", "2026-03-09T12:30:00-04:00"},
		"at closing time":                             {newYork, "2026-03-04T13:00:00-05:00", "4h", "", "2026-03-04T17:00:00-05:00"},
		"a minute before closing time":                {newYork, "2026-03-04T16:59:00-05:00", "1m", "", "2026-03-04T17:00:00-05:00"},
		"started on a Saturday":                       {newYork, "2026-03-14T11:00:00-04:00", "4h", "", "2026-03-16T13:00:00-04:00"},
		"three whole days":                            {newYork, "2026-03-02T09:00:00-05:00", "24h", "", "2026-03-04T17:00:00-05:00"},
		"over a holiday":                              {memorial, "2026-05-22T16:00:00-04:00", "4h", "", "2026-05-26T12:00:00-04:00"},
		"over a public holiday":                       {federal, "2026-05-22T16:00:00-04:00", "4h", "", "2026-05-26T12:00:00-04:00"},
		"over lunch":                                  {lunch, "2026-03-04T11:30:00-05:00", "1h", "", "2026-03-04T13:30:00-05:00"},
		"wall time":                                   {wall, "2026-10-31T20:00:00-04:00", "24h", "", "2026-11-01T19:00:00-05:00"},
		"a night shift that loses an hour":            {nights, "2026-03-07T22:00:00-05:00", "7h", "", "2026-03-08T06:00:00-04:00"},
		"paused for a day":                            {newYork, "2026-03-04T09:30:00-05:00", "4h", "2026-03-04T10:30:00-05:00/2026-03-05T10:30:00-05:00", "2026-03-05T13:30:00-05:00"},
		"paused out of hours":                         {newYork, "2026-03-06T16:30:00-05:00", "4h", "2026-03-06T17:00:00-05:00/2026-03-09T09:00:00-04:00", "2026-03-09T12:30:00-04:00"},
		"paused after all":                            {newYork, "2026-03-04T09:30:00-05:00", "4h", "2026-03-04T13:30:00-05:00/", "2026-03-04T13:30:00-05:00"},
		"five wall days":                              {wall, "2026-05-20T15:00:00-04:00", "5d", "", "2026-05-25T15:00:00-04:00"},
		"five business days":                          {newYork, "2026-05-20T15:00:00-04:00", "5d", "", "2026-05-27T15:00:00-04:00"},
		"five business days over a holiday":           {memorial, "2026-05-20T15:00:00-04:00", "5d", "", "2026-05-28T15:00:00-04:00"},
		"the same in hours":                           {memorial, "2026-05-20T15:00:00-04:00", "40h", "", "2026-05-28T15:00:00-04:00"},
		"days and hours":                              {newYork, "2026-03-02T09:00:00-05:00", "1d1h30m", "", "2026-03-03T10:30:00-05:00"},
		"part of a second":                            {newYork, "2026-03-06T16:59:59.75-05:00", "500ms", "", "2026-03-09T09:00:00.25-04:00"},
		"asked in another zone, and in small letters": {newYork, "2026-03-06t21:30:00z", "4h", "", "2026-03-09T12:30:00-04:00"},
		"nothing":                                     {newYork, "2026-03-14T11:00:00-04:00", "0", "", "2026-03-14T11:00:00-04:00"},
		"where offsets had seconds":                   {newYork, "1880-03-01T00:00:00Z", "1h", "", "1880-03-01T14:56:02Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := []string{"due", "--start=" + tt.start, "--within=" + tt.within}
			if tt.pause != "" {
				args = append(args, "--pause="+tt.pause)
			}
			out, err := calculated(t, tt.calendar, append(args, "--output=json")...)
			if want := `{"due":"` + tt.want + `"}`; err != nil || compact(t, out) != want {
				t.Errorf("got %s, %v, want %s", out, err, want)
			}
			out, err = calculated(t, tt.calendar, args...)
			if answer, _, _ := strings.Cut(out, "\n"); err != nil || answer != tt.want {
				t.Errorf("as text: got %s, %v, want %s", out, err, tt.want)
			}
		})
	}
}

func TestWorkingTimeIsCountedFromACalendarFile(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		calendar, from, to, pause, want string
	}{
		"over a holiday":     {memorial, "2026-05-22T16:00:00-04:00", "2026-05-26T12:00:00-04:00", "", "14400"},
		"part of a second":   {memorial, "2026-05-22T16:00:00.25-04:00", "2026-05-26T12:00:00-04:00", "", "14399.75"},
		"a microsecond":      {wall, "2026-05-22T16:00:00Z", "2026-05-22T16:00:00.000001Z", "", "0.000001"},
		"a year":             {newYork, "2026-01-01T00:00:00-05:00", "2027-01-01T00:00:00-05:00", "", "7516800"},
		"a shift of 7 hours": {nights, "2026-03-07T12:00:00-05:00", "2026-03-08T12:00:00-04:00", "", "25200"},
		"out of hours":       {newYork, "2026-03-14T11:00:00-04:00", "2026-03-15T11:00:00-04:00", "", "0"},
		"no time at all":     {newYork, "2026-03-04T11:00:00-05:00", "2026-03-04T11:00:00-05:00", "", "0"},
		"around a pause":     {newYork, "2026-03-04T09:30:00-05:00", "2026-03-05T13:30:00-05:00", "2026-03-04T10:30:00-05:00/2026-03-05T10:30:00-05:00", "14400"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := []string{"elapsed", "--from=" + tt.from, "--to=" + tt.to, "--output=json"}
			if tt.pause != "" {
				args = append(args, "--pause="+tt.pause)
			}
			out, err := calculated(t, tt.calendar, args...)
			if want := `{"elapsedSeconds":` + tt.want + `}`; err != nil || compact(t, out) != want {
				t.Errorf("got %s, %v, want %s", out, err, want)
			}
		})
	}
}

func TestAnAnswerShowsWhatItIsMadeOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		calendar string
		args     []string
		want     string
	}{
		{memorial, []string{"due", "--start=2026-05-22T16:00:00-04:00", "--within=4h"}, `2026-05-26T12:00:00-04:00
  Fri 2026-05-22 16:00 to 17:00 EDT, 1h0m0s
  Mon 2026-05-25 closed: a holiday
  Tue 2026-05-26 09:00 to 12:00 EDT, 3h0m0s
`},
		{federal, []string{"due", "--start=2026-05-22T16:00:00-04:00", "--within=1h1m"}, `2026-05-26T09:01:00-04:00
  Fri 2026-05-22 16:00 to 17:00 EDT, 1h0m0s
  Mon 2026-05-25 closed: Memorial Day
  Tue 2026-05-26 09:00 to 09:01 EDT, 1m0s
`},
		{memorial, []string{"elapsed", "--from=2026-05-22T16:00:00-04:00", "--to=2026-05-25T12:00:00-04:00"}, `1h0m0s
  Fri 2026-05-22 16:00 to 17:00 EDT, 1h0m0s
  Mon 2026-05-25 closed: a holiday
`},
		{nights, []string{"elapsed", "--from=2026-03-07T22:00:00.5-05:00", "--to=2026-03-09T00:00:00-04:00"}, `6h59m59.5s
  Sat 2026-03-07 22:00:00.5 to Sun 2026-03-08 06:00 EDT, 6h59m59.5s
`},
	} {
		if got, err := calculated(t, tt.calendar, tt.args...); err != nil || got != tt.want {
			t.Errorf("%v: got %v\n%s, want\n%s", tt.args, err, got, tt.want)
		}
	}
	long, err := calculated(t, newYork, "due", "--start=2026-01-01T00:00:00Z", "--within=250d")
	if lines := strings.Count(long, "\n"); err != nil || lines != 1+2*mostCounted+1 || !strings.Contains(long, "\n  … 230 more …\n") {
		t.Errorf("%d lines, %v:\n%s", lines, err, long)
	}
}

func TestTheCalendarOfTheHelpIsOne(t *testing.T) {
	t.Parallel()
	_, text, _ := strings.Cut(calendarHelp, "\n\n")
	text, _, _ = strings.Cut(text, "\n\n")
	out, err := calculated(t, strings.ReplaceAll("\n"+text, "\n  ", "\n"), "due", "--start=2026-12-23T11:30:00-05:00", "--within=1d")
	if want := "2026-12-24T11:30:00-05:00\n"; err != nil || !strings.HasPrefix(out, want) {
		t.Errorf("got %s, %v, want %s", out, err, want)
	}
}

func TestPublicHolidaysAreListedWithoutAServer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args   string
		want   []string
		status int
	}{
		{"--country=US --year=2026", []string{"Mon 2026-05-25  Memorial Day\n", "Fri 2026-07-03  Independence Day (observed)\n", "Columbus Day\n"}, 0},
		{"--country=DE --subdivision=BY --year=2026 -o=json", []string{`"date": "2026-06-04",`, `"name": "Fronleichnam"`, `"source": "github.com/rickar/cal/v2@`}, 0},
		{"--country=US --year=2026 --except=Columbus", []string{`--except: US has no holiday "Columbus"`}, 1},
		{"--country=US --year=2026 --except=2026-10-12", []string{"Mon 2026-09-07  Labor Day\nWed 2026-11-11  Veterans Day"}, 0},
		{"--country=AU --year=2026", []string{"name one of ACT, NSW"}, 1},
		{"--country=US --year=26", []string{"--year is from 1970 to 2099, not 26"}, 1},
		{"--country=US --year=2026 -o=csv", []string{"--output is text or json"}, 1},
		{"--year=2026", []string{`"country" not set`}, 1},
		{"--help", []string{"Countries: AR AT AU", "With parts: AU-ACT", "DE-BY"}, 0},
	} {
		out, problems, status := handoff(t, append([]string{"sla", "holidays"}, strings.Fields(tt.args)...)...)
		for _, want := range tt.want {
			if !strings.Contains(out+problems, want) || status != tt.status {
				t.Errorf("%s: status %d, want %d and %q in\n%s%s", tt.args, status, tt.status, want, out, problems)
			}
		}
	}
}
