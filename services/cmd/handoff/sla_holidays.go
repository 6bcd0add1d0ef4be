package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/handoffhq/handoff/services/internal/holiday"
)

// holidayFlags ask for the public holidays of a region in a year.
type holidayFlags struct {
	country, subdivision, output string
	except                       []string
	year                         int
}

func holidaysCommand() *cobra.Command {
	var f holidayFlags
	cmd := &cobra.Command{
		Use:   "holidays --country=CODE --year=YEAR [--subdivision=CODE] [--except=NAME]...",
		Short: "List the public holidays that a calendar has from a country, without a server",
		Long: `Lists the public holidays that a calendar has when its public_holidays name a country: bank holidays too, but not the days on
which people stay at home by custom. One that is observed on another day is there twice, since both days are free.

A company that works on some of them leaves those out, by their names: public_holidays: [{country: US, except: [Columbus Day]}].
Where a country has none in common, or differs by its parts, name one with --subdivision. The rules are those of
` + holiday.Source + `, good for ` + fmt.Sprint(holiday.FirstYear) + ` to ` + fmt.Sprint(holiday.LastYear) + ` as far as anybody knows today: look at the list before you rely on it.

Countries: ` + strings.Join(holiday.Countries(), " ") + `
With parts: ` + strings.Join(divided(), " "),
		Example: `  handoff sla holidays --country=US --year=2026
  handoff sla holidays --country=US --year=2026 --except="Columbus Day" --except="Veterans Day"
  handoff sla holidays --country=DE --subdivision=BY --year=2026 -o json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.list(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.country, "country", "", "code of the country, such as US (required)")
	flags.StringVar(&f.subdivision, "subdivision", "", "code of a part of it, such as BY for Bavaria in DE")
	flags.StringArrayVar(&f.except, "except", nil, "a holiday on which work is done, by its name or date; may be given again")
	flags.IntVar(&f.year, "year", 0, "the year (required)")
	flags.StringVarP(&f.output, "output", "o", "text", "how to print: text or json")
	_ = cmd.MarkFlagRequired("country") // the flags are defined above
	_ = cmd.MarkFlagRequired("year")    // the flags are defined above
	return cmd
}

// divided are the codes of the parts of countries.
func divided() []string {
	var all []string
	for _, country := range holiday.Countries() {
		for _, part := range holiday.Parts(country) {
			all = append(all, country+"-"+part)
		}
	}
	return all
}

func (f *holidayFlags) list(cmd *cobra.Command) error {
	if f.output != "text" && f.output != "json" {
		return fmt.Errorf("--output is text or json, not %q", f.output)
	}
	if f.year < holiday.FirstYear || f.year > holiday.LastYear {
		return fmt.Errorf("--year is from %d to %d, not %d", holiday.FirstYear, holiday.LastYear, f.year)
	}
	code := f.country
	if f.subdivision != "" {
		code += "-" + f.subdivision
	}
	region, err := holiday.Find(code)
	if err != nil {
		return fmt.Errorf("--country: %w", err)
	}
	rule := holiday.Rule{Region: region, Except: f.except}
	var problems []error
	for _, name := range f.except {
		problems = append(problems, rule.Check(name))
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("--except: %w", err)
	}
	return f.print(cmd, rule.In(f.year))
}

func (f *holidayFlags) print(cmd *cobra.Command, days []holiday.Day) error {
	type day struct {
		Date string `json:"date"`
		Name string `json:"name"`
	}
	all := make([]day, len(days))
	for i, d := range days {
		all[i] = day{d.Date.Format(time.DateOnly), d.Name}
		if f.output == "text" {
			if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s  %s\n", d.Date.Format(dayLayout), d.Name); err != nil {
				return err
			}
		}
	}
	if f.output == "text" {
		return nil
	}
	return writeJSON(cmd.OutOrStdout(), struct {
		Source   string `json:"source"`
		Holidays []day  `json:"holidays"`
	}{holiday.Source, all})
}
