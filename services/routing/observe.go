package routing

import (
	"context"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// reasonName is a reason as metrics name it; empty for none.
func reasonName(r dispatch.Reason) string {
	if r == 0 {
		return ""
	}
	return strings.TrimPrefix(routingv1.Hold_Reason(r).String(), "REASON_")
}

// observe publishes how many handoffs wait in each pool, in each queue that people pick from, and outside of both, by why they
// do, and how often the holding queue could not be looked at.
func (s *Service) observe(ctx context.Context) (err error) {
	s.stuck, err = s.cfg.Meter.Int64Counter("handoff.routing.queue.stuck",
		metric.WithDescription("lines and handoffs of the holding queue that could not be looked at, each time"), metric.WithUnit("{line}"))
	if err != nil {
		return err
	}
	s.stuck.Add(ctx, 0) // so that the first one shows as a rise
	if s.escalations, err = newEscalations(ctx, s.cfg.Meter); err != nil {
		return err
	}
	if s.latency, err = newLatency(s.cfg.Meter); err != nil {
		return err
	}
	held, err := s.cfg.Meter.Int64ObservableGauge("handoff.routing.held",
		metric.WithDescription("handoffs that nobody has, by the pool or the queue that they wait in, if any, and by why"), metric.WithUnit("{handoff}"))
	if err != nil {
		return err
	}
	_, err = s.cfg.Meter.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		pools, err := store.PoolIDs(ctx, s.cfg.DB)
		if err != nil {
			return err
		}
		waiting, err := store.Held(ctx, s.cfg.DB)
		for _, pool := range pools {
			if !slices.ContainsFunc(waiting, func(h store.HeldCount) bool { return h.Pool == pool }) {
				waiting = append(waiting, store.HeldCount{Pool: pool}) // a line that is empty is told, too
			}
		}
		for _, h := range waiting {
			o.ObserveInt64(held, h.Handoffs, metric.WithAttributes(attribute.String("handoff.pool", h.Pool),
				attribute.String("handoff.queue", h.Queue), attribute.String("handoff.hold_reason", reasonName(h.Reason))))
		}
		return err
	}, held)
	return err
}
