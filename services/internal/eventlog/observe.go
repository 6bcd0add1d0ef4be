package eventlog

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// watchLag publishes how far a relay lies behind while it delivers.
func (l *Log) watchLag(r *Relay) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.relays = append(l.relays, r)
}

// lags are how many events have yet to be looked at, by receiver, of the relays that deliver here.
func (l *Log) lags() map[string]int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	end, lags := l.tail.end(), make(map[string]int64)
	for _, r := range l.relays {
		if r.turn.Load() {
			lags[r.dest] = max(0, end-r.passed.Load())
		}
	}
	return lags
}

// observe publishes how far receivers lie behind and how many events are parked.
func (l *Log) observe() error {
	lag, err := l.cfg.Meter.Int64ObservableGauge("handoff.eventlog.lag",
		metric.WithDescription("events that were not looked at yet for a receiver"), metric.WithUnit("{event}"))
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
		for dest, behind := range l.lags() {
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
