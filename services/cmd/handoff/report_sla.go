package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/monday"
)

// slaReportCommand prints the report of both teams' promises.
func slaReportCommand() *cobra.Command {
	f := clientFlags{formats: []string{"markdown", "html", "csv"}}
	req := &slav1.GetComplianceReportRequest{}
	var by []string
	cmd := &cobra.Command{
		Use:   "sla",
		Short: "Print what marketing and sales promised each other, and what they kept",
		Long: `Prints the report of both teams for a week, a month or a quarter of the playbook's calendar: a sentence for each
team, the promises of both beside each other with the change against the period before, where it hurts, what is overdue now,
the clocks that fell due, and how soon leads were touched.

A clock counts in the period in which it fell due: in time = met / (met + missed). What is open and overdue is missed; what was
cancelled is shown and counts in neither. A lead counts in the period in which it became an MQL. A rep sees their own figures.

The figures of a period that was closed are those of that moment, and the report says so; --live shows what they are today, and
` + "`handoff report sla restatements`" + ` what makes the difference.

-o html makes one file to read or to print, -o csv a row for each figure; with --by=rep the figures of each person.`,
		Example: "  handoff report sla\n  handoff report sla --period=2026-W10 -o html > monday.html\n  handoff report sla --period=2026-Q1 --by=rep -o csv > people.csv",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, name := range by {
				if !slices.Contains(monday.Slices(), name) {
					return fmt.Errorf("--by is one of %s, not %q", strings.Join(monday.Slices(), ", "), name)
				}
			}
			return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (*slav1.ComplianceReport, error) {
				return slav1.NewSlaServiceClient(conn).GetComplianceReport(cmd.Context(), req)
			}, func(w io.Writer, r *slav1.ComplianceReport) error { return writeSLA(w, r, f.output, by) })
		},
	}
	f.register(cmd)
	cmd.AddCommand(slaCloseCommand(), slaRestatementsCommand())
	cmd.Flags().BoolVar(&req.Live, "live", false, "show today's figures also of a period that is closed")
	cmd.Flags().StringVar(&req.Period, "period", "last-week", "such as 2026-W10, 2026-03, 2026-Q1, last-week, last-month or this-quarter")
	cmd.Flags().StringSliceVar(&by, "by", nil, "what to show in full: "+strings.Join(monday.Slices(), ", ")+" (html: all)")
	return cmd
}

// writeSLA writes the report in a format.
func writeSLA(w io.Writer, r *slav1.ComplianceReport, format string, by []string) error {
	if format == "csv" {
		return monday.CSV(w, r, by...)
	}
	if format == "html" && len(by) == 0 {
		by = monday.Slices()
	}
	page, err := monday.New(r, by...)
	if err != nil {
		return err
	}
	switch format {
	case "markdown":
		return page.Markdown(w)
	case "html":
		return page.HTML(w)
	default:
		return page.Text(w)
	}
}
