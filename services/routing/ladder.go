package routing

import (
	"context"
	"log/slog"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// What came of a step that wanted something done, as metrics name it.
const (
	reassigned = "reassigned"
	kept       = "kept"     // nobody else could take it
	offline    = "offline"  // the rep gets nothing more
	tooLate    = "too_late" // the handoff was answered or passed on before
	unknown    = "unknown"  // an action that this version does not have
)

// newEscalations makes the counter of what came of steps. What can come is there from the start, at nought.
func newEscalations(ctx context.Context, m metric.Meter) (metric.Int64Counter, error) {
	c, err := m.Int64Counter("handoff.routing.escalations",
		metric.WithDescription("steps of ladders that wanted something done, and what came of them"), metric.WithUnit("{step}"))
	if err != nil {
		return nil, err
	}
	for action, results := range map[playbookv1.EscalationAction][]string{
		playbookv1.EscalationAction_ESCALATION_ACTION_REASSIGN:     {reassigned, kept, tooLate},
		playbookv1.EscalationAction_ESCALATION_ACTION_TAKE_OFFLINE: {offline, tooLate},
	} {
		for _, result := range results {
			c.Add(ctx, 0, metric.WithAttributes(came(action, result)...))
		}
	}
	return c, nil
}

func came(action playbookv1.EscalationAction, result string) []attribute.KeyValue {
	name := strings.ToLower(strings.TrimPrefix(action.String(), "ESCALATION_ACTION_"))
	return []attribute.KeyValue{attribute.String("handoff.escalation", name), attribute.String("handoff.result", result)}
}

// note counts what came of a step, and writes it down where whoever wonders will look: in the log and in the trace.
func (w *work) note(ctx context.Context, step *eventv1.EscalationReached, result string) {
	w.tx.AfterCommit(func() {
		attributes := came(step.GetAction(), result)
		w.s.escalations.Add(ctx, 1, metric.WithAttributes(attributes...))
		clock, number := step.GetClock().GetClock(), int(step.GetStep())
		trace.SpanFromContext(ctx).AddEvent("escalation", trace.WithAttributes(append(attributes,
			attribute.String("handoff.clock", clock), attribute.Int("handoff.step", number))...))
		w.s.cfg.Logger.InfoContext(ctx, "a ladder reached a step", slog.String("clock", clock), slog.Int("step", number),
			slog.String("action", step.GetAction().String()), slog.String("result", result))
	})
}
