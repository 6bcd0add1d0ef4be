package gateway

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"google.golang.org/grpc"
)

// nowhere is a service that is away.
type nowhere struct{ grpc.ClientConnInterface }

func (nowhere) Invoke(context.Context, string, any, any, ...grpc.CallOption) error {
	return errors.New("away")
}

func TestRequestsAreCountedByTheirRouteAndNotByWhatCallersWrite(t *testing.T) {
	reader := metric.NewManualReader()
	handler, err := New(t.Context(), Config{Playbook: nowhere{}, Scoring: nowhere{}, Routing: nowhere{}, SLA: nowhere{}, Feedback: nowhere{},
		Attribution: nowhere{}, Journey: nowhere{}, MeterProvider: metric.NewMeterProvider(metric.WithReader(reader)),
		Authenticate: func(*http.Request) error { return nil }, Ready: func(context.Context) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range []string{"/v1/leads/a", "/v1/leads/b", "/v1/leads", "/v1/nothing"} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Host = strings.Repeat("x", i+1) + ".example:1234" + string(rune('0'+i))
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	var all metricdata.ResourceMetrics
	if err := reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range all.ScopeMetrics[0].Metrics {
		requests, ok := m.Data.(metricdata.Histogram[float64])
		if !ok || m.Name != "http.server.request.duration" {
			continue
		}
		for _, p := range requests.DataPoints {
			got = append(got, p.Attributes.Encoded(attribute.DefaultEncoder()))
		}
	}
	slices.Sort(got)
	for _, want := range []string{"http.route=/v1/,", "http.route=/v1/leads,", `http.route=/v1/{name\=leads/*},`} {
		i := slices.IndexFunc(got, func(s string) bool { return strings.Contains(s, want) })
		if i < 0 {
			t.Fatalf("got %q, want one with %q", got, want)
		}
		got = slices.Delete(got, i, i+1)
	}
	if len(got) > 0 || strings.Contains(strings.Join(got, ""), "example") {
		t.Errorf("got %q besides", got)
	}
}
