package routing_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/routing"
)

// TestTheLengthOfEachLineIsPublished: also of the one that nobody stands in, of the pool that is not there, and of what waits
// in a queue for people to pick.
func TestTheLengthOfEachLineIsPublished(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic", maxOpen(1))
		b.pool(t, "velocity", "vic")
		b.pool(t, "idle")
		for range 3 {
			b.qualify(t)
		}
		b.qualify(t, target) // there is no enterprise pool
		b.qualify(t, func(q *eventv1.LeadQualified) { q.Context.FirstMatch = []int32{1} })
		reader := sdkmetric.NewManualReader()
		watched := b.Host
		watched.Meter = sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)).Meter("test")
		if _, err := routing.New(t.Context(), routing.Config{Host: watched, Playbook: archive{}, Scoring: seer{}}); err != nil {
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
					queue, _ := point.Attributes.Value("handoff.queue")
					reason, _ := point.Attributes.Value("handoff.hold_reason")
					got[pool.AsString()+queue.AsString()+" "+reason.AsString()] = point.Value
				}
			}
		}
		if diff := cmp.Diff(map[string]int64{"velocity EVERYBODY_AT_CAP": 2, "idle ": 0, "enterprise POOL_MISSING": 1, "customer-success QUEUED": 1}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
