package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook"
)

func playbookCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "playbook",
		Args:  cobra.NoArgs,
		RunE:  helpAlone,
		Short: "Check, simulate, store, sign and activate the agreement of marketing and sales",
		Long: `The playbook is one YAML document that marketing and sales both sign: who is qualified, who gets it, by when, and how it
is counted. A VERSION is playbooks/N, N alone, or active for the one in force. The usual way:

  handoff playbook new > acme.yaml                           write one to begin with
  handoff playbook language                                  the words that expressions may use
  handoff playbook lint acme.yaml                            check it, without a server
  handoff playbook diff acme.yaml                            what it would change
  handoff playbook simulate acme.yaml                        simulate it on history
  handoff playbook apply acme.yaml                           store it as a new draft
  handoff playbook sign 1 --team=marketing --as=mia
  handoff playbook sign 1 --team=sales --as=sven    another person
  handoff playbook activate 1                                put it in force
  handoff playbook show active

What is wrong after all goes back: handoff playbook rollback 1 is a new draft, which both teams sign.`,
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

func showCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "show [VERSION]",
		Short: "Show a playbook as its authors wrote it; without a version, list all",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return f.listPlaybooks(cmd)
			}
			return call(cmd, &f, readers, f.version(cmd, args[0]), func(out io.Writer, p *playbookv1.Playbook) error {
				if err := describe(cmd.ErrOrStderr(), p); err != nil {
					return err
				}
				_, err := io.WriteString(out, p.GetYaml())
				return err
			})
		},
	}
	f.register(cmd)
	return cmd
}

// version asks for a version by its name.
func (f *clientFlags) version(cmd *cobra.Command, name string) func(grpc.ClientConnInterface) (*playbookv1.Playbook, error) {
	return func(conn grpc.ClientConnInterface) (*playbookv1.Playbook, error) {
		return playbookv1.NewPlaybookServiceClient(conn).GetPlaybook(cmd.Context(), &playbookv1.GetPlaybookRequest{Name: versionName(name)})
	}
}

func (f *clientFlags) listPlaybooks(cmd *cobra.Command) error {
	return call(cmd, f, readers, func(conn grpc.ClientConnInterface) (*playbookv1.ListPlaybooksResponse, error) {
		all := &playbookv1.ListPlaybooksResponse{}
		return all, everyPage(func(token string) (next string, err error) {
			page, err := playbookv1.NewPlaybookServiceClient(conn).ListPlaybooks(cmd.Context(), &playbookv1.ListPlaybooksRequest{PageSize: perPage, PageToken: token})
			all.Playbooks = append(all.GetPlaybooks(), page.GetPlaybooks()...)
			return page.GetNextPageToken(), err
		})
	}, func(out io.Writer, resp *playbookv1.ListPlaybooksResponse) error {
		for _, p := range resp.GetPlaybooks() {
			if err := describe(out, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// describe tells where a version stands, in a line.
func describe(w io.Writer, p *playbookv1.Playbook) error {
	origin := strings.ToLower(strings.TrimPrefix(p.GetOrigin().String(), "ORIGIN_"))
	line := fmt.Sprintf("%s  %s  by %s  %s", p.GetName(), p.GetState().String()[len("STATE_"):], origin, p.GetHash())
	for _, s := range p.GetSignatures() {
		line += fmt.Sprintf("  %s: %s", s.GetTeam().String()[len("TEAM_"):], s.GetSigner())
	}
	if p.GetRolledBackFrom() != "" {
		line += "  back to " + p.GetRolledBackFrom()
	}
	if r := p.GetRefusal(); r != nil {
		line += fmt.Sprintf("  refused by %s: %s", r.GetRefuser(), r.GetComment())
	}
	for _, r := range p.GetReviews() {
		line += fmt.Sprintf("  review due since %s: %s", r.GetDueTime().AsTime().Format(time.DateOnly), strings.ToLower(r.GetCause().String()[len("CAUSE_"):]))
	}
	_, err := fmt.Fprintln(w, line)
	return err
}

func readFile(cmd *cobra.Command, path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(cmd.InOrStdin())
	}
	return os.ReadFile(path)
}
