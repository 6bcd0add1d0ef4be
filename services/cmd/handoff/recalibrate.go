package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

// nothingProposed is the status when there is no draft.
const nothingProposed exitError = 3

func recalibrateCommand() *cobra.Command {
	var f clientFlags
	asked := &feedbackv1.Recalibration{}
	cmd := &cobra.Command{
		Use:   "recalibrate",
		Short: "Let experience propose what to change in the playbook",
		Long: `Looks at what sales made of the leads of some weeks, and writes a draft of the playbook in force in which bounds, points and
filters fit what was learnt. Only what proves itself is proposed: the changes are chosen in the earlier weeks, and judged once
in the weeks that were held out, against the playbook in force at the same volume. Both teams sign the draft, or refuse it;
what is refused is remembered.

The status is 0 when there is a draft, 3 when nothing is proposed, with the reason.`,
		Example: "  handoff recalibrate\n  handoff recalibrate --weeks=26 --held-out=8 --changes=1\n  handoff recalibrate show 019c…\n  handoff playbook refuse 7 --team=sales --comment='too few small ones'",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return f.recalibrate(cmd, asked) },
	}
	f.register(cmd)
	flags := cmd.Flags()
	flags.Int32Var(&asked.Weeks, "weeks", 12, "how many weeks to look at")
	flags.Int32Var(&asked.HeldOutWeeks, "held-out", 0, "how many of them, the last, judge the changes (default a third)")
	flags.Int32Var(&asked.MaxChanges, "changes", 3, "how many changes the draft may make, at most 5")
	flags.Int32Var(&asked.MinKeptPercent, "keep", 50, "share of the answered leads that the draft must keep, in per cent")
	flags.BoolVar(&asked.CountNotReady, "count-not-ready", false, "count leads that were not ready against the playbook")
	cmd.AddCommand(recalibrationShowCommand())
	return cmd
}

// recalibrate asks for a recalibration, and waits for it.
func (f *clientFlags) recalibrate(cmd *cobra.Command, asked *feedbackv1.Recalibration) error {
	conn, done, err := f.connect(accessv1.Role_ROLE_REVOPS)
	if err != nil {
		return err
	}
	defer done() //nolint:errcheck // the command is over
	client, ctx := feedbackv1.NewFeedbackServiceClient(conn), cmd.Context()
	r, err := client.ProposeRecalibration(ctx, &feedbackv1.ProposeRecalibrationRequest{Recalibration: asked})
	if err == nil && r.GetTest() {
		return f.print(cmd, r, func() error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s is worked out when the test clock is advanced, by POST /v1/testClock:advance; see then: handoff recalibrate show %s\n", r.GetName(), r.GetName())
			return err
		})
	}
	bar := newBar(cmd.ErrOrStderr(), "")
	for err == nil && r.GetState() == feedbackv1.Recalibration_STATE_RUNNING {
		bar.turn(strings.ToLower(strings.TrimPrefix(r.GetPhase().String(), "PHASE_")))
		if err = pause(ctx, askAgain); err == nil {
			r, err = client.GetRecalibration(ctx, &feedbackv1.GetRecalibrationRequest{Name: r.GetName()})
		}
	}
	bar.done()
	if err != nil {
		return err
	}
	if err := f.print(cmd, r, func() error { return describeRecalibration(cmd.OutOrStdout(), r) }); err != nil {
		return err
	}
	if r.GetState() == feedbackv1.Recalibration_STATE_NOTHING {
		return nothingProposed
	}
	return nil
}

func describeRecalibration(w io.Writer, r *feedbackv1.Recalibration) error {
	out := figures.New(w)
	out.Recalibration(r)
	return out.Flush()
}

// recalibrationName is the name of a recalibration: its id is short for recalibrations/ID.
func recalibrationName(name string) string {
	return "recalibrations/" + strings.TrimPrefix(name, "recalibrations/")
}

func recalibrationShowCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "show [RECALIBRATION]",
		Short: "Show the recalibrations, or one of them",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (*feedbackv1.Recalibration, error) {
					return feedbackv1.NewFeedbackServiceClient(conn).GetRecalibration(cmd.Context(), &feedbackv1.GetRecalibrationRequest{Name: recalibrationName(args[0])})
				}, describeRecalibration)
			}
			return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (*feedbackv1.ListRecalibrationsResponse, error) {
				all := &feedbackv1.ListRecalibrationsResponse{}
				return all, everyPage(func(token string) (next string, err error) {
					page, err := feedbackv1.NewFeedbackServiceClient(conn).ListRecalibrations(cmd.Context(), &feedbackv1.ListRecalibrationsRequest{PageSize: perPage, PageToken: token})
					all.Recalibrations = append(all.GetRecalibrations(), page.GetRecalibrations()...)
					return page.GetNextPageToken(), err
				})
			}, func(w io.Writer, resp *feedbackv1.ListRecalibrationsResponse) error {
				out := figures.New(w)
				out.Recalibrations(resp.GetRecalibrations())
				return out.Flush()
			})
		},
	}
	f.register(cmd)
	return cmd
}
