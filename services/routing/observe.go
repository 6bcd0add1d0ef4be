package routing

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// observe publishes how many handoffs wait in each pool.
func (s *Service) observe() error {
	held, err := s.cfg.Meter.Int64ObservableGauge("handoff.routing.held",
		metric.WithDescription("handoffs that wait in a pool for somebody to become available"), metric.WithUnit("{handoff}"))
	if err != nil {
		return err
	}
	_, err = s.cfg.Meter.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		pools, err := store.PoolIDs(ctx, s.cfg.DB)
		if err != nil {
			return err
		}
		counts, err := store.HeldCounts(ctx, s.cfg.DB)
		for _, pool := range pools {
			counts[pool] += 0 // a line that is empty is told, too
		}
		for pool, n := range counts {
			o.ObserveInt64(held, n, metric.WithAttributes(attribute.String("handoff.pool", pool)))
		}
		return err
	}, held)
	return err
}
