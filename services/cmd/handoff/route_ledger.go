package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func routeLedgerCommand() *cobra.Command {
	var f clientFlags
	var newest int32
	cmd := &cobra.Command{
		Use:   "ledger POOL",
		Short: "Show who got how much of a pool, whom it owes, and its newest decisions",
		Long: `Shows the public account of a pool's fairness: how many turns everybody had, and how far they are behind their exact share
by their weight; then the newest decisions with what singled out the rep, and the turns that were taken back.`,
		Example: "  handoff route ledger enterprise\n  handoff route ledger pools/enterprise --newest=100 -o json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := "pools/" + strings.TrimSuffix(strings.TrimPrefix(args[0], "pools/"), "/ledger") + "/ledger"
			conn, done, err := f.connect(readers...)
			if err != nil {
				return err
			}
			defer done() //nolint:errcheck // the command is over
			ledger, entries, err := readLedger(cmd.Context(), routingv1.NewRoutingServiceClient(conn), name, newest)
			if err != nil {
				return err
			}
			if f.output == "json" {
				return printAll(cmd, map[string]proto.Message{"ledger": ledger, "entries": entries})
			}
			out := figures.New(cmd.OutOrStdout())
			out.Ledger(ledger, entries.GetFairnessEntries())
			return out.Flush()
		},
	}
	f.register(cmd)
	cmd.Flags().Int32Var(&newest, "newest", 20, "how many decisions to show, at most 1000")
	return cmd
}

// readLedger reads a pool's ledger and its newest decisions.
func readLedger(ctx context.Context, routing routingv1.RoutingServiceClient, name string, newest int32) (*routingv1.FairnessLedger, *routingv1.ListFairnessEntriesResponse, error) {
	ledger, err := routing.GetFairnessLedger(ctx, &routingv1.GetFairnessLedgerRequest{Name: name})
	if err != nil || newest < 1 {
		return ledger, &routingv1.ListFairnessEntriesResponse{}, err
	}
	entries, err := routing.ListFairnessEntries(ctx, &routingv1.ListFairnessEntriesRequest{Parent: name, PageSize: newest})
	return ledger, entries, err
}

// printAll writes messages as one JSON object.
func printAll(cmd *cobra.Command, parts map[string]proto.Message) error {
	all := map[string]json.RawMessage{}
	for name, m := range parts {
		text, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(m)
		if err != nil {
			return err
		}
		all[name] = text
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), string(text))
	return err
}
