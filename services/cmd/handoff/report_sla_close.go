package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

// slaCloseCommand closes a period.
func slaCloseCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "close PERIOD",
		Short: "Settle the figures of a week, a month or a quarter that is over",
		Long: `Closes a week, a month or a quarter that is over: its report stays as it is now, for everybody and for each person. What
becomes known later changes none of its figures; ` + "`handoff report sla restatements`" + ` tells of it.

Weeks, months and quarters are closed each by themselves, one after the other. To close a period again changes nothing.`,
		Example: "  handoff report sla close 2026-05\n  handoff report sla --period=2026-05 --by=rep -o csv > people.csv",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return call(cmd, &f, []accessv1.Role{accessv1.Role_ROLE_REVOPS}, func(conn grpc.ClientConnInterface) (*slav1.SlaPeriod, error) {
				return slav1.NewSlaServiceClient(conn).CloseSlaPeriod(cmd.Context(), &slav1.CloseSlaPeriodRequest{Name: slaPeriodName(args[0])})
			}, func(w io.Writer, p *slav1.SlaPeriod) error {
				_, err := fmt.Fprintf(w, "%s was closed at %s by %s: %s clocks.\n", strings.TrimPrefix(p.GetName(), slaPeriods),
					p.GetCloseTime().AsTime().Format("2006-01-02 15:04:05Z"), p.GetClosedBy(), figures.Count(p.GetClockCount()))
				return err
			})
		},
	}
	f.register(cmd)
	return cmd
}

// slaRestatementsCommand prints what has changed since a period was closed.
func slaRestatementsCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "restatements PERIOD",
		Short: "Print what counts otherwise today than when a period was closed",
		Long: `Prints each clock that counts otherwise today than when a week, a month or a quarter was closed: what changed, from what to
what, when and because of what. Then it says what all of them do to the figures, and what became of the promises.

The figures of the closed period stay. A rep sees their own clocks.`,
		Example: "  handoff report sla restatements 2026-05",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (*slav1.ListRestatementsResponse, error) {
				return allRestatements(cmd, conn, slaPeriodName(args[0]))
			}, func(w io.Writer, all *slav1.ListRestatementsResponse) error {
				out := figures.New(w)
				out.Restatements(strings.TrimPrefix(args[0], slaPeriods), all)
				return out.Flush()
			})
		},
	}
	f.register(cmd)
	return cmd
}

// allRestatements reads every page as one.
func allRestatements(cmd *cobra.Command, conn grpc.ClientConnInterface, period string) (*slav1.ListRestatementsResponse, error) {
	all := &slav1.ListRestatementsResponse{}
	return all, everyPage(func(token string) (string, error) {
		page, err := slav1.NewSlaServiceClient(conn).ListRestatements(cmd.Context(),
			&slav1.ListRestatementsRequest{Parent: period, PageSize: perPage, PageToken: token})
		all.Restatements = append(all.Restatements, page.GetRestatements()...)
		all.Clocks, all.Commitments = page.GetClocks(), page.GetCommitments()
		return page.GetNextPageToken(), err
	})
}

const slaPeriods = "slaPeriods/"

// slaPeriodName is the name of a period: 2026-05 is short for slaPeriods/2026-05.
func slaPeriodName(name string) string { return slaPeriods + strings.TrimPrefix(name, slaPeriods) }
