package main

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	"github.com/handoffhq/handoff/services/internal/apisuite"
	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/app/apptest"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/demo"
)

// whole is a whole suite in this process.
type whole struct {
	app           *app.App
	rest, metrics string // addresses, as URLs begin
	token         string // of somebody in revenue operations
	conn          grpc.ClientConnInterface
}

// startWhole starts a whole suite on SQLite and waits until it serves.
func startWhole(t *testing.T, change ...func(*app.Config)) *whole {
	t.Helper()
	metrics := freeAddress(t)
	s := &whole{metrics: "http://" + metrics}
	cfg := app.Config{DataDir: t.TempDir(), GRPCAddr: "-", HTTPAddr: "127.0.0.1:0", MetricsAddr: metrics}
	for _, apply := range change {
		apply(&cfg)
	}
	s.app = apptest.Run(t, cfg)
	s.rest = "http://" + s.app.HTTPAddr()
	grant := auth.Grant{Subject: "ops", TTL: time.Hour, Roles: []accessv1.Role{accessv1.Role_ROLE_REVOPS}}
	var err error
	if s.token, err = s.app.Key().Mint(grant); err != nil {
		t.Fatal(err)
	}
	if s.conn, err = s.app.Connect(grant); err != nil {
		t.Fatal(err)
	}
	return s
}

// get asks until somebody answers: the address for metrics is listened on a moment after the suite is ready.
func get(t *testing.T, url string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	for ctx.Err() == nil {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			time.Sleep(pollEvery) // there is no event to wait for
			continue
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close() // was read to the end
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	t.Fatalf("nobody answers at %s", url)
	return ""
}

// series are the labels of each metric.
type series map[string]map[string]bool

var (
	sample = regexp.MustCompile(`(?m)^([a-z_:]+)(?:\{(.*)\})? \S+$`)
	label  = regexp.MustCompile(`([a-z_]+)="(?:[^"\\]|\\.)*"`)
)

// scrape adds the metrics of a suite.
func (s series) scrape(t *testing.T, suite *whole) {
	t.Helper()
	get(t, suite.rest+"/v1/leads") // without a token; refusals are measured, too
	for _, m := range sample.FindAllStringSubmatch(get(t, suite.metrics+"/metrics"), -1) {
		if s[m[1]] == nil {
			s[m[1]] = map[string]bool{"job": true, "instance": true} // which Prometheus adds
		}
		for _, l := range label.FindAllStringSubmatch(m[2], -1) {
			s[m[1]][l[1]] = true
		}
	}
}

// work has people take handoffs out of a queue, in a suite whose time is everybody's.
func work(t *testing.T, suite *whole) {
	t.Helper()
	scenarios, err := apisuite.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	scenarios = slices.DeleteFunc(scenarios, func(s *apisuite.Scenario) bool { return s.Name != "company" && s.Name != "queue" })
	if len(scenarios) != 2 {
		t.Fatalf("got %d scenarios, want those of a company and its queue", len(scenarios))
	}
	(&apisuite.Suite{Key: suite.app.Key(), URL: suite.rest, Now: time.Now}).Tell(t, apisuite.REST, "m", scenarios)
}

// measured are the metrics of a suite at work (deliveries, waits) and of one that has played a month (clocks that ran out).
func measured(t *testing.T) series {
	t.Helper()
	all := series{"up": {"job": true, "instance": true}}
	atWork := startWhole(t)
	work(t, atWork)
	for began := time.Now(); all["handoff_eventlog_lag"] == nil && time.Since(began) < startLimit; time.Sleep(pollEvery) {
		all.scrape(t, atWork) // until the first relay has its lease
	}
	rehearsal := startWhole(t, func(c *app.Config) { c.TestClock, c.Start = true, demo.Start })
	connect := func(subject string, kind accessv1.ActorKind, roles ...accessv1.Role) (grpc.ClientConnInterface, error) {
		return rehearsal.app.Connect(auth.Grant{Subject: subject, Kind: kind, Roles: roles, TTL: time.Hour})
	}
	if _, err := demo.Play(t.Context(), demo.Config{Seed: "metrics", Leads: 20, Connect: connect}); err != nil {
		t.Fatal(err)
	}
	all.scrape(t, rehearsal)
	return all
}

// query is an expression and what is made of its answer: a legend, an annotation.
type query struct{ from, expr, shown string }

// queries are those of the dashboard and of the alert rules.
func queries(t *testing.T) (all []query) {
	t.Helper()
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr, LegendFormat string }
		}
	}
	if err := json.Unmarshal(deployed(t, "compose/grafana/dashboards/handoff.json"), &board); err != nil {
		t.Fatal(err)
	}
	for _, panel := range board.Panels {
		for _, target := range panel.Targets {
			all = append(all, query{panel.Title, target.Expr, target.LegendFormat})
		}
	}
	type rules struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Annotations map[string]string
			}
		}
	}
	for _, group := range documents[rules](t, "compose/prometheus/rules.yaml")[0].Groups {
		for _, rule := range group.Rules {
			all = append(all, query{rule.Alert, rule.Expr, strings.Join(slices.Collect(maps.Values(rule.Annotations)), " ")})
		}
	}
	return all
}

