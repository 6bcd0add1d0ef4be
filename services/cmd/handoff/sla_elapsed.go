package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func elapsedCommand() *cobra.Command {
	var f calendarFlags
	var from, to string
	cmd := &cobra.Command{
		Use:   "elapsed --calendar=FILE --from=TIME --to=TIME [--pause=FROM/TO]...",
		Short: "Say how much working time lies between two instants",
		Long: `Says how much working time lies between two instants. As text the first line is the answer, and those below it are the
stretches that it is made of; as JSON the answer is {"elapsedSeconds": 14400}, with a fraction where there is one.

` + calendarHelp,
		Example: `  handoff sla elapsed --calendar=sales.yaml --from=2026-05-22T16:00:00-04:00 --to=2026-05-26T12:00:00-04:00
  handoff sla elapsed --calendar=sales.yaml --from=2026-03-04T09:30:00-05:00 --to=2026-03-05T13:30:00-05:00 \
      --pause=2026-03-04T10:30:00-05:00/2026-03-05T10:30:00-05:00 -o json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.elapsed(cmd, from, to) },
	}
	f.register(cmd)
	cmd.Flags().StringVar(&from, "from", "", "instant from which to count (required)")
	cmd.Flags().StringVar(&to, "to", "", "instant up to which to count; not before --from (required)")
	_ = cmd.MarkFlagRequired("from") // the flags are defined above
	_ = cmd.MarkFlagRequired("to")   // the flags are defined above
	return cmd
}

func (f *calendarFlags) elapsed(cmd *cobra.Command, from, to string) error {
	starts, err := parseInstant("--from", from)
	if err != nil {
		return err
	}
	ends, err := parseInstant("--to", to)
	switch {
	case err != nil:
		return err
	case ends.Before(starts):
		return fmt.Errorf("--to: %s is before --from, %s", to, from)
	}
	calendar, pauses, err := f.read(cmd)
	if err != nil {
		return err
	}
	worked := calendar.Worked(starts, ends, pauses...)
	if worked == math.MaxInt64 {
		return errors.New("it is more than can be counted, some 292 years")
	}
	if f.output == "json" {
		return writeJSON(cmd.OutOrStdout(), struct {
			Seconds json.Number `json:"elapsedSeconds"`
		}{seconds(worked)})
	}
	fmt.Fprintln(cmd.OutOrStdout(), worked)
	return tellCounted(cmd.OutOrStdout(), calendar, starts, ends, pauses)
}

// seconds writes a length of whole microseconds, exactly.
func seconds(d time.Duration) json.Number {
	text := fmt.Sprintf("%d.%06d", d/time.Second, d%time.Second/time.Microsecond)
	return json.Number(strings.TrimSuffix(strings.TrimRight(text, "0"), "."))
}
