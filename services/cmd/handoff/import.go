package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/importer"
	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

// rowsRejected is the status of an import that went through and left rows behind.
const rowsRejected exitError = 2

// importFlags are the settings of an import.
type importFlags struct {
	clientFlags
	work           string
	batch          int
	restart, print bool
}

func importCommand() *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import MAPPING PATH",
		Short: "Take in leads, accounts, engagements, campaigns, spend, opportunities and reps from CSV files",
		Long: `Takes in the rows of CSV files. MAPPING is a file, or one of the mappings that are ready: ` + strings.Join(importer.Ready(), ", ") + `.
PATH is the folder with the files that it names, or the file if it names one alone.

An import can be stopped at any time, also by kill -9: the same command goes on where it was. Run again after it was done
it changes nothing. Rows that cannot be taken in are listed in DIR/rejects.csv with line and reason, and the others go on;
DIR is --work.

The status is 0 when every row was accepted, 2 when rows were rejected, 1 when the import could not go on.

` + mapping.Language,
		Example: `  handoff import olist_funnel ~/data/olist_funnel
  handoff import crm.yaml exports/2026-05 --work=imports/crm -o json
  handoff import maven_crm --print > crm.yaml`,
		Args:      cobra.RangeArgs(1, 2),
		ValidArgs: importer.Ready(),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, name, err := readMapping(args[0])
			switch {
			case err != nil:
				return err
			case f.print:
				_, err := cmd.OutOrStdout().Write(text)
				return err
			case len(args) < 2:
				return errors.New("where are the files? Give their folder")
			}
			return f.run(cmd, args[0], name, text, args[1])
		},
	}
	f.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.work, "work", "", "directory for rejected rows and for the place to go on from (default imports/MAPPING)")
	flags.BoolVar(&f.restart, "restart", false, "begin anew, though there is a place to go on from")
	flags.IntVar(&f.batch, "batch", importer.DefaultBatchRows, "how many rows are sent at once")
	flags.BoolVar(&f.print, "print", false, "print the mapping, to begin one of your own with, and do nothing else")
	return cmd
}

// readMapping gives the text of a mapping and its name: a ready one, or a file.
func readMapping(arg string) (text []byte, name string, err error) {
	if text, ok := importer.ReadyText(arg); ok {
		return text, arg, nil
	}
	text, err = os.ReadFile(arg)
	if errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("%s is neither a file nor a ready mapping; ready are %s", arg, strings.Join(importer.Ready(), ", "))
	}
	return text, strings.TrimSuffix(filepath.Base(arg), filepath.Ext(arg)), err
}

func (f *importFlags) run(cmd *cobra.Command, from, name string, text []byte, path string) error {
	m, err := mapping.Parse(text)
	var wrong *mapping.ProblemsError
	if errors.As(err, &wrong) {
		for _, p := range wrong.Problems {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s:%s\n", from, p)
		}
		return exitError(1)
	}
	conn, done, err := f.connect(accessv1.Role_ROLE_REVOPS)
	if err != nil {
		return err
	}
	defer done() //nolint:errcheck // the command is over
	if f.work == "" {
		f.work = filepath.Join("imports", name)
	}
	bar := newBar(cmd.ErrOrStderr(), "importing "+name)
	report, err := importer.Run(cmd.Context(), importer.Config{
		Mapping: m, Path: path, Dir: f.work, Suite: f.address, Restart: f.restart, BatchRows: f.batch, Progress: bar.show,
		Scoring: scoringv1.NewScoringServiceClient(conn), Attribution: attributionv1.NewAttributionServiceClient(conn),
		Routing: routingv1.NewRoutingServiceClient(conn),
	})
	if errors.Is(err, context.Canceled) {
		return errors.New("the import was stopped; the same command goes on")
	}
	if err != nil {
		return err
	}
	bar.done()
	if err := f.show(cmd, report); err != nil {
		return err
	}
	if report.Rejected() > 0 {
		return rowsRejected
	}
	return nil
}

// show prints what became of the rows.
func (f *importFlags) show(cmd *cobra.Command, report *importer.Report) error {
	out := cmd.OutOrStdout()
	if f.output == "json" {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(report)
	}
	if report.Resumed {
		fmt.Fprintln(out, "went on where an earlier run had stopped; the figures are those of both")
	}
	return report.Write(out)
}
