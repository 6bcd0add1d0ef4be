package main

import (
	"strings"
	"testing"
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

func TestAReportIsAskedOnlyWhatItKnows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		report string
		words  reportWords
		want   string // in the error; empty if there is none
	}{
		"nothing":                      {"clocks", reportWords{}, ""},
		"a model":                      {"credits", reportWords{model: "time_decay"}, ""},
		"a model that there is not":    {"credits", reportWords{model: "markow"}, "there is no model \"markow\"; there are first_touch"},
		"a model in other letters":     {"credits", reportWords{model: "Linear"}, "there is no model"},
		"no model":                     {"credits", reportWords{model: "unspecified"}, "there is no model"},
		"a model of another report":    {"funnel", reportWords{model: "linear"}, "--model is for credits"},
		"the past":                     {"sourcing", reportWords{asOf: "2026-06-03"}, ""},
		"the past of clocks":           {"clocks", reportWords{asOf: "2026-06-03"}, "--as-of is for funnel, credits, sourcing, metric"},
		"no instant":                   {"metric", reportWords{asOf: "yesterday"}, "--as-of: \"yesterday\""},
		"a period":                     {"rejections", reportWords{period: "2026-W19"}, ""},
		"a period of the funnel":       {"funnel", reportWords{period: "2026-W19"}, "--period is for rejections"},
		"a period and where it begins": {"rejections", reportWords{period: "2026-W19", from: "2026-05-04"}, "give either"},
		"a day that there is not":      {"funnel", reportWords{to: "2026-02-30"}, "--to: \"2026-02-30\""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := c.words.parse(c.report)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestTheWordsOfAReportAreItsQuestion(t *testing.T) {
	t.Parallel()
	q, err := reportWords{from: "2026-05-01", to: "2026-06-01T02:00:00+02:00", asOf: "2026-06-03", model: "w_shaped"}.parse("credits")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day string) time.Time {
		instant, _ := time.Parse(time.DateOnly, day)
		return instant
	}
	if !q.from.AsTime().Equal(at("2026-05-01")) || !q.to.AsTime().Equal(at("2026-06-01")) || !q.asOf.AsTime().Equal(at("2026-06-03")) ||
		q.model != playbookv1.AttributionModel_ATTRIBUTION_MODEL_W_SHAPED {
		t.Errorf("got %+v", q)
	}
}
