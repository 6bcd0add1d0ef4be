package sla

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// meters count what clocks tell.
type meters struct {
	alerts  metric.Int64Counter
	lag     metric.Float64Histogram
	used    metric.Float64Histogram
	stops   metric.Int64Counter
	stuck   metric.Int64Counter
	flagged metric.Int64Counter
}

// usedBounds are the buckets of the time that clocks used, in seconds: from a minute to thirty days.
var usedBounds = []float64{60, 300, 900, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 86400, 2 * 86400, 3 * 86400, 5 * 86400, 10 * 86400, 30 * 86400}

func newMeters(m metric.Meter) (meters, error) {
	var problems [6]error
	var all meters
	all.alerts, problems[0] = m.Int64Counter("handoff.sla.alerts",
		metric.WithDescription("what clocks have told"), metric.WithUnit("{alert}"))
	all.lag, problems[1] = m.Float64Histogram("handoff.sla.timer.lag",
		metric.WithDescription("how late warnings, breaches and escalations were told"), metric.WithUnit("s"))
	all.used, problems[2] = m.Float64Histogram("handoff.sla.clock.used",
		metric.WithDescription("how much of its time a clock that was met had used"), metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(usedBounds...))
	all.stops, problems[3] = m.Int64Counter("handoff.sla.timer.stops",
		metric.WithDescription("how often timers stood still because the machine's clock was set"), metric.WithUnit("{stop}"))
	all.stuck, problems[4] = m.Int64Counter("handoff.sla.timer.stuck",
		metric.WithDescription("handoffs whose clocks could not be worked out, each time"), metric.WithUnit("{handoff}"))
	all.flagged, problems[5] = m.Int64Counter("handoff.sla.activities.flagged",
		metric.WithDescription("activities that came too fast for a person"), metric.WithUnit("{activity}"))
	return all, errors.Join(problems[:]...)
}

// told counts an alert.
func (m meters) told(ctx context.Context, c call, late time.Duration) {
	kind := attribute.String("handoff.clock", c.clock.Kind.String())
	m.alerts.Add(ctx, 1, metric.WithAttributes(kind, attribute.String("handoff.alert", alertName(c.alarm.Alert))))
	switch c.alarm.Alert {
	case deadline.AlertMet:
		m.used.Record(ctx, c.clock.Elapsed.Seconds(), metric.WithAttributes(kind))
	case deadline.AlertRetracted:
	default:
		m.lag.Record(ctx, late.Seconds(), metric.WithAttributes(kind))
	}
}

func alertName(a deadline.Alert) string {
	switch a {
	case deadline.AlertAtRisk:
		return "at_risk"
	case deadline.AlertBreached:
		return "breached"
	case deadline.AlertRetracted:
		return "retracted"
	case deadline.AlertMet:
		return "met"
	default:
		return "escalated"
	}
}
