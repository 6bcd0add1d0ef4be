package main

import (
	"github.com/spf13/cobra"
)

func attributionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "attribution",
		Args:  cobra.NoArgs,
		RunE:  helpAlone,
		Short: "Credit channels for conversions from a file of journeys, without a server",
		Long: `Works out which channel earned what from a file of journeys, by the models of the suite, and needs no server for it.

  handoff attribution compute   credit the channels of a file
  handoff attribution generate  make a file up, to try it or to measure it with

To credit the deals of a running suite, see handoff report.`,
	}
	cmd.AddCommand(computeCommand(), generateCommand())
	return cmd
}
