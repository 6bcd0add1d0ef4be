package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/handoffhq/handoff/services/internal/figures"
	"github.com/handoffhq/handoff/services/internal/predict"
	"github.com/handoffhq/handoff/services/internal/predict/measure"
	"github.com/handoffhq/handoff/services/internal/predict/report"
	"github.com/handoffhq/handoff/services/internal/predict/sheet"
)

func trainCommand() *cobra.Command {
	var f sheetFlags
	var o predict.Options
	cmd := &cobra.Command{
		Use:   "train FILE --label=COLUMN",
		Short: "Learn a model from past leads whose outcome is known",
		Long: `Learns a model from the rows of a CSV file with a header, and prints what it is worth. FILE may be - for standard input.

Every column but --label, --id and --time is a feature unless --exclude names it; columns that look like ids, dates or
constants are left out, with a note. Give --time if there is such a column: then the model learns from earlier rows and is
measured on later ones, as it will be used. Texts are compared without regard to case.

The status is 0 when a model was made, 3 when it was refused because of the data, 1 when something else was wrong.`,
		Example: `  handoff predict train leads.csv --label=Converted --id="Prospect ID" --blank=Select --exclude="Tags,Lead Quality,Last*"
  handoff predict train mqls.csv --join=deals.csv:mql_id --label=won_date --positive='*' --id=mql_id \
      --time=first_contact_date --from=2018-01-01 --only=landing_page_id,origin --model=model.json
  handoff predict train deals.csv --label=stage --positive=Won --negative=Lost --time=opened --exclude=close_date,amount`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.train(cmd, args[0], o) },
	}
	f.outcome(cmd)
	f.reading(cmd)
	flags := cmd.Flags()
	flags.StringSliceVar(&f.spec.Exclude, "exclude", nil, "columns that are no features; * stands for any text")
	flags.StringSliceVar(&f.spec.Only, "only", nil, "the only columns that are features")
	flags.StringSliceVar(&f.spec.Blank, "blank", nil, "texts that count as missing, such as Select or n/a")
	flags.Float64Var(&o.HeldOut, "holdout", 0.2, "share of the rows that is held out to measure with")
	flags.Uint64Var(&o.Seed, "seed", 0, "orders rows of the same time, and all rows where there is no time")
	flags.StringVar(&f.model, "model", "", "file to write the model to")
	return cmd
}

func (f *sheetFlags) train(cmd *cobra.Command, path string, o predict.Options) error {
	if err := f.complete(); err != nil {
		return err
	}
	sample, err := f.read(cmd, path)
	if err != nil {
		return err
	}
	bar := newBar(cmd.ErrOrStderr(), "learning")
	o.Blank, o.Keep, o.Outcome = f.spec.Blank, f.spec.Only, f.words()
	o.Progress = func(share float64) error {
		bar.show(share)
		return cmd.Context().Err()
	}
	m, err := predict.Train(sample, o)
	var refusal *predict.Refusal
	if errors.As(err, &refusal) {
		if err := f.refused(cmd, refusal); err != nil {
			return err
		}
		return notPredicted
	}
	if err != nil {
		return err
	}
	bar.done()
	if err := f.keep(m); err != nil {
		return err
	}
	return f.trained(cmd, m)
}

// words say what counts as positive.
func (f *sheetFlags) words() string {
	if len(f.spec.Positive) == 0 {
		return f.spec.Label
	}
	if slices.Contains(f.spec.Positive, sheet.Anything) {
		return f.spec.Label + " is filled in"
	}
	return f.spec.Label + " = " + strings.Join(f.spec.Positive, " or ")
}

// keep writes the model, whole or not at all.
func (f *sheetFlags) keep(m *predict.Model) error {
	if f.model == "" {
		return nil
	}
	text, err := m.Encode()
	if err != nil {
		return err
	}
	return writeWhole(f.model, text)
}

// writeWhole replaces a file by another with the text, so that nobody ever reads half of it.
func writeWhole(path string, text []byte) error {
	part := path + ".part"
	if err := os.WriteFile(part, text, 0o644); err != nil { //nolint:gosec // a model holds shares and coefficients, for anybody to read
		return err
	}
	return os.Rename(part, path)
}

func (f *sheetFlags) trained(cmd *cobra.Command, m *predict.Model) error {
	switch f.output {
	case "json":
		text, err := m.Encode()
		if err != nil {
			return err
		}
		_, err = cmd.OutOrStdout().Write(text)
		return err
	case "csv":
		return writeFigures(cmd.OutOrStdout(), &m.Training.Held)
	}
	p := figures.New(cmd.OutOrStdout())
	report.Model(p, m)
	return p.Flush()
}

func (f *sheetFlags) refused(cmd *cobra.Command, r *predict.Refusal) error {
	if f.output == "json" {
		return writeJSON(cmd.OutOrStdout(), r)
	}
	p := figures.New(cmd.ErrOrStderr())
	report.Refusal(p, r)
	return p.Flush()
}

func writeJSON(out io.Writer, v any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return err
	}
	_, err := out.Write(text.Bytes())
	return err
}

// writeFigures writes the calibration table, a row a bin, each with the figures of the whole.
func writeFigures(out io.Writer, f *measure.Figures) error {
	var text strings.Builder
	text.WriteString("predicted_low,predicted_high,rows,positives,predicted,observed,auc,auc_low,auc_high,brier,brier_skill,log_loss,calibration_error\n")
	for _, b := range f.Calibration.Bins {
		fmt.Fprintf(&text, "%v,%v,%d,%d,%v,%v,%v,%v,%v,%v,%v,%v,%v\n", b.Low, b.High, b.Rows, b.Positives, b.Predicted, b.Observed,
			f.AUC.Value, f.AUC.Low, f.AUC.High, f.Brier, f.BrierSkill, f.LogLoss, f.Calibration.Error)
	}
	_, err := io.WriteString(out, text.String())
	return err
}
