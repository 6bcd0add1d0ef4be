package main

import (
	"cmp"
	"io"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
)

func routeClaimCommand() *cobra.Command {
	var f clientFlags
	var rep string
	cmd := &cobra.Command{
		Use:   "claim HANDOFF",
		Short: "Take a handoff out of the queue that it waits in",
		Long: `Takes a handoff out of the queue that it waits in, for the rep whose token it is, or for --rep if that is of somebody who
leads sales. Of everybody who wants it one gets it. A rep may take it off shift; nobody who is inactive, on leave, at a cap,
or declined or rejected the lead. What waits for a pool goes by turns, and cannot be taken.`,
		Example: "  handoff route claim 019cadc69afb7c1e9a0f3c1d2e4b5a69 --as=elsa\n  handoff route claim 019cadc69afb7c1e9a0f3c1d2e4b5a69 --rep=elsa",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			role := accessv1.Role_ROLE_SALES_REP
			if rep != "" {
				role = accessv1.Role_ROLE_SALES_MANAGER
			}
			req := &routingv1.ClaimHandoffRequest{Name: named("handoffs", args[0]), Rep: named("reps", rep)}
			return call(cmd, &f, []accessv1.Role{role}, func(conn grpc.ClientConnInterface) (*routingv1.Handoff, error) {
				return routingv1.NewRoutingServiceClient(conn).ClaimHandoff(cmd.Context(), req)
			}, func(w io.Writer, h *routingv1.Handoff) error {
				return say(w, "%s, which waited in %s, is with %s; they have yet to accept it\n", h.GetName(), cmp.Or(h.GetQueue(), "a queue"), h.GetRep())
			})
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&rep, "rep", "", "who gets it (default the rep whose token it is)")
	return cmd
}
