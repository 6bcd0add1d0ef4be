package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

// reports are the reports by name, in the order in which help lists them.
var reportNames = []string{"funnel", "clocks", "rejections", "credits", "sourcing", "metric"}

func reportCommand() *cobra.Command {
	var f clientFlags
	var from, to, model string
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
		Example:   "  handoff report funnel --from=2026-05-01 --to=2026-06-01\n  handoff report credits --model=first_touch -o json",
		Args:      cobra.ExactArgs(1),
		ValidArgs: reportNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(reportNames, args[0]) {
				return fmt.Errorf("there is no report %q; there are %s", args[0], strings.Join(reportNames, ", "))
			}
			p, err := parsePeriod(from, to)
			if err != nil {
				return err
			}
			conn, done, err := f.connect(readers...)
			if err != nil {
				return err
			}
			defer done() //nolint:errcheck // the command is over
			return f.report(cmd, conn, args[0], p, model)
		},
	}
	f.register(cmd)
	cmd.AddCommand(slaReportCommand())
	cmd.Flags().StringVar(&from, "from", "", "first day or instant, as 2026-05-01 or RFC 3339 (default the report's own)")
	cmd.Flags().StringVar(&to, "to", "", "first day or instant after it (default now)")
	cmd.Flags().StringVar(&model, "model", "", "attribution model, such as first_touch (default the playbook's)")
	return cmd
}

// period is what a report is about; a missing end has the report's own default.
type period struct {
	from, to *timestamppb.Timestamp
}

func parsePeriod(from, to string) (p period, err error) {
	for _, end := range []struct {
		flag, text string
		into       **timestamppb.Timestamp
	}{{"--from", from, &p.from}, {"--to", to, &p.to}} {
		if end.text == "" {
			continue
		}
		at, err := time.Parse(time.DateOnly, end.text)
		if err != nil {
			at, err = time.Parse(time.RFC3339, end.text)
		}
		if err != nil {
			return p, fmt.Errorf("%s: %q is neither a day such as 2026-05-01 nor an instant in RFC 3339", end.flag, end.text)
		}
		*end.into = timestamppb.New(at)
	}
	return p, nil
}

// report asks for a report and prints it.
func (f *clientFlags) report(cmd *cobra.Command, conn grpc.ClientConnInterface, name string, p period, model string) error {
	out := figures.New(cmd.OutOrStdout())
	ctx, attribution := cmd.Context(), attributionv1.NewAttributionServiceClient(conn)
	var answer proto.Message
	var err error
	var show func()
	switch name {
	case "funnel":
		var r *attributionv1.FunnelReport
		r, err = attribution.GetFunnelReport(ctx, &attributionv1.GetFunnelReportRequest{StartTime: p.from, EndTime: p.to})
		answer, show = r, func() { out.Funnel(r) }
	case "clocks":
		var r *slav1.ComplianceReport
		r, err = slav1.NewSlaServiceClient(conn).GetComplianceReport(ctx, &slav1.GetComplianceReportRequest{StartTime: p.from, EndTime: p.to})
		answer, show = r, func() { out.Clocks(r) }
	case "rejections":
		var r *feedbackv1.RejectionReport
		r, err = feedbackv1.NewFeedbackServiceClient(conn).GetRejectionReport(ctx, &feedbackv1.GetRejectionReportRequest{StartTime: p.from, EndTime: p.to})
		answer, show = r, func() { out.Rejections(r) }
	case "credits":
		var r *attributionv1.CreditReport
		r, err = attribution.GetCreditReport(ctx, &attributionv1.GetCreditReportRequest{StartTime: p.from, EndTime: p.to,
			Model: playbookv1.AttributionModel(playbookv1.AttributionModel_value["ATTRIBUTION_MODEL_"+strings.ToUpper(model)])})
		answer, show = r, func() { out.Credits(r) }
	case "sourcing":
		var r *attributionv1.SourcingReport
		r, err = attribution.GetSourcingReport(ctx, &attributionv1.GetSourcingReportRequest{StartTime: p.from, EndTime: p.to})
		answer, show = r, func() { out.Sourcing(r) }
	default:
		var r *attributionv1.SharedMetricReport
		r, err = attribution.GetSharedMetricReport(ctx, &attributionv1.GetSharedMetricReportRequest{StartTime: p.from, EndTime: p.to})
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
