package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/handoffhq/handoff/services/internal/figures"
	"github.com/handoffhq/handoff/services/internal/predict"
	"github.com/handoffhq/handoff/services/internal/predict/report"
	"github.com/handoffhq/handoff/services/internal/predict/sheet"
)

func evaluateCommand() *cobra.Command {
	var f sheetFlags
	cmd := &cobra.Command{
		Use:   "evaluate FILE --model=FILE --label=COLUMN",
		Short: "Measure a model on other leads whose outcome is known",
		Long:  "Measures a model on the rows of a CSV file. They should be none that it learnt from: later ones are best.",
		Example: `  handoff predict evaluate 2026-q2.csv --model=model.json --label=converted
  handoff predict evaluate leads.csv --model=model.json --label=converted --time=created --from=2026-04-01 -o json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.evaluate(cmd, args[0]) },
	}
	f.outcome(cmd)
	f.reading(cmd)
	cmd.Flags().StringVar(&f.model, "model", "", "file with the model (required)")
	_ = cmd.MarkFlagRequired("model") // the flag is defined above
	return cmd
}

func (f *sheetFlags) evaluate(cmd *cobra.Command, path string) error {
	if err := f.complete(); err != nil {
		return err
	}
	m, err := f.loadModel()
	if err != nil {
		return err
	}
	for _, feature := range m.Features {
		f.spec.Only = append(f.spec.Only, feature.Name)
	}
	f.spec.Blank = m.Blank
	sample, err := f.read(cmd, path)
	if err != nil {
		return err
	}
	if sample.Table.Rows() == 0 {
		return fmt.Errorf("%s: there is no row with an outcome to measure on", path)
	}
	found, err := m.Measure(sample)
	if err != nil {
		return err
	}
	switch f.output {
	case "json":
		return writeJSON(cmd.OutOrStdout(), found)
	case "csv":
		return writeFigures(cmd.OutOrStdout(), &found)
	}
	p := figures.New(cmd.OutOrStdout())
	p.Title("Model %.12s on %s rows", m.Hash, figures.Count(int64(found.Rows)))
	report.Figures(p, &found)
	return p.Flush()
}

// scoreReasons is how many reasons are written for each row.
const scoreReasons = 3

func predictScoreCommand() *cobra.Command {
	var f sheetFlags
	var out string
	cmd := &cobra.Command{
		Use:   "score FILE --model=FILE",
		Short: "Write how likely each lead is to convert, and why",
		Long: `Writes for each row of a CSV file its id (without --id its line), the probability that the model gives it, and what weighed
most: what adds to it and what takes away, beside the mean of the leads that the model learnt from. Files of any length are
read row by row. As JSON there is one object a line.`,
		Example: `  handoff predict score open.csv --id=lead --model=model.json --out=scores.csv
  handoff predict score - --id=lead --model=model.json -o json < open.csv`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.scores(cmd, args[0], out) },
	}
	f.reading(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.model, "model", "", "file with the model (required)")
	flags.StringVar(&out, "out", "", "file to write to (default standard output)")
	flags.StringVarP(&f.output, "output", "o", "csv", "how to print: csv, json or text")
	_ = cmd.MarkFlagRequired("model") // the flag is defined above
	return cmd
}

func (f *sheetFlags) scores(cmd *cobra.Command, path, out string) (err error) {
	m, err := f.loadModel()
	if err != nil {
		return err
	}
	r, file, err := f.open(cmd, path)
	if err != nil {
		return err
	}
	defer file.Close()
	to := cmd.OutOrStdout()
	if out != "" {
		created, err := os.Create(out)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, created.Close()) }()
		to = created
	}
	buffered := bufio.NewWriter(to)
	write, err := scoreWriter(f.output, buffered)
	if err != nil {
		return err
	}
	if err := f.scoreRows(cmd, m, r, write); err != nil {
		return err
	}
	return buffered.Flush()
}

// scoreRows scores row by row.
func (f *sheetFlags) scoreRows(cmd *cobra.Command, m *predict.Model, r *sheet.Reader, write func(id string, p *predict.Prediction) error) error {
	id := -1
	if f.spec.ID != "" {
		at, err := r.Column(f.spec.ID)
		if err != nil {
			return err
		}
		id = at
	}
	columns := make(map[string]int, len(m.Features))
	for _, feature := range m.Features {
		at, err := r.Column(feature.Name)
		if err != nil {
			return err
		}
		columns[feature.Name] = at
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = cmd.Context().Err()
		}
		if err != nil {
			return err
		}
		name := strconv.Itoa(r.Line())
		if id >= 0 {
			name = row[id]
		}
		p := m.Predict(func(feature string) string { return row[columns[feature]] })
		if err := write(name, &p); err != nil {
			return err
		}
	}
}

// scoreWriter writes predictions in a format.
func scoreWriter(format string, to io.Writer) (func(string, *predict.Prediction) error, error) {
	switch format {
	case "csv":
		rows := csv.NewWriter(to)
		header := []string{"id", "probability"}
		for i := range scoreReasons {
			header = append(header, fmt.Sprintf("reason_%d", i+1))
		}
		return func(id string, p *predict.Prediction) error {
			err := rows.Write(append([]string{id, strconv.FormatFloat(p.Probability, 'f', 6, 64)}, reasons(p, true)...))
			rows.Flush() // into the buffer behind it
			return errors.Join(err, rows.Error())
		}, rows.Write(header)
	case "json":
		encoder := json.NewEncoder(to)
		encoder.SetEscapeHTML(false)
		return func(id string, p *predict.Prediction) error {
			return encoder.Encode(struct {
				ID          string   `json:"id"`
				Probability float64  `json:"probability"`
				Reasons     []string `json:"reasons"`
			}{id, p.Probability, reasons(p, false)})
		}, nil
	case "text":
		return func(id string, p *predict.Prediction) error {
			_, err := fmt.Fprintf(to, "%5.1f %%  %s\n", 100*p.Probability, id)
			for _, r := range reasons(p, false) {
				_, err = fmt.Fprintf(to, "         %s\n", r)
			}
			return err
		}, nil
	}
	return nil, fmt.Errorf("--output is csv, json or text, not %q", format)
}

// reasons are what weighed most, in words; filled up with blanks if so asked.
func reasons(p *predict.Prediction, filled bool) []string {
	texts := make([]string, 0, scoreReasons)
	for _, r := range p.Reasons[:min(len(p.Reasons), scoreReasons)] {
		if r.Weight != 0 {
			texts = append(texts, report.Reason(r))
		}
	}
	for filled && len(texts) < scoreReasons {
		texts = append(texts, "")
	}
	return texts
}
