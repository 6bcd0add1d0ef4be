package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// reportWords are what is asked of a report, as it stands on the command line.
type reportWords struct {
	from, to, period, asOf, model string
}

// question is what is asked of a report. What is missing has the report's own default.
type question struct {
	period
	name  string // of a period, instead of its ends
	asOf  *timestamppb.Timestamp
	model playbookv1.AttributionModel
}

// period is a stretch of time; a missing end has the report's own default.
type period struct {
	from, to *timestamppb.Timestamp
}

func parsePeriod(from, to string) (p period, err error) {
	if p.from, err = parseDay("--from", from); err != nil {
		return p, err
	}
	p.to, err = parseDay("--to", to)
	return p, err
}

// parse reads what is asked of a report, and refuses what the report does not know.
func (w reportWords) parse(report string) (q question, err error) {
	for _, flag := range []struct {
		name, text string
		reports    []string
	}{{"--period", w.period, []string{"rejections"}}, {"--as-of", w.asOf, []string{"funnel", "credits", "sourcing", "metric"}},
		{"--model", w.model, []string{"credits"}}} {
		if flag.text != "" && !slices.Contains(flag.reports, report) {
			return q, fmt.Errorf("%s is for %s, not for the report %s", flag.name, strings.Join(flag.reports, ", "), report)
		}
	}
	if w.period != "" && w.from+w.to != "" {
		return q, errors.New("--period stands for --from and --to; give either")
	}
	if q.period, err = parsePeriod(w.from, w.to); err != nil {
		return q, err
	}
	if q.asOf, err = parseDay("--as-of", w.asOf); err != nil {
		return q, err
	}
	q.name = w.period
	q.model, err = parseModel(w.model)
	return q, err
}

// parseDay reads a day or an instant; nil if none is given.
func parseDay(flag, text string) (*timestamppb.Timestamp, error) {
	if text == "" {
		return nil, nil
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		at, err = time.Parse(time.RFC3339, text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %q is neither a day such as 2026-05-01 nor an instant in RFC 3339", flag, text)
	}
	return timestamppb.New(at), nil
}

const modelPrefix = "ATTRIBUTION_MODEL_"

// parseModel reads the name of a model; the playbook's primary one if none is given.
func parseModel(name string) (playbookv1.AttributionModel, error) {
	if name == "" {
		return playbookv1.AttributionModel_ATTRIBUTION_MODEL_UNSPECIFIED, nil
	}
	if !slices.Contains(modelNames(), name) {
		return 0, fmt.Errorf("--model: there is no model %q; there are %s", name, strings.Join(modelNames(), ", "))
	}
	return playbookv1.AttributionModel(playbookv1.AttributionModel_value[modelPrefix+strings.ToUpper(name)]), nil
}

// modelNames are the models by the names of the command line, in the order in which the API numbers them.
func modelNames() []string {
	var names []string
	for n := 1; n < len(playbookv1.AttributionModel_name); n++ {
		names = append(names, strings.ToLower(strings.TrimPrefix(playbookv1.AttributionModel(n).String(), modelPrefix)))
	}
	return names
}
