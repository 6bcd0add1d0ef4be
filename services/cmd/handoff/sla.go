package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

func slaCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sla",
		Args:  cobra.NoArgs,
		RunE:  helpAlone,
		Short: "Work out deadlines and working time from a calendar, without a server; see and confirm flagged activities",
		Long: `Works out when time is up and how much of a stretch was working time, by the code that runs the clocks of the suite, and
needs no server for it:

  handoff sla due       when is a budget of working time used up?
  handoff sla elapsed   how much working time lies between two instants?
  handoff sla holidays  which days are public holidays in a country?

These ask a suite that runs:

  handoff sla suspects  which activities are more than a person can do?
  handoff sla confirm   a person did them after all

What the clocks of the suite did is in handoff report sla; why one is due when it is, in handoff explain deadline.

` + calendarHelp,
	}
	cmd.AddCommand(dueCommand(), elapsedCommand(), holidaysCommand(), slaSuspectsCommand(), slaConfirmCommand())
	return cmd
}

const calendarHelp = `A calendar is a file in YAML or JSON, or - for standard input:

  time_zone: America/New_York
  hours:
    mon: &day [["09:00", "12:00"], ["13:00", "17:00"]]
    tue: *day
    wed: *day
    thu: *day
    fri: [["09:00", "15:00"]]
  holidays: [2026-03-17]                          # closed, whatever else is said of the day
  public_holidays: [US]                           # closed likewise; or {country: US, except: [Columbus Day]}
  overrides: {2026-12-24: [["09:00", "12:00"]]}   # instead of the hours of the weekday
  breaks: {2026-12-23: [["12:00", "13:00"]]}      # cut out of the hours of the day
  day_hours: 7h                                   # what one day of a budget stands for; 8h without it

Hours are half-open: open at 09:00, closed at 17:00. 24:00 is the midnight that ends the day, and a shift over midnight is
two: until 24:00, and from 00:00 of the next day. {always: true} is a calendar that never closes, for wall time. Where the
clock is put forward, what it skips is no working time; where it is put back, hours are those of its first showing.

Instants are those of RFC 3339, such as 2026-05-22T16:00:00-04:00. Answers have the offset of the calendar's zone, and count
whole microseconds. The status is 0, or 1 where there is no answer; then standard error says why.`

// calendarFlags are the flags of a question to a calendar.
type calendarFlags struct {
	path, output string
	pauses       []string
}

func (f *calendarFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.path, "calendar", "", "file with the calendar, or - for standard input (required)")
	flags.StringArrayVar(&f.pauses, "pause", nil, "FROM/TO: leave this stretch out, also where it overlaps others; FROM/ has not ended; may be given again")
	flags.StringVarP(&f.output, "output", "o", "text", "how to print: text or json")
	_ = cmd.MarkFlagRequired("calendar") // the flag is defined above
}

// read gives the calendar and the pauses.
func (f *calendarFlags) read(cmd *cobra.Command) (*worktime.Calendar, []worktime.Interval, error) {
	if f.output != "text" && f.output != "json" {
		return nil, nil, fmt.Errorf("--output is text or json, not %q", f.output)
	}
	var pauses []worktime.Interval
	for _, text := range f.pauses {
		pause, err := parsePause(text)
		if err != nil {
			return nil, nil, err
		}
		pauses = append(pauses, pause)
	}
	calendar, err := readCalendar(cmd, f.path)
	return calendar, pauses, err
}

// readCalendar reads a file. What is wrong with it is told a line each, with its place.
func readCalendar(cmd *cobra.Command, path string) (*worktime.Calendar, error) {
	in, err := openInput(cmd, path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, worktime.MaxText+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	spec, err := worktime.Parse(text)
	if err == nil {
		var calendar *worktime.Calendar
		if calendar, err = worktime.New(spec); err == nil {
			return calendar, nil
		}
	}
	var wrong *worktime.SpecError
	if !errors.As(err, &wrong) {
		return nil, err
	}
	lines := make([]string, len(wrong.Problems))
	for i, problem := range wrong.Problems {
		lines[i] = path + ": " + problem.String()
	}
	return nil, errors.New(strings.Join(lines, "\n  "))
}

// parsePause reads two instants with a slash between them. Without the second the pause has not ended.
func parsePause(text string) (worktime.Interval, error) {
	from, to, both := strings.Cut(text, "/")
	if !both {
		return worktime.Interval{}, fmt.Errorf("--pause is FROM/TO, or FROM/ where it has not ended, not %q", text)
	}
	start, err := parseInstant("--pause", from)
	if err != nil || to == "" {
		return worktime.Interval{Start: start}, err
	}
	end, err := parseInstant("--pause", to)
	if err == nil && end.Before(start) {
		err = fmt.Errorf("--pause: %s ends before it starts", text)
	}
	return worktime.Interval{Start: start, End: end}, err
}

// parseInstant reads an instant of RFC 3339, which lets T and Z be small.
func parseInstant(flag, text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, strings.ToUpper(text))
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %q is not an instant of RFC 3339, such as 2026-05-22T16:00:00-04:00", flag, text)
	}
	return at.Truncate(time.Microsecond), nil
}

// onItsClock is an instant on the calendar's clock, as far as RFC 3339 can write it: offsets of old had seconds.
func onItsClock(at time.Time, calendar *worktime.Calendar) time.Time {
	at = at.In(calendar.Location())
	if _, offset := at.Zone(); offset%60 != 0 {
		return at.UTC()
	}
	return at
}

// mostCounted is how many lines of a long account are shown at either end.
const mostCounted = 10

// tellCounted lists the stretches of working time that an answer is made of, and the holidays in between.
func tellCounted(out io.Writer, calendar *worktime.Calendar, from, to time.Time, pauses []worktime.Interval) error {
	closed := calendar.Holidays(from, to)
	var lines []string
	for counted := range calendar.Segments(from, to, pauses...) {
		for len(closed) > 0 && closed[0].Date.String() <= onItsClock(counted.Start, calendar).Format(time.DateOnly) {
			lines, closed = append(lines, tellHoliday(closed[0])), closed[1:]
		}
		lines = append(lines, tellStretch(counted, calendar))
	}
	for _, day := range closed {
		lines = append(lines, tellHoliday(day))
	}
	if hidden := len(lines) - 2*mostCounted; hidden > 0 {
		lines = slices.Replace(lines, mostCounted, mostCounted+hidden, fmt.Sprintf("  … %d more …\n", hidden))
	}
	_, err := io.WriteString(out, strings.Join(lines, ""))
	return err
}

func tellStretch(counted worktime.Interval, calendar *worktime.Calendar) string {
	starts, ends := onItsClock(counted.Start, calendar), onItsClock(counted.End, calendar)
	until := reading(ends)
	if day := ends.Format(dayLayout); day != starts.Format(dayLayout) {
		until = day + " " + until
	}
	return fmt.Sprintf("  %s %s to %s %s, %v\n", starts.Format(dayLayout), reading(starts), until, ends.Format("MST"), counted.Duration())
}

func tellHoliday(day worktime.Holiday) string {
	date := time.Date(day.Date.Year, day.Date.Month, day.Date.Day, 0, 0, 0, 0, time.UTC)
	return fmt.Sprintf("  %s closed: %s\n", date.Format(dayLayout), cmp.Or(day.Name, "a holiday"))
}

const dayLayout = "Mon 2006-01-02"

// reading is the time of day, with seconds where there are any.
func reading(at time.Time) string {
	if at.Second() == 0 && at.Nanosecond() == 0 {
		return at.Format("15:04")
	}
	return at.Format("15:04:05.999999")
}
