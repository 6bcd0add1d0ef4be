package main

import (
	"io"
	"slices"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func slaSuspectsCommand() *cobra.Command {
	var f clientFlags
	var rep string
	cmd := &cobra.Command{
		Use:   "suspects",
		Short: "List the activities that are more than a person can do",
		Long: `Lists the activities that were flagged, because more of one rep came at once than the section sla.bursts of the playbook
allows, and that nobody has confirmed. They stop no clock. What a person did after all, their manager confirms:
handoff sla confirm.`,
		Example: "  handoff sla suspects\n  handoff sla suspects --rep=jane-doe -o json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			req := &slav1.ListSuspectActivitiesRequest{PageSize: perPage, Rep: named("reps", rep)}
			return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (*slav1.ListSuspectActivitiesResponse, error) {
				return everySuspect(cmd, conn, req)
			}, func(w io.Writer, all *slav1.ListSuspectActivitiesResponse) error {
				out := figures.New(w)
				out.Suspects(all.GetActivities())
				return out.Flush()
			})
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&rep, "rep", "", "only those of this rep (default all)")
	return cmd
}

// everySuspect are all pages of the list as one.
func everySuspect(cmd *cobra.Command, conn grpc.ClientConnInterface, req *slav1.ListSuspectActivitiesRequest) (*slav1.ListSuspectActivitiesResponse, error) {
	all := &slav1.ListSuspectActivitiesResponse{}
	return all, everyPage(func(token string) (string, error) {
		req.PageToken = token
		page, err := slav1.NewSlaServiceClient(conn).ListSuspectActivities(cmd.Context(), req)
		all.Activities = append(all.Activities, page.GetActivities()...)
		return page.GetNextPageToken(), err
	})
}

// mostConfirmed is how many activities are confirmed by one request.
const mostConfirmed = 100

func slaConfirmCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "confirm ACTIVITY...",
		Short: "Have activities count that a person did after all",
		Long: `Confirms that a person did what activities tell: each counts at the time it happened, flagged or not. A breach that was
called out meanwhile is retracted. A sales manager or RevOps confirms; nobody takes it back.

A hundred are confirmed at once, all of them or none.`,
		Example: "  handoff sla confirm handoffs/019cadc69afb7c1e9a0f3c1d2e4b5a69/activities/019caf103180792082ee8331cfd605e5 --as=sven",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return call(cmd, &f, []accessv1.Role{accessv1.Role_ROLE_SALES_MANAGER}, func(conn grpc.ClientConnInterface) (*slav1.BatchConfirmActivitiesResponse, error) {
				return confirmAll(cmd, conn, args)
			}, func(w io.Writer, all *slav1.BatchConfirmActivitiesResponse) error {
				return say(w, "%s confirmed: they count at the time they happened\n", figures.Count(int64(len(all.GetActivities()))))
			})
		},
	}
	f.register(cmd)
	return cmd
}

func confirmAll(cmd *cobra.Command, conn grpc.ClientConnInterface, names []string) (*slav1.BatchConfirmActivitiesResponse, error) {
	all := &slav1.BatchConfirmActivitiesResponse{}
	for some := range slices.Chunk(names, mostConfirmed) {
		made, err := slav1.NewSlaServiceClient(conn).BatchConfirmActivities(cmd.Context(), &slav1.BatchConfirmActivitiesRequest{Names: some})
		if err != nil {
			return nil, err
		}
		all.Activities = append(all.Activities, made.GetActivities()...)
	}
	return all, nil
}
