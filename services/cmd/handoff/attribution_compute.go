package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/handoffhq/handoff/services/internal/calculator"
	"github.com/handoffhq/handoff/services/internal/credit"
	"github.com/handoffhq/handoff/services/internal/markov"
	"github.com/handoffhq/handoff/services/internal/paths"
)

// tooLittle is the status when there is no answer because the file has too little to rest one on.
const tooLittle exitError = 3

const computeHelp = `Reads journeys from a CSV file and writes what each channel is credited with:

  $ cat paths.csv
  path,total_conversions,total_conversion_value,total_null
  ga,2,200,1
  mail,1,100,0
  ga > mail,1,100,0
  $ handoff attribution compute --paths=paths.csv --model=markov --output=csv
  channel,conversions,value,removal_effect
  ga,2.4,240,0.75
  mail,1.6,160,0.5

The file has a row for each path, with its steps joined by " > ", how many journeys over it converted, what those were worth
together, and how many did not convert. The last two columns may be missing. Fields may be quoted; the header may name other
columns, which the flags map; a semicolon or a tab may stand for the comma. A file of any length is read, side by side on all
cores, in memory that does not grow with it.

Instead of paths, --touches takes a file with a row for each touch: customer, time, channel, how many conversions (0 for
none) and their worth. Touches of a customer are put in order of time; one that converts belongs to its journey and ends it,
and what follows begins the next. What never converts is a journey that did not.

Models
  first, last      all to the first or the last step
  last_non_direct  all to the last step that is not --direct; where there are no others, to that
  linear           the same to each step
  position         40 % each to the first and the last step, 20 % to those between
  u_40_20_40, u_50_50, w, full_path
                   the milestone models. A file knows the first touch, and the conversion stands for the opportunity and
                   the won deal. It knows no leads: what their creation would get goes to the other milestones
  time_decay       half as much for each --half-life before the last touch; with --touches alone
  custom           by --weights, such as first=0.5,last=0.3,rest=0.2; there are also lead, opportunity and won
  markov           by how many fewer journeys would convert without the channel, in a chain of --order 1 to 4: solved, not
                   simulated. Journeys that did not convert take part; --no-nulls leaves them out. What journeys were worth
                   is shared as conversions are. The column removal_effect is that share of conversions, from 0 to 1
  shapley          the closed form for conversions within coalitions: each journey evenly among its distinct channels
  shapley_exact    the same worth over all coalitions; beyond 12 channels the 11 that took part in the most conversions
                   and "other", which is all the rest together
  shapley_rate     coalitions are worth the rate at which they convert: another question, and an experiment. A channel that
                   keeps journeys from converting gets less than nothing
  all              each of these for which there is what it needs

With several models, such as --model=first,last,markov, a column model comes first.

Credits have up to 12 decimals for conversions and 18 for worth, and add up to exactly what the file adds up to. The same
file gives the same bytes with any number of cores, in whatever order its rows are.

A row that makes no sense ends it with the row's line and status 1; --skip-bad leaves such rows out and counts them. With
nothing converted, fewer conversions than --min-conversions, or loops that no certain answer can be had of, the status is 3.`

func computeCommand() *cobra.Command {
	var f computeFlags
	cmd := &cobra.Command{
		Use:   "compute {--paths=FILE|--touches=FILE} [--model=NAME]",
		Short: "Credit the channels of a file of journeys",
		Long:  computeHelp,
		Example: `  handoff attribution compute --paths=paths.csv --model=markov --order=1 --output=csv
  handoff attribution compute --paths=- --model=all --output=csv < paths.csv
  handoff attribution compute --touches=touches.csv --customer=customer_id --value=conversion_value --model=time_decay --half-life=30d`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.compute(cmd) },
	}
	f.register(cmd)
	return cmd
}

// computeFlags say what to read and what to work out.
type computeFlags struct {
	paths, touches    string
	columns           paths.Columns
	touchColumns      paths.TouchColumns
	value             string
	skipBad           bool
	plan              calculator.Plan
	halfLife, weights string
	output            string
	verbose           bool
}

