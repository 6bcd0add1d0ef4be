package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/perf/benchfmt"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := measure(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// measure runs what the arguments ask for and prints the ratios.
func measure(ctx context.Context, args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	rounds := flags.Int("rounds", 3, "how often everything is measured")
	flags.SetOutput(progress)
	flags.Usage = func() {
		fmt.Fprintf(progress, "usage: bench [--rounds=3] [%s …]\n", strings.Join(ids(pairs()), " "))
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(pairs(), flags.Args())
	if err != nil {
		return err
	}
	measured := results{}
	for round := 1; round <= *rounds; round++ {
		for _, r := range runs(chosen) {
			began := time.Now() //nolint:forbidigo // how long a person waited
			fmt.Fprintf(progress, "round %d of %d: %s %s … ", round, *rounds, r.pkg, r.pattern)
			found, err := r.measure(ctx)
			if err != nil {
				return fmt.Errorf("%s %s: %w", r.pkg, r.pattern, err)
			}
			measured.add(r, found)
			fmt.Fprintf(progress, "%.0f s\n", time.Since(began).Seconds())
		}
	}
	return errors.Join(printRatios(out, chosen, measured), printRest(out, chosen, measured))
}

// choose picks the pairs of the given ids, or all.
func choose(all []pair, wanted []string) ([]pair, error) {
	for _, id := range wanted {
		if !slices.Contains(ids(all), id) {
			return nil, fmt.Errorf("there is no %q; there are %s", id, strings.Join(ids(all), ", "))
		}
	}
	return slices.DeleteFunc(all, func(p pair) bool { return len(wanted) > 0 && !slices.Contains(wanted, p.id) }), nil
}

func ids(all []pair) []string {
	var out []string
	for _, p := range all {
		out = append(out, p.id)
	}
	return slices.Compact(out)
}

// runs are the runs that pairs need, each once.
func runs(all []pair) []*run {
	var out []*run
	for _, p := range all {
		for _, r := range []*run{p.subject.run, p.reference.run} {
			if !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return out
}

// measure runs the benchmarks and gives their figures, by benchmark and unit.
func (r *run) measure(ctx context.Context) (map[string]map[string]float64, error) {
	//nolint:gosec // of the table in pairs.go
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", r.pattern, "-benchtime", r.time, "-timeout", "30m", r.pkg)
	cmd.Dir = r.module
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%w\n%s%s", err, &out, &problems)
	}
	return figures(&out)
}

// figures reads what go test prints.
func figures(out io.Reader) (map[string]map[string]float64, error) {
	found := map[string]map[string]float64{}
	for r := benchfmt.NewReader(out, "go test"); r.Scan(); {
		result, ok := r.Result().(*benchfmt.Result)
		if !ok {
			continue
		}
		name := string(result.Name.Full())
		if i := strings.LastIndexByte(name, '-'); i >= 0 {
			name = name[:i] // the number of processors
		}
		found[name] = map[string]float64{}
		for _, v := range result.Values {
			unit, value := v.Unit, v.Value
			if v.OrigUnit != "" {
				unit, value = v.OrigUnit, v.OrigValue
			}
			found[name][unit] = value
		}
	}
	return found, nil
}

// results are the figures of all rounds, by run, benchmark and unit.
type results map[*run]map[string]map[string][]float64

func (r results) add(of *run, found map[string]map[string]float64) {
	if r[of] == nil {
		r[of] = map[string]map[string][]float64{}
	}
	for name, values := range found {
		if r[of][name] == nil {
			r[of][name] = map[string][]float64{}
		}
		for unit, value := range values {
			r[of][name][unit] = append(r[of][name][unit], value)
		}
	}
}

func (r results) of(f figure) []float64 { return r[f.run][f.benchmark][f.unit] }

// printRatios prints each pair: the medians, and the ratio with its range over the rounds.
func printRatios(out io.Writer, all []pair, measured results) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\twhat\tsubject\treference\tunit\tratio\trange\tto be")
	for _, p := range all {
		subject, reference := measured.of(p.subject), measured.of(p.reference)
		if len(subject) == 0 || len(subject) != len(reference) {
			fmt.Fprintf(w, "%s\t%s\tnot measured\t\t\t\t\t%s\n", p.id, p.what, p.target)
			continue
		}
		ratios := make([]float64, len(subject))
		for i := range subject {
			ratios[i] = subject[i] / reference[i]
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s–%s\t%s\n", p.id, p.what, short(median(subject)), short(median(reference)), p.subject.unit,
			short(median(ratios)), short(slices.Min(ratios)), short(slices.Max(ratios)), p.target)
	}
	return w.Flush()
}

// printRest prints the other figures that subjects gave.
func printRest(out io.Writer, all []pair, measured results) error {
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	var seen []string
	for _, p := range all {
		if slices.Contains(seen, p.subject.benchmark) {
			continue
		}
		seen = append(seen, p.subject.benchmark)
		values := measured[p.subject.run][p.subject.benchmark]
		for _, unit := range slices.Sorted(maps.Keys(values)) {
			if unit != p.subject.unit && unit != "ns/op" {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.id, p.subject.benchmark, short(median(values[unit])), unit)
			}
		}
	}
	return w.Flush()
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// short writes a figure with three digits that count.
func short(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	default:
		return fmt.Sprintf("%.3f", v)
	}
}
