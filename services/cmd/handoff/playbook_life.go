package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// step is a command that moves one version along, and says where it stands then.
func step(use, short string, move func(cmd *cobra.Command, c playbookv1.PlaybookServiceClient, name string) (*playbookv1.Playbook, error)) *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   use + " VERSION",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.playbook(cmd, readers, func(c playbookv1.PlaybookServiceClient) (*playbookv1.Playbook, error) {
				return move(cmd, c, versionName(args[0]))
			})
		},
	}
	f.register(cmd)
	return cmd
}

func submitCommand() *cobra.Command {
	return step("submit", "Open a draft for signatures", func(cmd *cobra.Command, c playbookv1.PlaybookServiceClient, name string) (*playbookv1.Playbook, error) {
		return c.SubmitPlaybook(cmd.Context(), &playbookv1.SubmitPlaybookRequest{Name: name})
	})
}

func activateCommand() *cobra.Command {
	return step("activate", "Put a signed playbook in force", func(cmd *cobra.Command, c playbookv1.PlaybookServiceClient, name string) (*playbookv1.Playbook, error) {
		return c.ActivatePlaybook(cmd.Context(), &playbookv1.ActivatePlaybookRequest{Name: name})
	})
}

func rollbackCommand() *cobra.Command {
	return step("rollback", "Store a new draft with the document of a version that was in force before",
		func(cmd *cobra.Command, c playbookv1.PlaybookServiceClient, name string) (*playbookv1.Playbook, error) {
			return c.RollbackPlaybook(cmd.Context(), &playbookv1.RollbackPlaybookRequest{Name: name})
		})
}

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

func signCommand() *cobra.Command {
	var f clientFlags
	var team, hash string
	cmd := &cobra.Command{
		Use:   "sign VERSION --team=marketing|sales [--hash=HASH]",
		Short: "Sign a playbook for a team",
		Long: `Signs a version for a team. With --hash you sign what you have read and nothing else: the hash that apply, show or a
diff with a stored version gave you, whole or at least its first 32 digits. If the version has another one, nothing is
signed. Fewer digits are not taken: whoever writes a draft could write a second one that begins with the same few.`,
		Example: "  handoff playbook sign 1 --team=sales --as=sven --hash=3f1c29a04b7e5d8890c6a1f2e4b3d7c8",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			of, role, err := side(team)
			if err != nil {
				return err
			}
			if given := cmd.Flags().Changed("hash"); given && len(hash) < fewestDigits {
				return fmt.Errorf("--hash: %q is not a hash: give the whole of it, or at least its first %d digits; nothing was signed", hash, fewestDigits)
			}
			return f.playbook(cmd, []accessv1.Role{role}, func(c playbookv1.PlaybookServiceClient) (*playbookv1.Playbook, error) {
				p, err := c.GetPlaybook(cmd.Context(), &playbookv1.GetPlaybookRequest{Name: versionName(args[0])})
				if err != nil {
					return nil, err
				}
				if err := agrees(p, hash); err != nil {
					return nil, err
				}
				return c.SignPlaybook(cmd.Context(), &playbookv1.SignPlaybookRequest{Name: p.GetName(), Team: of, Hash: p.GetHash()})
			})
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&team, "team", "", "the team to sign for: marketing or sales")
	cmd.Flags().StringVar(&hash, "hash", "", "the hash that you have read, or at least its first 32 digits (default: whatever the version has)")
	return cmd
}

// fewestDigits is how much of a hash is needed to sign by it. It is the author of a draft who chooses
// what is hashed: with fewer, two documents that begin alike can be found.
const fewestDigits = 32

// agrees refuses a version that has not the hash that somebody has read; none is no condition.
func agrees(p *playbookv1.Playbook, hash string) error {
	if !strings.HasPrefix(p.GetHash(), strings.ToLower(hash)) {
		return fmt.Errorf("%s has the hash %s, not %s: read it again; nothing was signed", p.GetName(), p.GetHash(), hash)
	}
	return nil
}

func refuseCommand() *cobra.Command {
	var f clientFlags
	var team, comment string
	cmd := &cobra.Command{
		Use:   "refuse VERSION --team=marketing|sales --comment=WHY",
		Short: "Refuse a playbook for a team, before it comes into force",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			of, role, err := side(team)
			if err != nil {
				return err
			}
			if strings.TrimSpace(comment) == "" {
				return errors.New("--comment says why; it is not given")
			}
			return f.playbook(cmd, []accessv1.Role{role}, func(c playbookv1.PlaybookServiceClient) (*playbookv1.Playbook, error) {
				return c.RefusePlaybook(cmd.Context(), &playbookv1.RefusePlaybookRequest{Name: versionName(args[0]), Team: of, Comment: comment})
			})
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&team, "team", "", "the team to refuse for: marketing or sales")
	cmd.Flags().StringVar(&comment, "comment", "", "why; kept with the version")
	return cmd
}

// playbook makes one call about a playbook and says where it stands then.
func (f *clientFlags) playbook(cmd *cobra.Command, roles []accessv1.Role, ask func(playbookv1.PlaybookServiceClient) (*playbookv1.Playbook, error)) error {
	return call(cmd, f, roles, func(conn grpc.ClientConnInterface) (*playbookv1.Playbook, error) {
		return ask(playbookv1.NewPlaybookServiceClient(conn))
	}, describe)
}
