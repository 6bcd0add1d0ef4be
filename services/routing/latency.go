package routing

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// latency measures how long leads wait for a rep. On a test clock it is silent: nobody has waited for that time.
type latency struct {
	assign metric.Float64Histogram // from the MQL to the first rep
	held   metric.Float64Histogram // in the holding queue, until a rep
}

// waitBounds are the buckets of both, in seconds: from what a machine takes to what a weekend does.
var waitBounds = []float64{0.01, 0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 86400, 3 * 86400, 7 * 86400}

func newLatency(m metric.Meter) (l latency, err error) {
	var problems [2]error
	l.assign, problems[0] = m.Float64Histogram("handoff.routing.assign.latency",
		metric.WithDescription("how long it took from the MQL until the first rep had it, by tier"), metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(waitBounds...))
	l.held, problems[1] = m.Float64Histogram("handoff.routing.held.wait",
		metric.WithDescription("how long handoffs waited in the holding queue that went to a rep, by why they waited last"), metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(waitBounds...))
	return l, errors.Join(problems[:]...)
}

// stood is how a handoff stood in the holding queue; the zero value if it did not.
type stood struct {
	since  int64
	reason dispatch.Reason
}

// measure counts how long a lead waited for the rep who has just got it, once that is committed.
func (w *work) measure(ctx context.Context, p *passage, before stood) {
	if w.s.cfg.Test {
		return
	}
	l, first, tier := w.s.latency, len(p.assignments) == 1, p.row.Tier
	latency, wait := w.after(p.row.MQLAt), w.after(before.since)
	ctx = context.WithoutCancel(ctx) // it is measured even if nobody waits for the answer
	w.tx.AfterCommit(func() {
		if first {
			l.assign.Record(ctx, latency, metric.WithAttributes(attribute.String("handoff.tier", tier)))
		}
		if before.since > 0 {
			l.held.Record(ctx, wait, metric.WithAttributes(attribute.String("handoff.hold_reason", reasonName(before.reason))))
		}
	})
}

// after is how many seconds the work comes after an instant. Clocks of other machines may be ahead: then it is none.
func (w *work) after(micros int64) float64 {
	return max(0, w.now.Sub(store.Instant(micros)).Seconds())
}
