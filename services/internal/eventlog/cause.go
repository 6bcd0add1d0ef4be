package eventlog

import (
	"context"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/idempotency"
)

// stampCause writes down who and what caused an event: the caller, the request, and the trace of the request, delivery
// or timer, if that is sampled. An actor or a request that the event names already stays.
func stampCause(ctx context.Context, e *eventv1.Event) {
	if actor := auth.ActorFrom(ctx); actor != nil && e.GetActor() == "" {
		e.Actor, e.ActorKind = auth.Principal(actor), actor.GetKind()
	}
	if e.GetRequestId() == "" {
		e.RequestId = idempotency.RequestID(ctx)
	}
	if trace.SpanContextFromContext(ctx).IsSampled() {
		carrier := propagation.MapCarrier{}
		propagation.TraceContext{}.Inject(ctx, carrier)
		e.TraceParent = carrier.Get("traceparent")
	}
}

// linkCauses links the current span to what caused the events of a delivery.
func linkCauses(ctx context.Context, events []*eventv1.Event) {
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	for _, e := range events[:min(len(events), maxLinks)] {
		if sc := Cause(e); sc.IsValid() {
			span.AddLink(trace.Link{SpanContext: sc})
		}
	}
}

// maxLinks is how many links one delivery's span gets at the most.
const maxLinks = 32

// Cause is the span that caused an event; not valid if it was not sampled.
func Cause(e *eventv1.Event) trace.SpanContext {
	if e.GetTraceParent() == "" {
		return trace.SpanContext{}
	}
	carrier := propagation.MapCarrier{"traceparent": e.GetTraceParent()}
	return trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), carrier))
}
