package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/handoffhq/handoff/services/internal/auth"
)

func tokenCommand() *cobra.Command {
	var data, subject, kind, partner string
	var roles []string
	var ttl time.Duration
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Mint a token of a local installation",
		Long: `Mints a token with the local key of an installation that has no identity provider. Whoever can read the key can be
anybody, so this is for one machine.

Roles: marketing, marketing_lead, sales_rep, sales_manager, revops, exec, partner, sre, service.`,
		Example: `  handoff token --subject=mia --role=marketing_lead
  curl -H "Authorization: Bearer $(handoff token --subject=jane --role=sales_rep)" http://127.0.0.1:8080/v1/handoffs`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			grant := auth.Grant{Subject: subject, Partner: partner, TTL: ttl}
			for _, name := range roles {
				role, err := auth.ParseRole(name)
				if err != nil {
					return err
				}
				grant.Roles = append(grant.Roles, role)
			}
			var err error
			if grant.Kind, err = auth.ParseKind(kind); err != nil {
				return err
			}
			key, err := auth.LoadOrCreateKey(filepath.Join(data, "local-key.pem"))
			if err != nil {
				return err
			}
			token, err := key.Mint(grant)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), token)
			return err
		},
	}
	cmd.Flags().StringVar(&data, "data", "data", "directory of the local key")
	cmd.Flags().StringVar(&subject, "subject", "", "whose token it is")
	cmd.Flags().StringSliceVar(&roles, "role", nil, "what it allows; may be repeated")
	cmd.Flags().StringVar(&kind, "kind", "person", "person, platform or ai")
	cmd.Flags().StringVar(&partner, "partner", "", "the partner, with the role partner")
	cmd.Flags().DurationVar(&ttl, "ttl", 12*time.Hour, "how long it counts")
	for _, required := range []string{"subject", "role"} {
		if err := cmd.MarkFlagRequired(required); err != nil {
			panic(err) // the flags are defined above
		}
	}
	return cmd
}
