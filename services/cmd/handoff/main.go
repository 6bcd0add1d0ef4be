package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func main() { os.Exit(run()) }

// run runs the command until it is done or told to stop, and gives its exit status.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	err := root().ExecuteContext(ctx)
	var code exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintln(os.Stderr, "handoff:", explain(err))
	return 1
}

// exitError ends the command with a status; what it has to say it has said.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "handoff",
		Short: "Carries leads from marketing to sales",
		Long: `Handoff carries a lead from marketing to sales: both teams sign one playbook; the suite qualifies leads by it, gives
each to the right rep, runs the clocks, takes the feedback and counts what it was worth.

  handoff demo            play a month of a made-up company and look around
  handoff serve           run the suite
  handoff help COMMAND    explain a command`,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return fromEnvironment(cmd.Flags())
		},
	}
	cmd.AddCommand(serveCommand(), demoCommand(), playbookCommand(), predictCommand(), importCommand(), reportCommand(), slaCommand(), attributionCommand(), explainCommand(), recalibrateCommand(),
		routeCommand(), traceCommand(), parkedCommand(), healthCommand(), tokenCommand(), certsCommand(), versionCommand())
	return cmd
}

// helpAlone is what a command does that only has commands below it: it shows them. With cobra.NoArgs a command that there is
// not is an error, as it is at the root.
func helpAlone(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// fromEnvironment sets the flags that were not given from HANDOFF_ variables.
func fromEnvironment(flags *pflag.FlagSet) error {
	var problems []error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "HANDOFF_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if value, ok := os.LookupEnv(name); ok && !f.Changed {
			if err := flags.Set(f.Name, value); err != nil {
				problems = append(problems, fmt.Errorf("%s: %w", name, err))
			}
		}
	})
	return errors.Join(problems...)
}
