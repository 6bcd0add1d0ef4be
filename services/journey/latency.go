package journey

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/metric"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// noticeBounds are the buckets of the time until whoever watches the feed can know, in seconds.
var noticeBounds = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300}

func newNotice(m metric.Meter) (metric.Float64Histogram, error) {
	return m.Float64Histogram("handoff.journey.notice.latency",
		metric.WithDescription("how long it took from giving a handoff to a rep until the live feed told so"), metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(noticeBounds...))
}

// notice measures how long after it was given to a rep a handoff is in the feed: from the instant of the transaction that
// gave it until the journal has it and those who watch are woken. Who watches another replica hears of it up to
// feedPoll later. On a test clock it is silent: nobody waits for that time.
func (s *Service) notice(ctx context.Context, tx *sqldb.Tx, events []*eventv1.Event) {
	var given []time.Time
	for _, e := range events {
		if e.GetHandoffAssigned() != nil {
			given = append(given, e.GetTime().AsTime())
		}
	}
	if len(given) == 0 || s.cfg.Test {
		return
	}
	ctx = context.WithoutCancel(ctx) // it is measured even if the sender does not wait for the answer
	tx.AfterCommit(func() {
		now := s.cfg.Now()
		for _, at := range given {
			s.latency.Record(ctx, max(0, now.Sub(at).Seconds()))
		}
	})
}
