package journey_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/journey"
)

// TestHowSoonTheFeedTellsOfAnAssignmentIsMeasured: of what a rep got, and of nothing else; and not on a test clock.
func TestHowSoonTheFeedTellsOfAnAssignmentIsMeasured(t *testing.T) {
	t.Parallel()
	migrations, err := journey.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	sqldbtest.Each(t, migrations, func(t *testing.T, db *sqldb.DB) {
		for _, rehearsal := range []bool{true, false} {
			room, reader := roomtest.New(t, db), sdkmetric.NewManualReader()
			host := room.Host
			host.Test, host.Meter = rehearsal, sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)).Meter("test")
			service, err := journey.New(t.Context(), journey.Config{Host: host})
			if err != nil {
				t.Fatal(err)
			}
			room.Serve(t, service)
			ago := func(d time.Duration) *timestamppb.Timestamp { return timestamppb.New(room.Clock.Now().Add(-d)) }
			source := map[bool]string{true: eventlog.Routing, false: eventlog.SLA}[rehearsal] // each is told in an order of its own
			room.Tell(t, source,
				&eventv1.Event{Handoff: handoff, Time: ago(time.Hour), Payload: &eventv1.Event_HandoffOpened{HandoffOpened: &eventv1.HandoffOpened{}}},
				&eventv1.Event{Handoff: handoff, Time: ago(40 * time.Millisecond), Payload: &eventv1.Event_HandoffAssigned{HandoffAssigned: &eventv1.HandoffAssigned{}}},
				&eventv1.Event{Handoff: handoff, Time: ago(-time.Second), Payload: &eventv1.Event_HandoffAssigned{HandoffAssigned: &eventv1.HandoffAssigned{}}})
			var seen metricdata.ResourceMetrics
			if err := reader.Collect(t.Context(), &seen); err != nil {
				t.Fatal(err)
			}
			got := map[string]uint64{}
			for _, scope := range seen.ScopeMetrics {
				for _, m := range scope.Metrics {
					if h, is := m.Data.(metricdata.Histogram[float64]); is && m.Name == "handoff.journey.notice.latency" {
						got[time.Duration(h.DataPoints[0].Sum*float64(time.Second)).String()] = h.DataPoints[0].Count
					}
				}
			}
			want := map[string]uint64{"40ms": 2} // a clock that is ahead counts as none
			if rehearsal {
				want = map[string]uint64{}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("on a test clock: %v (-want +got):\n%s", rehearsal, diff)
			}
		}
	})
}
