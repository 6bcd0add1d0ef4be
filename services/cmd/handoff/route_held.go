package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func routeHeldCommand() *cobra.Command {
	var f clientFlags
	var pool, queue, reason string
	cmd := &cobra.Command{
		Use:   "held",
		Short: "List the handoffs that nobody has, in the order in which they go",
		Long: `Lists the handoffs that nobody has, in the order in which they are given away: by tier, then by the time of the MQL. Each
says since when and why it waits, and when somebody becomes available, as far as the calendars tell.

  pool_missing        the pool that the playbook names does not exist
  pool_empty          it has no members
  nobody_available    everybody there is off shift, away or inactive
  nobody_suited       nobody who is there has the language, region, segment or skill
  everybody_at_cap    everybody there has as many as they may
  everybody_declined  everybody there has declined or rejected the lead
  queued              it waits in a queue, for somebody to take it: see handoff route claim`,
		Example: "  handoff route held\n  handoff route held --pool=velocity --reason=everybody_at_cap\n  handoff route held --queue=customer-success -o json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			why, known := routingv1.Hold_Reason_value["REASON_"+strings.ToUpper(reason)]
			if reason != "" && !known {
				return fmt.Errorf("--reason: %q is none of those that handoff help route held lists", reason)
			}
			req := &routingv1.ListHeldHandoffsRequest{PageSize: perPage, Pool: named("pools", pool), Queue: named("queues", queue),
				Reason: routingv1.Hold_Reason(why)}
			return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (*routingv1.ListHeldHandoffsResponse, error) {
				return heldBy(cmd, conn, req)
			}, func(w io.Writer, all *routingv1.ListHeldHandoffsResponse) error {
				out := figures.New(w)
				out.Held(all.GetHandoffs())
				return out.Flush()
			})
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&pool, "pool", "", "only those that wait for somebody in this pool (default all)")
	cmd.Flags().StringVar(&queue, "queue", "", "only those that wait in this queue (default all)")
	cmd.Flags().StringVar(&reason, "reason", "", "only those that wait for this reason, such as nobody_available (default all)")
	return cmd
}

// heldBy are all pages of the holding queue as one.
func heldBy(cmd *cobra.Command, conn grpc.ClientConnInterface, req *routingv1.ListHeldHandoffsRequest) (*routingv1.ListHeldHandoffsResponse, error) {
	all := &routingv1.ListHeldHandoffsResponse{}
	return all, everyPage(func(token string) (string, error) {
		req.PageToken = token
		page, err := routingv1.NewRoutingServiceClient(conn).ListHeldHandoffs(cmd.Context(), req)
		all.Handoffs = append(all.Handoffs, page.GetHandoffs()...)
		return page.GetNextPageToken(), err
	})
}

// named is the name of a resource that was given by its name or by its id; nothing for nothing.
func named(collection, given string) string {
	if given == "" {
		return ""
	}
	return collection + "/" + strings.TrimPrefix(given, collection+"/")
}