func (f *computeFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	f.columns, f.touchColumns = paths.StandardColumns(), paths.StandardTouchColumns()
	flags.StringVar(&f.paths, "paths", "", "file with a path on each row, or - for standard input")
	flags.StringVar(&f.touches, "touches", "", "file with a touch on each row, or - for standard input")
	flags.StringVarP(&f.plan.Model, "model", "m", calculator.Markov, "the model, several with commas between, or all")
	flags.IntVar(&f.plan.Order, "order", 1, "how many of the last steps a state of the Markov chain remembers, 1 to 4")
	flags.BoolVar(&f.plan.NoNulls, "no-nulls", false, "leave journeys out that did not convert")
	flags.StringVar(&f.plan.Direct, "direct", "direct", "channel that last_non_direct passes over")
	flags.StringVar(&f.halfLife, "half-life", "7d", "after which a touch weighs half as much in time_decay: such as 30d or 12h")
	flags.StringVar(&f.weights, "weights", "", "of the custom model: first, lead, opportunity, won, last and rest, which add up to 1")
	flags.Int64Var(&f.plan.MinConversions, "min-conversions", 0, "give no answer for fewer conversions")
	flags.StringVarP(&f.output, "output", "o", "text", "how to print: text, json or csv")
	flags.IntVar(&f.plan.Cores, "cores", runtime.GOMAXPROCS(0), "how many to work on")
	flags.BoolVar(&f.skipBad, "skip-bad", false, "leave rows out that make no sense, and count them")
	flags.BoolVar(&f.verbose, "verbose", false, "say on standard error how much was read, how long it took, and how certain the answer is")
	flags.StringVar(&f.columns.Path, "path", f.columns.Path, "column with the path")
	flags.StringVar(&f.columns.Conversions, "conversions", f.columns.Conversions, "column with how many journeys converted")
	flags.StringVar(&f.columns.Nulls, "nulls", f.columns.Nulls, "column with how many did not")
	flags.StringVar(&f.value, "value", "", `column with what they were worth (default "total_conversion_value", with --touches "value")`)
	flags.StringVar(&f.touchColumns.Customer, "customer", f.touchColumns.Customer, "with --touches: column with the customer")
	flags.StringVar(&f.touchColumns.Time, "time", f.touchColumns.Time, "with --touches: column with the time")
	flags.StringVar(&f.touchColumns.Channel, "channel", f.touchColumns.Channel, "with --touches: column with the channel")
	flags.StringVar(&f.touchColumns.Conversion, "conversion", f.touchColumns.Conversion, "with --touches: column with how many conversions")
	cmd.MarkFlagsMutuallyExclusive("paths", "touches")
	cmd.MarkFlagsOneRequired("paths", "touches")
}

// complete checks the flags and makes the plan of them.
func (f *computeFlags) complete() error {
	if f.output != "text" && f.output != "json" && f.output != "csv" {
		return fmt.Errorf("--output is text, json or csv, not %q", f.output)
	}
	if f.plan.Cores < 1 {
		return fmt.Errorf("--cores is at least 1, not %d", f.plan.Cores)
	}
	f.plan.Times = f.touches != ""
	if f.value != "" {
		f.columns.Value, f.touchColumns.Value = f.value, f.value
	}
	var err error
	if f.plan.HalfLife, err = parseHalfLife(f.halfLife); err != nil {
		return err
	}
	if f.weights != "" {
		f.plan.Weights, err = parseWeights(f.weights)
	}
	return err
}

// parseHalfLife reads a length of time, which may be in days.
func parseHalfLife(text string) (time.Duration, error) {
	number, inDays := strings.CutSuffix(text, "d")
	length, err := time.ParseDuration(text)
	if inDays {
		length, err = time.ParseDuration(number + "h")
		length *= 24
	}
	if err != nil || length <= 0 || length > 100*365*24*time.Hour {
		return 0, fmt.Errorf("--half-life is a length of time such as 30d or 12h, not %q", text)
	}
	return length, nil
}

