package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
)

func traceCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "trace HANDOFF",
		Short: "Show the whole passage of a handoff as a waterfall",
		Long: `Shows the passage of a handoff in the terminal: its stages as a waterfall, then everything that happened, in order.
HANDOFF is its name or its id, which is also the id of its trace in the tracing system.`,
		Example: "  handoff trace 019cadc69afb7c1e9a0f3c1d2e4b5a69\n  handoff trace handoffs/019cadc69afb7c1e9a0f3c1d2e4b5a69 -o json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, done, err := f.connect(readers...)
			if err != nil {
				return err
			}
			defer done() //nolint:errcheck // the command is over
			name := "handoffs/" + strings.TrimPrefix(args[0], "handoffs/") + "/timeline"
			t, err := journeyv1.NewJourneyServiceClient(conn).GetHandoffTimeline(cmd.Context(), &journeyv1.GetHandoffTimelineRequest{Name: name})
			if err != nil {
				return err
			}
			return f.print(cmd, t, func() error { return waterfall(cmd.OutOrStdout(), t) })
		},
	}
	f.register(cmd)
	return cmd
}

// fallWidth is how wide the waterfall is, in characters.
const fallWidth = 60

// waterfall draws the stages to scale, then lists the entries.
func waterfall(w io.Writer, t *journeyv1.Timeline) error {
	fmt.Fprintf(w, "trace %s  %s\n\n", t.GetTraceId(), t.GetTraceUri())
	from, to := extent(t)
	for _, s := range t.GetStages() {
		begin := s.GetStartTime().AsTime()
		end, open := to, s.GetEndTime() == nil
		if !open {
			end = s.GetEndTime().AsTime()
		}
		mark, tail := "=", ""
		if s.GetBreached() {
			mark, tail = "#", "  late"
		}
		if open {
			tail += "  lasts"
		}
		left := scale(begin, from, to)
		bar := strings.Repeat(" ", left) + strings.Repeat(mark, max(1, scale(end, from, to)-left))
		fmt.Fprintf(w, "%-20s |%-*s| %s%s\n", s.GetKey(), fallWidth, bar, end.Sub(begin).Round(time.Second), tail)
	}
	fmt.Fprintln(w)
	for _, e := range t.GetEntries() {
		if _, err := fmt.Fprintf(w, "%s  %-11s %s\n", e.GetOccurTime().AsTime().Format("2006-01-02 15:04:05"), e.GetSource(), e.GetSummary()); err != nil {
			return err
		}
	}
	return nil
}

// extent is the first and the last instant of the stages.
func extent(t *journeyv1.Timeline) (from, to time.Time) {
	for i, s := range t.GetStages() {
		begin, end := s.GetStartTime().AsTime(), s.GetStartTime().AsTime()
		if s.GetEndTime() != nil {
			end = s.GetEndTime().AsTime()
		}
		if i == 0 || begin.Before(from) {
			from = begin
		}
		if i == 0 || end.After(to) {
			to = end
		}
	}
	return from, to
}

// scale is the column of an instant.
func scale(at, from, to time.Time) int {
	if !to.After(from) {
		return 0
	}
	return min(int(float64(at.Sub(from))/float64(to.Sub(from))*fallWidth), fallWidth-1)
}
