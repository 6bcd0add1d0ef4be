package deploycheck

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/healthcheckextension"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/otlpexporter"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/batchprocessor"
	"go.opentelemetry.io/collector/processor/memorylimiterprocessor"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/service/telemetry/otelconftelemetry"
	"sigs.k8s.io/yaml"
)

// components are those of the contrib distribution that the configuration uses.
func components() (otelcol.Factories, error) {
	receivers, err := otelcol.MakeFactoryMap[receiver.Factory](otlpreceiver.NewFactory())
	if err != nil {
		return otelcol.Factories{}, err
	}
	processors, err := otelcol.MakeFactoryMap[processor.Factory](batchprocessor.NewFactory(), memorylimiterprocessor.NewFactory())
	if err != nil {
		return otelcol.Factories{}, err
	}
	exporters, err := otelcol.MakeFactoryMap[exporter.Factory](otlpexporter.NewFactory())
	if err != nil {
		return otelcol.Factories{}, err
	}
	extensions, err := otelcol.MakeFactoryMap[extension.Factory](healthcheckextension.NewFactory())
	return otelcol.Factories{Receivers: receivers, Processors: processors, Exporters: exporters, Extensions: extensions,
		Telemetry: otelconftelemetry.NewFactory()}, err
}

// The collector itself, with the components that the configuration names, makes a dry run of it.
func TestTheCollectorAcceptsItsConfiguration(t *testing.T) {
	t.Parallel()
	collector, err := otelcol.NewCollector(otelcol.CollectorSettings{
		BuildInfo: component.NewDefaultBuildInfo(),
		Factories: components,
		ConfigProviderSettings: otelcol.ConfigProviderSettings{ResolverSettings: confmap.ResolverSettings{
			URIs:              []string{"file:" + filepath.Join(deploy, "compose", "collector", "collector.yaml")},
			ProviderFactories: []confmap.ProviderFactory{fileprovider.NewFactory()},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := collector.DryRun(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Jaeger has the form of a collector's configuration. Its components cannot be imported, so this only finds names that lead
// nowhere.
func TestJaegerHasWhatItsPipelineNames(t *testing.T) {
	t.Parallel()
	type query struct {
		Storage struct {
			Traces string `json:"traces"`
		} `json:"storage"`
	}
	var cfg struct {
		Extensions map[string]any `json:"extensions"`
		Receivers  map[string]any `json:"receivers"`
		Processors map[string]any `json:"processors"`
		Exporters  map[string]struct {
			TraceStorage string `json:"trace_storage"`
		} `json:"exporters"`
		Service struct {
			Extensions []string       `json:"extensions"`
			Telemetry  map[string]any `json:"telemetry"`
			Pipelines  map[string]struct {
				Receivers  []string `json:"receivers"`
				Processors []string `json:"processors"`
				Exporters  []string `json:"exporters"`
			} `json:"pipelines"`
		} `json:"service"`
	}
	text := read(t, "compose", "jaeger", "jaeger.yaml")
	if err := yaml.UnmarshalStrict(text, &cfg); err != nil {
		t.Fatal(err)
	}
	var stores struct {
		Extensions struct {
			Query   query `json:"jaeger_query"`
			Storage struct {
				Backends map[string]any `json:"backends"`
			} `json:"jaeger_storage"`
		} `json:"extensions"`
	}
	if err := yaml.Unmarshal(text, &stores); err != nil {
		t.Fatal(err)
	}
	used := []string{stores.Extensions.Query.Storage.Traces}
	for _, exporter := range cfg.Exporters {
		used = append(used, exporter.TraceStorage)
	}
	declared(t, "storage", stores.Extensions.Storage.Backends, used)
	declared(t, "extension", cfg.Extensions, cfg.Service.Extensions)
	for _, pipeline := range cfg.Service.Pipelines {
		declared(t, "receiver", cfg.Receivers, pipeline.Receivers)
		declared(t, "processor", cfg.Processors, pipeline.Processors)
		declared(t, "exporter", cfg.Exporters, pipeline.Exporters)
	}
}

// declared makes sure that names and declarations are the same.
func declared[T any](t *testing.T, kind string, declared map[string]T, names []string) {
	t.Helper()
	for _, name := range names {
		if _, ok := declared[name]; !ok {
			t.Errorf("there is no %s %s", kind, name)
		}
	}
	for name := range declared {
		if !slices.Contains(names, name) {
			t.Errorf("%s %s is not used: %s", kind, name, strings.Join(names, ", "))
		}
	}
}