// parseWeights reads the weights of the custom model, such as first=0.5,rest=0.5.
func parseWeights(text string) (*credit.CustomWeights, error) {
	var w credit.CustomWeights
	into := map[string]*int32{
		"first": &w.FirstTouch, "lead": &w.LeadCreated, "opportunity": &w.OpportunityCreated, "won": &w.ClosedWon, "last": &w.LastTouch, "rest": &w.Rest,
	}
	for part := range strings.SplitSeq(text, ",") {
		name, weight, _ := strings.Cut(part, "=")
		share, ok := new(big.Rat).SetString(strings.TrimSpace(weight))
		to := into[strings.TrimSpace(name)]
		if to == nil || !ok || strings.Contains(weight, "/") || len(weight) > 20 {
			return nil, fmt.Errorf("--weights are first, lead, opportunity, won, last and rest with a share each, such as first=0.5,last=0.3,rest=0.2, not %q", part)
		}
		share.Mul(share, big.NewRat(credit.WholeParts, 1))
		if !share.IsInt() || share.Num().CmpAbs(big.NewInt(credit.WholeParts)) > 0 {
			return nil, fmt.Errorf("--weights: %q is not a share from 0 to 1 with at most six decimals", part)
		}
		*to = int32(share.Num().Int64())
	}
	return &w, nil
}

func (f *computeFlags) compute(cmd *cobra.Command) error {
	if err := f.complete(); err != nil {
		return err
	}
	calc, err := calculator.New(f.plan)
	if err != nil {
		return err
	}
	found, err := interruptible(cmd.Context(), func() ([]calculator.Credits, error) { return f.answer(cmd, calc) })
	var few *calculator.FewError
	var slow *markov.SlowError
	if errors.As(err, &few) || errors.As(err, &slow) || errors.Is(err, markov.ErrNothing) {
		fmt.Fprintln(cmd.ErrOrStderr(), "no answer:", strings.TrimPrefix(err.Error(), "markov: "))
		return tooLittle
	}
	if err != nil {
		return err
	}
	switch f.output {
	case "json":
		return creditsJSON(cmd.OutOrStdout(), found)
	case "csv":
		return creditsCSV(cmd.OutOrStdout(), found, len(found) > 1)
	}
	return creditsText(cmd.OutOrStdout(), found)
}

// interruptible does something that may take long and gives up on it when it is told to stop: the process ends then.
func interruptible[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type outcome struct {
		found T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		found, err := do()
		done <- outcome{found, err}
	}()
	select {
	case o := <-done:
		return o.found, o.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// answer reads the file and works the models out.
func (f *computeFlags) answer(cmd *cobra.Command, calc *calculator.Calculator) ([]calculator.Credits, error) {
	began := time.Now() //nolint:forbidigo // how long a person waited is real time
	r, err := f.read(cmd, calc)
	if err != nil {
		return nil, err
	}
	if r.Bad > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "%d of %d rows were left out, the first of them: %v\n", r.Bad, r.Rows, r.FirstBad)
	}
	read := time.Since(began)
	found, err := calc.Credits(r.Channels)
	if f.verbose && err == nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "%d rows with %d journeys read in %v, worked out in %v\n", r.Rows, r.Journeys, read.Round(time.Millisecond), (time.Since(began) - read).Round(time.Millisecond))
		for _, c := range found {
			if c.States > 0 {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s: %d states; no removal effect is off by more than %.1g\n", c.Model, c.States, c.Error)
			}
		}
	}
	return found, err
}

// read reads the file into a calculator.
func (f *computeFlags) read(cmd *cobra.Command, calc *calculator.Calculator) (paths.Reading, error) {
	path := f.paths + f.touches // one of them is empty
	in, err := openInput(cmd, path)
	if err != nil {
		return paths.Reading{}, err
	}
	defer in.Close()
	progress := newBar(cmd.ErrOrStderr(), "reading")
	report := progress.count
	if file, ok := in.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
			report = func(n int64) { progress.show(min(float64(n)/float64(info.Size()), 1)) }
		}
	}
	r, err := f.journeys(in, calc, report)
	if err != nil {
		return paths.Reading{}, ofFile(path, err)
	}
	progress.done()
	return r, nil
}

func (f *computeFlags) journeys(in io.Reader, calc *calculator.Calculator, report func(int64)) (paths.Reading, error) {
	if f.touches != "" {
		return paths.ReadTouches(in, paths.TouchOptions{Columns: f.touchColumns, SkipBad: f.skipBad, Progress: report}, calc.Begin(0))
	}
	return paths.Read(in, paths.Options{Readers: f.plan.Cores, Columns: f.columns, SkipBad: f.skipBad, Progress: report}, calc.Begin)
}

// ofFile says which file a problem is of.
func ofFile(path string, err error) error {
	if path == "-" {
		path = "standard input"
	}
	return fmt.Errorf("%s: %w", path, err)
}
