package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func explainRouteCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "route HANDOFF",
		Short: "Show why a handoff went to its rep, and why not to the others",
		Long: `Shows every decision about where a handoff goes, as it was made then: the rules of the playbook that were asked, then
everybody who was, with why not: away, at a cap, without what the lead needs, or behind somebody whom the pool owed more.
The figures are those of the pool's ledger at that moment; whoever knows the rule can pick again by them.`,
		Example: "  handoff explain route 019cadc69afb7c1e9a0f3c1d2e4b5a69\n  handoff explain route handoffs/019cadc69afb7c1e9a0f3c1d2e4b5a69 -o json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id := strings.TrimSuffix(strings.TrimPrefix(args[0], "handoffs/"), "/route")
			if !hexID(id) {
				return fmt.Errorf("%q is not an id of 32 digits, as in the examples; GET /v1/handoffs lists them", args[0])
			}
			return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (*routingv1.RouteExplanation, error) {
				return routingv1.NewRoutingServiceClient(conn).ExplainRoute(cmd.Context(), &routingv1.ExplainRouteRequest{Name: "handoffs/" + id + "/route"})
			}, func(w io.Writer, told *routingv1.RouteExplanation) error {
				out := figures.New(w)
				out.Route(told)
				return out.Flush()
			})
		},
	}
	f.register(cmd)
	return cmd
}

// hexID says whether a text is an id as the suite makes them.
func hexID(id string) bool {
	raw, err := hex.DecodeString(id)
	return err == nil && len(raw) == 16
}
