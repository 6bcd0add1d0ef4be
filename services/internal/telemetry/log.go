package telemetry

import (
	"context"
	"io"
	"log/slog"
	"os"

	"go.opentelemetry.io/otel/trace"
)

// logger writes JSON lines that name the trace, the span and the subject of the context they were written with.
func (c Config) logger() *slog.Logger {
	var w io.Writer = os.Stderr
	if c.LogWriter != nil {
		w = c.LogWriter
	}
	lines := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: c.LogLevel, ReplaceAttr: redact})
	logger := slog.New(handler{lines}).With("service", c.Service)
	if c.Instance != "" {
		logger = logger.With("instance", c.Instance)
	}
	return logger
}

// handler adds to each line what its context knows.
type handler struct{ slog.Handler }

func (h handler) Handle(ctx context.Context, line slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		line.AddAttrs(
			slog.String("trace_id", span.TraceID().String()),
			slog.String("span_id", span.SpanID().String()))
	}
	for _, a := range SubjectFrom(ctx).Attributes() {
		line.AddAttrs(slog.String(string(a.Key), a.Value.AsString()))
	}
	return h.Handler.Handle(ctx, line)
}

func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs)}
}

func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }
