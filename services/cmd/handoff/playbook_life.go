package main

import (
	"fmt"

	"github.com/spf13/cobra"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// side is a team by its name, and the role of whoever speaks for it.
func side(team string) (playbookv1.Team, accessv1.Role, error) {
	switch team {
	case "marketing":
		return playbookv1.Team_TEAM_MARKETING, accessv1.Role_ROLE_MARKETING_LEAD, nil
	case "sales":
		return playbookv1.Team_TEAM_SALES, accessv1.Role_ROLE_SALES_MANAGER, nil
	default:
		return 0, 0, fmt.Errorf("--team is marketing or sales, not %q", team)
	}
}

func submitCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "submit playbooks/N",
		Short: "Open a draft for signatures",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.playbook(cmd, readers, func(c playbookv1.PlaybookServiceClient) (*playbookv1.Playbook, error) {
				return c.SubmitPlaybook(cmd.Context(), &playbookv1.SubmitPlaybookRequest{Name: args[0]})
			})
		},
	}
	f.register(cmd)
	return cmd
}

func signCommand() *cobra.Command {
	var f clientFlags
	var team string
	cmd := &cobra.Command{
		Use:   "sign playbooks/N --team=marketing|sales",
		Short: "Sign a playbook for a team",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			of, role, err := side(team)
			if err != nil {
				return err
			}
			return f.playbook(cmd, []accessv1.Role{role}, func(c playbookv1.PlaybookServiceClient) (*playbookv1.Playbook, error) {
				return c.SignPlaybook(cmd.Context(), &playbookv1.SignPlaybookRequest{Name: args[0], Team: of})
			})
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&team, "team", "", "the team to sign for: marketing or sales")
	return cmd
}

func refuseCommand() *cobra.Command {
	var f clientFlags
	var team, comment string
	cmd := &cobra.Command{
		Use:   "refuse playbooks/N --team=marketing|sales --comment=WHY",
		Short: "Refuse a playbook for a team, before it comes into force",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			of, role, err := side(team)
			if err != nil {
				return err
			}
			return f.playbook(cmd, []accessv1.Role{role}, func(c playbookv1.PlaybookServiceClient) (*playbookv1.Playbook, error) {
				return c.RefusePlaybook(cmd.Context(), &playbookv1.RefusePlaybookRequest{Name: args[0], Team: of, Comment: comment})
			})
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&team, "team", "", "the team to refuse for: marketing or sales")
	cmd.Flags().StringVar(&comment, "comment", "", "why; kept with the version")
	return cmd
}

func rollbackCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "rollback playbooks/N",
		Short: "Store a new draft with the document of a version that was in force before",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.playbook(cmd, readers, func(c playbookv1.PlaybookServiceClient) (*playbookv1.Playbook, error) {
				return c.RollbackPlaybook(cmd.Context(), &playbookv1.RollbackPlaybookRequest{Name: args[0]})
			})
		},
	}
	f.register(cmd)
	return cmd
}
