package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/auth/devca"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

func certsCommand() *cobra.Command {
	var lifetime time.Duration
	cmd := &cobra.Command{
		Use:   "certs DIR",
		Short: "Make certificates for a suite that is split over processes",
		Long: `Makes an authority and a certificate for each part of the suite in DIR, and throws the authority's key away. It is meant
for trying a split suite on one machine or in containers; an installation has an authority of its own.`,
		Example: "  handoff certs certs\n  handoff serve --only=sla --tls-ca=certs/ca.pem --tls-cert=certs/sla.pem --tls-key=certs/sla.key …",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := devca.Write(args[0], lifetime, append(eventlog.Services(), app.Gateway)...); err != nil {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "certificates of %d parts are in %s\n", len(eventlog.Services())+1, args[0])
			return err
		},
	}
	cmd.Flags().DurationVar(&lifetime, "for", 365*24*time.Hour, "how long they count")
	return cmd
}
