package deploycheck

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

func TestPrometheusAcceptsItsConfiguration(t *testing.T) {
	t.Parallel()
	cfg, err := config.Load(string(read(t, "compose", "prometheus", "prometheus.yaml")), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	services := composition(t).Services
	for _, scrape := range cfg.ScrapeConfigs {
		for _, group := range scrape.ServiceDiscoveryConfigs {
			for _, target := range targets(t, group) {
				host, _, _ := strings.Cut(target, ":")
				if _, known := services[host]; !known && host != "localhost" {
					t.Errorf("%s: the composition has no %s", scrape.JobName, host)
				}
			}
		}
	}
}

// targets are those of a static scrape configuration.
func targets(t *testing.T, from discovery.Config) (all []string) {
	t.Helper()
	groups, static := from.(discovery.StaticConfig)
	if !static {
		t.Fatalf("%s needs something to discover targets with", from.Name())
	}
	for _, group := range groups {
		for _, target := range group.Targets {
			all = append(all, string(target["__address__"]))
		}
	}
	return all
}

func TestPrometheusAcceptsTheRules(t *testing.T) {
	t.Parallel()
	_, problems := rulefmt.Parse(read(t, "compose", "prometheus", "rules.yaml"), false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	for _, problem := range problems {
		t.Error(problem)
	}
}

func TestTheDashboardAsksInPromQLOfSourcesThatAreThere(t *testing.T) {
	t.Parallel()
	type source struct{ UID string }
	var board struct {
		Panels []struct {
			ID         int
			Title      string
			Datasource source
			Targets    []struct {
				Datasource source
				Expr       string
			}
		}
	}
	if err := json.Unmarshal(read(t, "compose", "grafana", "dashboards", "handoff.json"), &board); err != nil {
		t.Fatal(err)
	}
	sources, promql, ids := sourceUIDs(t), parser.NewParser(parser.Options{}), map[int]bool{}
	for _, panel := range board.Panels {
		if ids[panel.ID] {
			t.Errorf("%s: another panel has the number %d, too", panel.Title, panel.ID)
		}
		ids[panel.ID] = true
		for _, target := range panel.Targets {
			if !sources[target.Datasource.UID] || target.Datasource != panel.Datasource {
				t.Errorf("%s: there is no data source %s", panel.Title, target.Datasource.UID)
			}
			if _, err := promql.ParseExpr(strings.ReplaceAll(target.Expr, "$__rate_interval", "1m")); err != nil {
				t.Errorf("%s: %v", panel.Title, err)
			}
		}
	}
}
