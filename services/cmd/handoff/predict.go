package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/handoffhq/handoff/services/internal/predict"
	"github.com/handoffhq/handoff/services/internal/predict/sheet"
)

// notPredicted is the status when no model was made because the data do not allow one.
const notPredicted exitError = 3

func predictCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "predict",
		Args:  cobra.NoArgs,
		RunE:  helpAlone,
		Short: "Learn from past leads how likely one is to convert, and see what that is worth",
		Long: `Learns from past leads, in a CSV file, how likely a lead is to convert, and needs no server for it. The model is a regularised
logistic regression: what it goes by can be read, and the same rows give the same file to the byte.

  handoff predict train leads.csv --label=converted --id=lead --time=created --model=model.json
  handoff predict evaluate newer.csv --label=converted --model=model.json
  handoff predict score open.csv --id=lead --model=model.json > scores.csv

It is honest about the result. A fifth of the rows, the latest, is held out and measured on. There is no model, and status 3,
with fewer than 200 rows, with fewer than 50 of either outcome to learn from or 20 to measure with, or when the held-out rows
show no signal. Columns that sales fills in afterwards make a model look splendid and be worthless: those that seem so are
warned of, with the figure that gave them away. Look at them before you trust the rest.

A running suite learns from its own leads in the same way, and a model enters its playbook as a draft that people sign:

  handoff predict model train --outcome=won
  handoff predict model propose models/MODEL --top=10`,
	}
	cmd.AddCommand(trainCommand(), evaluateCommand(), predictScoreCommand(), modelCommand())
	return cmd
}

// sheetFlags say which columns of a file are what.
type sheetFlags struct {
	spec     sheet.Spec
	from, to string
	joins    []string
	output   string
	model    string
}

// reading defines the flags of reading any file.
func (f *sheetFlags) reading(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.spec.ID, "id", "", "column that names a row; never a feature")
	flags.StringArrayVar(&f.joins, "join", nil, "FILE:COLUMN: add the columns of another CSV file to each row with the same value in COLUMN; can be repeated")
}

// outcome defines the flags of reading a file whose outcomes are known.
func (f *sheetFlags) outcome(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.spec.Label, "label", "", "column with the outcome (required)")
	flags.StringSliceVar(&f.spec.Positive, "positive", nil, "values of it that are positive, or * for anything filled in (default 1, true, yes, y, t, won, converted)")
	flags.StringSliceVar(&f.spec.Negative, "negative", nil, "values of it that are negative; rows with others are left out (default everything that is not positive)")
	flags.StringVar(&f.spec.Time, "time", "", "column with the instant when a row came into being; never a feature")
	flags.StringVar(&f.from, "from", "", "leave out rows before this day or instant")
	flags.StringVar(&f.to, "to", "", "leave out rows from this day or instant on, such as those too young to have an outcome")
	flags.StringVarP(&f.output, "output", "o", "text", "how to print: text, json or csv")
	_ = cmd.MarkFlagRequired("label") // the flag is defined above
}

// complete checks the flags of reading outcomes.
func (f *sheetFlags) complete() error {
	if f.output != "text" && f.output != "json" && f.output != "csv" {
		return fmt.Errorf("--output is text, json or csv, not %q", f.output)
	}
	for _, end := range []struct {
		flag, text string
		into       *time.Time
	}{{"--from", f.from, &f.spec.From}, {"--to", f.to, &f.spec.To}} {
		if end.text == "" {
			continue
		}
		at, ok := predict.ParseTime(end.text)
		if !ok {
			return fmt.Errorf("%s: %q is neither a day such as 2026-05-01 nor an instant in RFC 3339", end.flag, end.text)
		}
		*end.into = at
	}
	if f.spec.Time == "" && f.from+f.to != "" {
		return errors.New("--from and --to need --time: which column says when a row came into being?")
	}
	return nil
}

// open opens a file with the files that are joined to it. The caller closes what is given back.
func (f *sheetFlags) open(cmd *cobra.Command, path string) (*sheet.Reader, io.Closer, error) {
	in, err := openInput(cmd, path)
	if err != nil {
		return nil, nil, err
	}
	r, err := sheet.Open(path, in)
	if err == nil {
		err = f.join(r)
	}
	if err != nil {
		_ = in.Close() // it was only read
		return nil, nil, err
	}
	return r, in, nil
}

func (f *sheetFlags) join(r *sheet.Reader) error {
	for _, j := range f.joins {
		at := strings.LastIndexByte(j, ':')
		if at <= 0 {
			return fmt.Errorf("--join is FILE:COLUMN, not %q", j)
		}
		file, err := os.Open(j[:at])
		if err != nil {
			return err
		}
		l, err := sheet.NewLookup(j[:at], file, j[at+1:])
		_ = file.Close() // it was only read
		if err != nil {
			return err
		}
		if err := r.Join(l); err != nil {
			return err
		}
	}
	return nil
}

// openInput opens a file, or standard input for -.
func openInput(cmd *cobra.Command, path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(cmd.InOrStdin()), nil
	}
	return os.Open(path)
}

// read reads a sample and says what was left out of it.
func (f *sheetFlags) read(cmd *cobra.Command, path string) (*predict.Sample, error) {
	r, file, err := f.open(cmd, path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	sample, taken, err := sheet.Read(r, f.spec)
	if err != nil {
		return nil, err
	}
	if taken.Outside+taken.Open > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: of %d rows %d are outside the period and %d have no outcome\n", path, taken.Rows, taken.Outside, taken.Open)
	}
	return sample, nil
}

// loadModel reads the model that --model names.
func (f *sheetFlags) loadModel() (*predict.Model, error) {
	text, err := os.ReadFile(f.model)
	if err != nil {
		return nil, err
	}
	m, err := predict.Decode(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.model, err)
	}
	return m, nil
}
