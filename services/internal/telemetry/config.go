package telemetry

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/url"
)

// Config says who the process is and where its telemetry goes. Only Service is required.
type Config struct {
	// Service is the `service.name` of everything that the process reports, such as `handoff-routing`.
	Service string
	// Version is the `service.version`. Default: none.
	Version string
	// Instance is the `service.instance.id`, such as a pod's name. Default: none.
	Instance string
	// Endpoint is the URL of an OTLP/gRPC collector, such as `http://collector:4317`; `http` is without TLS. Default: what
	// the variables OTEL_EXPORTER_OTLP_ENDPOINT, _TRACES_ENDPOINT and _METRICS_ENDPOINT say; with none of them nothing is
	// exported.
	Endpoint string
	// SampleRatio is the share of the traces begun here that are recorded, up to 1. A caller's decision is kept. Default
	// 0.1; below 0 none is.
	SampleRatio float64
	// LogLevel is the least level that is written. Default: info.
	LogLevel slog.Level
	// LogWriter receives one JSON object a line. Default: standard error.
	LogWriter io.Writer
}

const defaultSampleRatio = 0.1

// Validate names all problems at once.
func (c Config) Validate() error {
	var problems []error
	if c.Service == "" {
		problems = append(problems, errors.New("telemetry: service is missing"))
	}
	if c.SampleRatio > 1 || math.IsNaN(c.SampleRatio) {
		problems = append(problems, fmt.Errorf("telemetry: sample ratio %v is not a share up to 1", c.SampleRatio))
	}
	if u, err := url.Parse(c.Endpoint); c.Endpoint != "" && (err != nil || u.Host == "") {
		problems = append(problems, errors.New("telemetry: endpoint is not a URL such as http://collector:4317"))
	}
	return errors.Join(problems...)
}

// ratio is the sampling ratio with its default applied.
func (c Config) ratio() float64 {
	if c.SampleRatio == 0 {
		return defaultSampleRatio
	}
	return max(c.SampleRatio, 0)
}
