package eventlog

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// observe publishes how far receivers lie behind and how many events are parked.
func (l *Log) observe() error {
	lag, err := l.cfg.Meter.Int64ObservableGauge("handoff.eventlog.lag",
		metric.WithDescription("events that a receiver has not been told of"), metric.WithUnit("{event}"))
	if err != nil {
		return err
	}
	parked, err := l.cfg.Meter.Int64ObservableGauge("handoff.eventlog.parked",
		metric.WithDescription("events that could not be applied and wait"), metric.WithUnit("{event}"))
	if err != nil {
		return err
	}
	_, err = l.cfg.Meter.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		service := attribute.String("handoff.service", l.cfg.Service)
		for row, err := range l.cfg.DB.Query(ctx, `SELECT r.destination, h.pos - r.acked FROM relay r, log_head h WHERE h.id = 0`) {
			if err != nil {
				return err
			}
			var dest string
			var behind int64
			if err := row.Scan(&dest, &behind); err != nil {
				return err
			}
			o.ObserveInt64(lag, behind, metric.WithAttributes(service, attribute.String("handoff.destination", dest)))
		}
		var n int64
		if err := l.cfg.DB.QueryRow(ctx, `SELECT count(*) FROM parked`).Scan(&n); err != nil {
			return err
		}
		o.ObserveInt64(parked, n, metric.WithAttributes(service))
		return nil
	}, lag, parked)
	return err
}
