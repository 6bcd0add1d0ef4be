package routing_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing"
)

// waitsIn lets a day of a shop with one rep go by, and gives what was measured: how often, and how long in all.
func waitsIn(t *testing.T, db *sqldb.DB, rehearsal bool) map[string]string {
	t.Helper()
	room, reader := roomtest.New(t, db), sdkmetric.NewManualReader()
	host := room.Host
	host.Test, host.Meter = rehearsal, sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)).Meter("test")
	service, err := routing.New(t.Context(), routing.Config{Host: host, Playbook: archive{}, Scoring: seer{}})
	if err != nil {
		t.Fatal(err)
	}
	room.Serve(t, service)
	b := &bundle{Room: room, service: service, client: routingv1.NewRoutingServiceClient(room.Conn)}
	b.activate(t, 1, example())
	b.calendar(t, office())
	b.rep(t, "vic", maxOpen(1))
	b.pool(t, "velocity", "vic")
	b.pickQueue(t, "customer-success", "velocity")

	now := b.Clock.Now()
	first := b.qualify(t, qualifiedAt(now.Add(-2*time.Second)))
	second, queued := b.qualify(t), b.qualify(t, customer)
	b.qualify(t)         // the third
	b.qualify(t, target) // has no pool, and waits for ever
	b.Clock.Set(now.Add(10 * time.Minute))
	b.advanced(t, "vic", first, 1, routingv1.Step_STEP_REJECT)
	b.advanced(t, "vic", second, 1, routingv1.Step_STEP_REJECT)
	last := b.qualify(t, qualifiedAt(now.Add(time.Hour))) // by a clock that is ahead
	b.heldFor(t, last, routingv1.Hold_REASON_EVERYBODY_AT_CAP)
	b.updateRep(t, &routingv1.Rep{Name: "reps/vic"}, "max_open")
	if _, err := b.claim(as(t, "vic"), queued, ""); err != nil {
		t.Fatal(err)
	}
	b.advanced(t, "vic", queued, 1, routingv1.Step_STEP_DECLINE)
	return waits(t, reader)
}

// waits are the counts and sums of the histograms of waiting.
func waits(t *testing.T, reader sdkmetric.Reader) map[string]string {
	t.Helper()
	var seen metricdata.ResourceMetrics
	if err := reader.Collect(t.Context(), &seen); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, scope := range seen.ScopeMetrics {
		for _, m := range scope.Metrics {
			h, is := m.Data.(metricdata.Histogram[float64])
			if !is {
				continue
			}
			for _, point := range h.DataPoints {
				all[m.Name+" "+point.Attributes.ToSlice()[0].Value.AsString()] = fmt.Sprint(point.Count, " in ", time.Duration(point.Sum*float64(time.Second)))
			}
		}
	}
	return all
}

// TestHowLongLeadsWaitForARepIsMeasured: from the MQL to the first rep, and each time in the holding queue, by the reason;
// not of what waits still.
func TestHowLongLeadsWaitForARepIsMeasured(t *testing.T) {
	eachDB(t, func(t *testing.T, db *sqldb.DB) {
		want := map[string]string{
			"handoff.routing.assign.latency T3":          "4 in 20m2s", // at once after 2 s, twice after 10 min, and before its time
			"handoff.routing.assign.latency ":            "1 in 10m0s",
			"handoff.routing.held.wait EVERYBODY_AT_CAP": "3 in 20m0s",
			"handoff.routing.held.wait QUEUED":           "1 in 10m0s",
		}
		if diff := cmp.Diff(want, waitsIn(t, db, false)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestNobodyWaitsOnATestClock(t *testing.T) {
	eachDB(t, func(t *testing.T, db *sqldb.DB) {
		if diff := cmp.Diff(map[string]string{}, waitsIn(t, db, true)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
