package main

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

func dueCommand() *cobra.Command {
	var f calendarFlags
	var start, within string
	cmd := &cobra.Command{
		Use:   "due --calendar=FILE --start=TIME --within=LENGTH [--pause=FROM/TO]...",
		Short: "Say when a budget of working time is used up",
		Long: `Says when a budget of working time is used up: the earliest instant at which it is. One that ends with the day is due at
closing time, not when the calendar opens again; one of nothing is due at once.

The budget is a length such as 4h, 1h30m or 250ms. Days stand for the calendar's day_hours each, however long its days are:
5d or 1d4h. As text the first line is the answer, and those below it are the stretches that it is made of; as JSON the answer
is {"due": "2026-05-26T12:00:00-04:00"}.

` + calendarHelp,
		Example: `  handoff sla due --calendar=sales.yaml --start=2026-05-22T16:00:00-04:00 --within=4h
  handoff sla due --calendar=sales.yaml --start=2026-03-04T09:30:00-05:00 --within=4h \
      --pause=2026-03-04T10:30:00-05:00/2026-03-05T10:30:00-05:00 -o json
  echo 'always: true' | handoff sla due --calendar=- --start=2026-10-31T20:00:00-04:00 --within=24h`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.due(cmd, start, within) },
	}
	f.register(cmd)
	cmd.Flags().StringVar(&start, "start", "", "instant at which the clock starts (required)")
	cmd.Flags().StringVar(&within, "within", "", "the budget: a length such as 4h or 1h30m, in days such as 5d, or both (required)")
	_ = cmd.MarkFlagRequired("start")  // the flags are defined above
	_ = cmd.MarkFlagRequired("within") // the flags are defined above
	return cmd
}

func (f *calendarFlags) due(cmd *cobra.Command, start, within string) error {
	from, err := parseInstant("--start", start)
	if err != nil {
		return err
	}
	calendar, pauses, err := f.read(cmd)
	if err != nil {
		return err
	}
	budget, err := parseBudget(within, calendar)
	if err != nil {
		return err
	}
	due, err := calendar.Due(from, budget, pauses...)
	switch {
	case errors.Is(err, worktime.ErrPaused):
		return errors.New("a pause without an end keeps the time from being used up")
	case errors.Is(err, worktime.ErrHorizon) || err == nil && onItsClock(due, calendar).Year() > maxYear:
		return fmt.Errorf("the calendar does not give %s of working time within 50 years of %s", within, start)
	case err != nil:
		return err
	}
	answer := onItsClock(due, calendar).Format(time.RFC3339Nano)
	if f.output == "json" {
		return writeJSON(cmd.OutOrStdout(), struct {
			Due string `json:"due"`
		}{answer})
	}
	fmt.Fprintln(cmd.OutOrStdout(), answer)
	return tellCounted(cmd.OutOrStdout(), calendar, from, due, pauses)
}

// maxYear is the last that RFC 3339 can write.
const maxYear = 9999

var budgetDays = regexp.MustCompile(`^(\d{1,9})d(.*)$`)

// parseBudget reads a length, whose days are business days of the calendar.
func parseBudget(text string, calendar *worktime.Calendar) (time.Duration, error) {
	wrong := fmt.Errorf("--within: %q is not a length of time such as 4h, 1h30m or 5d", text)
	var days time.Duration
	rest := text
	if parts := budgetDays.FindStringSubmatch(text); parts != nil {
		count, err := strconv.Atoi(parts[1])
		if err != nil {
			return 0, wrong
		}
		if days, rest = calendar.Days(count), parts[2]; rest == "" {
			return days, nil
		}
	}
	length, err := time.ParseDuration(rest)
	switch {
	case err != nil || length < 0 && rest != text:
		return 0, wrong
	case length < 0:
		return 0, fmt.Errorf("--within: %s is less than nothing", text)
	case length > math.MaxInt64-days:
		return math.MaxInt64, nil // more than any calendar gives
	}
	return days + length, nil
}
