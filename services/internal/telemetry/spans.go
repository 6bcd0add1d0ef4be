package telemetry

import (
	"context"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// subjects marks every span that starts under a context with the subject of that context.
type subjects struct{}

func (subjects) OnStart(parent context.Context, span sdktrace.ReadWriteSpan) {
	if s := SubjectFrom(parent); s != (Subject{}) {
		span.SetAttributes(s.Attributes()...)
	}
}

func (subjects) OnEnd(sdktrace.ReadOnlySpan)      {}
func (subjects) Shutdown(context.Context) error   { return nil }
func (subjects) ForceFlush(context.Context) error { return nil }
