package eventlog_test

import (
	"context"
	"testing"
	"time"

	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// gauge reads one of the gauges that a service publishes; absent says that it publishes none.
func (e *end) gauge(t *testing.T, name string) (value int64, present bool) {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := e.reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			points, _ := m.Data.(metricdata.Gauge[int64])
			for _, p := range points.DataPoints {
				if m.Name == name {
					return p.Value, true
				}
			}
		}
	}
	return 0, false
}

// await waits until a gauge shows a value; another goroutine moves it.
func (e *end) await(t *testing.T, name string, want int64) {
	t.Helper()
	for {
		got, present := e.gauge(t, name)
		if present && got == want {
			return
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("%s: got %d (%v), want %d", name, got, present, want)
		case <-time.After(time.Millisecond):
		}
	}
}

func TestTheLagIsWhatNoRelayHasDeliveredAndNothingElse(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		const lag = "handoff.eventlog.lag"
		sender.emit(t, "leads/a", 0, 3)
		if got, present := sender.gauge(t, lag); present {
			t.Errorf("got %d before anything is delivered from here", got)
		}
		receiver.failing(func(*eventv1.Event) error { return eventlog.ErrLater })
		relay := sender.log.NewRelay(eventlog.Routing, receiver.client)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- relay.Run(ctx) }()
		sender.await(t, lag, 3)
		receiver.failing(nil)
		sender.await(t, lag, 0)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if got, present := sender.gauge(t, lag); present {
			t.Errorf("got %d after the relay ended", got)
		}
	})
}
