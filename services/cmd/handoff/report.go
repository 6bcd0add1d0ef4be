package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

// reports are the reports by name, in the order in which help lists them.
var reportNames = []string{"funnel", "clocks", "rejections", "credits", "sourcing", "metric"}

func reportCommand() *cobra.Command {
	var f clientFlags
	var words reportWords
	cmd := &cobra.Command{
		Use:   "report [" + strings.Join(reportNames, " | ") + "]",
		Short: "Print a report of a period",
		Long: `Prints a report of a period:

  funnel      how far the leads created in the period came
  sla         what marketing and sales promised each other, and what they kept: ` + "`handoff report sla --help`" + `
  clocks      how often each clock was met, and what became of both teams' promises
  rejections  what sales rejected, by reason
  credits     who got the credit for opportunities, by channel
  sourcing    where the pipeline came from
  metric      the one number that both teams own: influenced pipeline per dollar`,
		Example: "  handoff report funnel --from=2026-05-01 --to=2026-06-01\n  handoff report credits --model=first_touch -o json\n" +
			"  handoff report rejections --period=last-week\n  handoff report sourcing --from=2026-05-01 --to=2026-06-01 --as-of=2026-06-03",
		Args:      cobra.ExactArgs(1),
		ValidArgs: reportNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(reportNames, args[0]) {
				return fmt.Errorf("there is no report %q; there are %s", args[0], strings.Join(reportNames, ", "))
			}
			asked, err := words.parse(args[0])
			if err != nil {
				return err
			}
			conn, done, err := f.connect(readers...)
			if err != nil {
				return err
			}
			defer done() //nolint:errcheck // the command is over
			return f.report(cmd, conn, args[0], asked)
		},
	}
	f.register(cmd)
	cmd.AddCommand(slaReportCommand())
	cmd.Flags().StringVar(&words.from, "from", "", "first day or instant, as 2026-05-01 or RFC 3339 (default the report's own)")
	cmd.Flags().StringVar(&words.to, "to", "", "first day or instant after it (default now)")
	cmd.Flags().StringVar(&words.period, "period", "", "rejections alone: a week, month or quarter, such as 2026-W19, 2026-05, 2026-Q2 or last-week")
	cmd.Flags().StringVar(&words.asOf, "as-of", "", "funnel, credits, sourcing and metric: a day or instant, with what was on record by then (default now)")
	cmd.Flags().StringVar(&words.model, "model", "", "credits alone: the model, one of "+strings.Join(modelNames(), ", ")+" (default the playbook's)")
	return cmd
}

// report asks for a report and prints it.
func (f *clientFlags) report(cmd *cobra.Command, conn grpc.ClientConnInterface, name string, q question) error {
	out := figures.New(cmd.OutOrStdout())
	ctx, attribution := cmd.Context(), attributionv1.NewAttributionServiceClient(conn)
	var answer proto.Message
	var err error
	var show func()
	switch name {
	case "funnel":
		var r *attributionv1.FunnelReport
		r, err = attribution.GetFunnelReport(ctx, &attributionv1.GetFunnelReportRequest{StartTime: q.from, EndTime: q.to, AsOfTime: q.asOf})
		answer, show = r, func() { out.Funnel(r) }
	case "clocks":
		var r *slav1.ComplianceReport
		r, err = slav1.NewSlaServiceClient(conn).GetComplianceReport(ctx, &slav1.GetComplianceReportRequest{StartTime: q.from, EndTime: q.to})
		answer, show = r, func() { out.Clocks(r) }
	case "rejections":
		var r *feedbackv1.RejectionReport
		r, err = feedbackv1.NewFeedbackServiceClient(conn).GetRejectionReport(ctx, &feedbackv1.GetRejectionReportRequest{StartTime: q.from, EndTime: q.to, Period: q.name})
		answer, show = r, func() { out.Rejections(r) }
	case "credits":
		var r *attributionv1.CreditReport
		r, err = attribution.GetCreditReport(ctx, &attributionv1.GetCreditReportRequest{StartTime: q.from, EndTime: q.to,
			AsOfTime: q.asOf, Model: q.model})
		answer, show = r, func() { out.Credits(r) }
	case "sourcing":
		var r *attributionv1.SourcingReport
		r, err = attribution.GetSourcingReport(ctx, &attributionv1.GetSourcingReportRequest{StartTime: q.from, EndTime: q.to, AsOfTime: q.asOf})
		answer, show = r, func() { out.Sourcing(r) }
	default:
		var r *attributionv1.SharedMetricReport
		r, err = attribution.GetSharedMetricReport(ctx, &attributionv1.GetSharedMetricReportRequest{StartTime: q.from, EndTime: q.to, AsOfTime: q.asOf})
		answer, show = r, func() { out.SharedMetric(r) }
	}
	if err != nil {
		return err
	}
	return f.print(cmd, answer, func() error {
		show()
		return out.Flush()
	})
}
