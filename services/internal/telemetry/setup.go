package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// flushTime is how long a stopping process waits for its last spans and metrics to leave.
const flushTime = 5 * time.Second

// Telemetry is what a process reports through.
type Telemetry struct {
	TracerProvider *sdktrace.TracerProvider
	MeterProvider  *sdkmetric.MeterProvider
	// Propagator carries the W3C trace context. Baggage does not pass: it would let a caller put data into our spans.
	Propagator propagation.TextMapPropagator
	Logger     *slog.Logger
	// Metrics serves the metrics in Prometheus' formats, with exemplars in OpenMetrics.
	Metrics http.Handler
}

// Setup makes the providers of a process. It does not wait for the collector, which may be down.
func Setup(cfg Config) (*Telemetry, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	identity, err := cfg.resource()
	if err != nil {
		return nil, fmt.Errorf("telemetry: resource: %w", err)
	}
	tracers, err := cfg.tracerProvider(identity)
	if err != nil {
		return nil, fmt.Errorf("telemetry: trace exporter: %w", err)
	}
	meters, metrics, err := cfg.meterProvider(identity)
	if err != nil {
		return nil, fmt.Errorf("telemetry: metric exporter: %w", err)
	}
	return &Telemetry{
		TracerProvider: tracers,
		MeterProvider:  meters,
		Propagator:     propagation.TraceContext{},
		Logger:         cfg.logger(),
		Metrics:        metrics,
	}, nil
}

// Shutdown sends what is still queued and gives up after five seconds, or when ctx ends.
func (t *Telemetry) Shutdown(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, flushTime)
	defer cancel()
	return errors.Join(t.TracerProvider.Shutdown(ctx), t.MeterProvider.Shutdown(ctx))
}

// resource is who the process is; the standard variable OTEL_RESOURCE_ATTRIBUTES may add to it.
func (c Config) resource() (*resource.Resource, error) {
	attributes := []attribute.KeyValue{semconv.ServiceName(c.Service)}
	if c.Version != "" {
		attributes = append(attributes, semconv.ServiceVersion(c.Version))
	}
	if c.Instance != "" {
		attributes = append(attributes, semconv.ServiceInstanceID(c.Instance))
	}
	return resource.Merge(resource.Environment(), resource.NewSchemaless(attributes...))
}

// SpanExporter sends spans to the configured collector; it is nil when none is configured. It does not wait for the
// collector, which may be down.
func (c Config) SpanExporter(ctx context.Context) (sdktrace.SpanExporter, error) {
	if !c.exports("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
		return nil, nil //nolint:nilnil // no collector is no error
	}
	var target []otlptracegrpc.Option
	if c.Endpoint != "" {
		target = append(target, otlptracegrpc.WithEndpointURL(c.Endpoint))
	}
	return otlptracegrpc.New(ctx, target...)
}

func (c Config) tracerProvider(identity *resource.Resource) (*sdktrace.TracerProvider, error) {
	options := []sdktrace.TracerProviderOption{
		sdktrace.WithResource(identity),
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(c.ratio()))),
	}
	exporter, err := c.SpanExporter(context.Background())
	if err != nil {
		return nil, err
	}
	if exporter != nil {
		options = append(options, sdktrace.WithSpanProcessor(subjects{}), sdktrace.WithBatcher(exporter))
	}
	return sdktrace.NewTracerProvider(options...), nil
}

func (c Config) meterProvider(identity *resource.Resource) (*sdkmetric.MeterProvider, http.Handler, error) {
	registry := prometheus.NewRegistry()
	err := errors.Join(
		registry.Register(collectors.NewGoCollector()),
		registry.Register(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})))
	if err != nil {
		return nil, nil, err
	}
	scraped, err := otelprometheus.New(otelprometheus.WithRegisterer(registry))
	if err != nil {
		return nil, nil, err
	}
	options := []sdkmetric.Option{sdkmetric.WithResource(identity), sdkmetric.WithReader(scraped)}
	if c.exports("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT") {
		var target []otlpmetricgrpc.Option
		if c.Endpoint != "" {
			target = append(target, otlpmetricgrpc.WithEndpointURL(c.Endpoint))
		}
		exporter, err := otlpmetricgrpc.New(context.Background(), target...)
		if err != nil {
			return nil, nil, err
		}
		options = append(options, sdkmetric.WithReader(sdkmetric.NewPeriodicReader(exporter)))
	}
	page := promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
	return sdkmetric.NewMeterProvider(options...), page, nil
}

// exports says whether a collector is configured, here or by the standard variables, which the exporters read themselves.
func (c Config) exports(variable string) bool {
	return c.Endpoint != "" || os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv(variable) != ""
}