var (
	selector = regexp.MustCompile(`([a-z_]+)\{([^}]*)\}`)
	matcher  = regexp.MustCompile(`([a-z_]+)\s*(?:=~|!~|!=|=)`)
	grouping = regexp.MustCompile(`\b(?:by|without)\s*\(([^)]*)\)`)
	word     = regexp.MustCompile(`[a-z_]+`)
	shown    = regexp.MustCompile(`\{\{\s*(?:\$labels\.)?([a-z_]+)[^}]*\}\}`)
)

// problems are the metrics and labels of a query that the suite does not have. Every metric stands with its braces, so
// that it can be told from a function.
func (s series) problems(q query) (all []string) {
	labels := map[string]bool{}
	rest := selector.ReplaceAllStringFunc(q.expr, func(found string) string {
		m := selector.FindStringSubmatch(found)
		if s[m[1]] == nil {
			all = append(all, "there is no metric "+m[1])
		}
		for _, l := range matcher.FindAllStringSubmatch(m[2], -1) {
			if !s[m[1]][l[1]] {
				all = append(all, m[1]+" has no label "+l[1])
			}
		}
		maps.Copy(labels, s[m[1]])
		return ""
	})
	if left := regexp.MustCompile(`[a-z]+_[a-z]+_[a-z_]+`).FindString(grouping.ReplaceAllString(rest, "")); left != "" {
		all = append(all, "is "+left+" a metric? Give it braces")
	}
	var used []string
	for _, g := range grouping.FindAllStringSubmatch(rest, -1) {
		used = append(used, word.FindAllString(g[1], -1)...)
	}
	for _, l := range shown.FindAllStringSubmatch(q.shown, -1) {
		used = append(used, l[1])
	}
	for _, l := range used {
		if !labels[l] {
			all = append(all, "no metric of it has the label "+l)
		}
	}
	return all
}

func TestDashboardAndAlertsAskForWhatTheSuiteMeasures(t *testing.T) {
	t.Parallel()
	has, asked := measured(t), queries(t)
	if len(asked) < 30 {
		t.Fatalf("got %d queries, want more: are the files still read?", len(asked))
	}
	for _, q := range asked {
		for _, problem := range has.problems(q) {
			t.Errorf("%s: %s\n%s", q.from, problem, q.expr)
		}
	}
}

func TestAQueryForSomethingElseIsNoticed(t *testing.T) {
	t.Parallel()
	has := series{"handoff_eventlog_lag": {"job": true, "handoff_service": true}}
	for name, q := range map[string]query{
		"metric":            {expr: `max(handoff_eventlog_late{job="handoff"})`},
		"label of a metric": {expr: `max(handoff_eventlog_lag{service="sla"})`},
		"label of a group":  {expr: `max by (service) (handoff_eventlog_lag{job="handoff"})`},
		"label of a legend": {expr: `max(handoff_eventlog_lag{job="handoff"})`, shown: "{{service}}"},
		"label of an alert": {expr: `max(handoff_eventlog_lag{job="handoff"})`, shown: "{{ $labels.service | humanize }}"},
		"bare metric":       {expr: `max(handoff_eventlog_lag)`},
	} {
		if len(has.problems(q)) == 0 {
			t.Errorf("%s: nothing is wrong with %+v", name, q)
		}
	}
	fine := query{expr: `max by (handoff_service) (handoff_eventlog_lag{job="handoff"}) > 0`, shown: "{{ $value }} at {{ $labels.handoff_service }}"}
	if problems := has.problems(fine); len(problems) > 0 {
		t.Errorf("%+v: %v", fine, problems)
	}
}
