package main

import (
	"fmt"
	"io"
	"regexp"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

var clockPath = regexp.MustCompile(`^handoffs/[0-9a-f]{32}/clocks/[a-z][a-z0-9_]{0,40}-[0-9]{1,9}$`)

func explainDeadlineCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "deadline CLOCK",
		Short: "Show why a clock is due when it is, and who had it how long",
		Long: `Shows how a clock came to stand as it does: what was agreed, then each stretch that was counted, on the wall clock of its
calendar and under whom, which sum to what was used exactly. Then what was left out: holidays, pauses, and activities that
were recorded too late to count when they happened, or are more than a person can do.

A CLOCK is named by its handoff, its kind and its run: accept-2 is that of the second rep who was asked to accept.
GET /v1/handoffs/{handoff}/clocks lists those of a handoff.`,
		Example: "  handoff explain deadline handoffs/019cadc69afb7c1e9a0f3c1d2e4b5a69/clocks/accept-1\n" +
			"  handoff explain deadline handoffs/019cadc69afb7c1e9a0f3c1d2e4b5a69/clocks/accept-1 -o json",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !clockPath.MatchString(args[0]) {
				return fmt.Errorf("%q is no clock, as in the examples; GET /v1/handoffs/ID/clocks lists those of a handoff", args[0])
			}
			return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (*slav1.DeadlineExplanation, error) {
				return slav1.NewSlaServiceClient(conn).ExplainDeadline(cmd.Context(), &slav1.ExplainDeadlineRequest{Name: args[0]})
			}, func(w io.Writer, told *slav1.DeadlineExplanation) error {
				out := figures.New(w)
				out.Deadline(told)
				return out.Flush()
			})
		},
	}
	f.register(cmd)
	return cmd
}
