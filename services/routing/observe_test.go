package routing_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/handoffhq/handoff/services/routing"
)

// TestTheLengthOfEachLineIsPublished: also of the one that nobody stands in, and of the pool that is not there.
func TestTheLengthOfEachLineIsPublished(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic", maxOpen(1))
		b.pool(t, "velocity", "vic")
		b.pool(t, "idle")
		for range 3 {
			b.qualify(t)
		}
		b.qualify(t, target) // there is no enterprise pool
		reader := sdkmetric.NewManualReader()
		watched := b.Host
		watched.Meter = sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)).Meter("test")
		if _, err := routing.New(t.Context(), routing.Config{Host: watched, Playbook: archive{}}); err != nil {
			t.Fatal(err)
		}
		var seen metricdata.ResourceMetrics
		if err := reader.Collect(t.Context(), &seen); err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		for _, scope := range seen.ScopeMetrics {
			for _, m := range scope.Metrics {
				if m.Name != "handoff.routing.held" {
					continue
				}
				for _, point := range m.Data.(metricdata.Gauge[int64]).DataPoints {
					pool, _ := point.Attributes.Value("handoff.pool")
					got[pool.AsString()] = point.Value
				}
			}
		}
		if diff := cmp.Diff(map[string]int64{"velocity": 2, "idle": 0, "enterprise": 1}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
