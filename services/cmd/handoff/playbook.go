package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook"
)

func playbookCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "playbook",
		Args:  cobra.NoArgs,
		RunE:  helpAlone,
		Short: "Check, rehearse, store, sign and activate the agreement of marketing and sales",
		Long: `The playbook is one YAML document that marketing and sales both sign: who is qualified, who gets it, by when, and how it
is counted. The usual way:

  handoff playbook new > acme.yaml                           write one to begin with
  handoff playbook language                                  the words that expressions may use
  handoff playbook lint acme.yaml                            check it, without a server
  handoff playbook diff acme.yaml                            what it would change
  handoff playbook simulate acme.yaml                        rehearse it on history
  handoff playbook apply acme.yaml                           store it as a new draft
  handoff playbook sign playbooks/1 --team=marketing --as=mia
  handoff playbook sign playbooks/1 --team=sales --as=sven    another person
  handoff playbook activate playbooks/1                      put it in force
  handoff playbook show active

What is wrong after all goes back: handoff playbook rollback playbooks/1 is a new draft, which both teams sign.`,
	}
	cmd.AddCommand(newCommand(), lintCommand(), diffCommand(), simulateCommand(), applyCommand(), submitCommand(), signCommand(), refuseCommand(),
		activateCommand(), rollbackCommand(), showCommand(), exportCommand(), profileCommand(), targetsCommand(), languageCommand())
	return cmd
}

func lintCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "lint FILE",
		Short: "Check a playbook: every problem at once, with its line and column",
		Long:  "Checks a playbook without a server. The status is 1 if it has errors; advice alone is no error. FILE may be - for standard input.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			source, err := readFile(cmd, args[0])
			if err != nil {
				return err
			}
			problems, ok := playbook.Lint(source)
			for _, p := range problems {
				fmt.Fprintf(cmd.OutOrStdout(), "%s:%s\n", args[0], p)
			}
			if !ok {
				return exitError(1)
			}
			return nil
		},
	}
}

func applyCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "apply FILE",
		Short: "Store a playbook as a new draft",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			source, err := readFile(cmd, args[0])
			if err != nil {
				return err
			}
			return f.playbook(cmd, readers, func(c playbookv1.PlaybookServiceClient) (*playbookv1.Playbook, error) {
				return c.CreatePlaybook(cmd.Context(), &playbookv1.CreatePlaybookRequest{Playbook: &playbookv1.Playbook{Yaml: string(source)}})
			})
		},
	}
	f.register(cmd)
	return cmd
}

func activateCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "activate playbooks/N",
		Short: "Put a signed playbook in force",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.playbook(cmd, readers, func(c playbookv1.PlaybookServiceClient) (*playbookv1.Playbook, error) {
				return c.ActivatePlaybook(cmd.Context(), &playbookv1.ActivatePlaybookRequest{Name: args[0]})
			})
		},
	}
	f.register(cmd)
	return cmd
}

func showCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "show [playbooks/N | active]",
		Short: "Show a playbook as its authors wrote it; without a name, list all",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, done, err := f.connect(readers...)
			if err != nil {
				return err
			}
			defer done() //nolint:errcheck // the command is over
			client := playbookv1.NewPlaybookServiceClient(conn)
			if len(args) == 0 {
				return f.listPlaybooks(cmd, client)
			}
			p, err := client.GetPlaybook(cmd.Context(), &playbookv1.GetPlaybookRequest{Name: versionName(args[0])})
			if err != nil {
				return err
			}
			return f.print(cmd, p, func() error {
				describe(cmd.ErrOrStderr(), p)
				_, err := fmt.Fprint(cmd.OutOrStdout(), p.GetYaml())
				return err
			})
		},
	}
	f.register(cmd)
	return cmd
}

func (f *clientFlags) listPlaybooks(cmd *cobra.Command, client playbookv1.PlaybookServiceClient) error {
	resp, err := client.ListPlaybooks(cmd.Context(), &playbookv1.ListPlaybooksRequest{PageSize: 1000})
	if err != nil {
		return err
	}
	return f.print(cmd, resp, func() error {
		for _, p := range resp.GetPlaybooks() {
			describe(cmd.OutOrStdout(), p)
		}
		return nil
	})
}

// playbook makes one call about a playbook and prints what became of it.
func (f *clientFlags) playbook(cmd *cobra.Command, roles []accessv1.Role, call func(playbookv1.PlaybookServiceClient) (*playbookv1.Playbook, error)) error {
	conn, done, err := f.connect(roles...)
	if err != nil {
		return err
	}
	defer done() //nolint:errcheck // the command is over
	p, err := call(playbookv1.NewPlaybookServiceClient(conn))
	if err != nil {
		return err
	}
	return f.print(cmd, p, func() error {
		describe(cmd.OutOrStdout(), p)
		return nil
	})
}

// describe tells where a version stands, in a line.
func describe(w io.Writer, p *playbookv1.Playbook) {
	state := p.GetState().String()[len("STATE_"):]
	fmt.Fprintf(w, "%s  %s  %.12s", p.GetName(), state, p.GetHash())
	for _, s := range p.GetSignatures() {
		fmt.Fprintf(w, "  %s: %s", s.GetTeam().String()[len("TEAM_"):], s.GetSigner())
	}
	if p.GetRolledBackFrom() != "" {
		fmt.Fprintf(w, "  back to %s", p.GetRolledBackFrom())
	}
	if r := p.GetRefusal(); r != nil {
		fmt.Fprintf(w, "  refused by %s: %s", r.GetRefuser(), r.GetComment())
	}
	for _, r := range p.GetReviews() {
		fmt.Fprintf(w, "  review due since %s: %s", r.GetDueTime().AsTime().Format(time.DateOnly), strings.ToLower(r.GetCause().String()[len("CAUSE_"):]))
	}
	fmt.Fprintln(w)
}

func readFile(cmd *cobra.Command, path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(cmd.InOrStdin())
	}
	return os.ReadFile(path)
}
