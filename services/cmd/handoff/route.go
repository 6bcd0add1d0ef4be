package main

import "github.com/spf13/cobra"

func routeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "route",
		Args:  cobra.NoArgs,
		RunE:  helpAlone,
		Short: "See where leads go and who waits, and take what waits in a queue",
	}
	cmd.AddCommand(routePreviewCommand(), routeLedgerCommand(), routeHeldCommand(), routeClaimCommand())
	return cmd
}
