// Package spans writes the journey trace: one trace a handoff, whose id is the handoff's.
//
// The root span is a pure function of the id. A stage's span id is derived from the handoff and the stage's key. So any
// process can write any part, at any time and more than once, without having seen the rest, and no span stays open over a
// wait. Everything in a span comes from stored facts: written again, it is the same to the byte.
package spans

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/handoffhq/handoff/services/internal/telemetry"
)

const (
	rootName = "handoff"
	// A UUIDv7's last 7 bytes are random, which the W3C random flag promises of a trace id.
	flags = trace.FlagsSampled | trace.FlagsRandom
	// Jaeger moves a child that is not longer than nothing.
	shortest = time.Microsecond
)

// Handoff is the id of a handoff, and of its trace.
type Handoff [16]byte

// Parse reads 32 hex digits.
func Parse(id string) (Handoff, error) {
	var h Handoff
	raw, err := hex.DecodeString(id)
	if err != nil || len(raw) != len(h) {
		return h, fmt.Errorf("handoff id %q is not 32 hex digits", id)
	}
	copy(h[:], raw)
	return h, nil
}

// Born is the millisecond of the id.
func (h Handoff) Born() time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(h[:8]) >> 16)).UTC()
}

// SpanContext names the span of the stage with this key; the empty key is the root. It can be known before the span is
// written.
func (h Handoff) SpanContext(key string) trace.SpanContext {
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID(h), SpanID: h.spanID(key), TraceFlags: flags, Remote: true})
}

func (h Handoff) spanID(key string) (id trace.SpanID) {
	sum := sha256.Sum256(append(h[:len(h):len(h)], key...))
	copy(id[:], sum[:])
	if !id.IsValid() {
		id[7] = 1
	}
	return id
}

// Span is one finished stage.
type Span struct {
	Key, Name  string
	Start, End time.Time
	Attributes []attribute.KeyValue
	Events     []Event
	Link       trace.SpanContext // the request, delivery or timer that ended the stage; left out unless it was sampled
	Failed     string            // not empty: the span's status is an error
}

// Event is something that happened in a stage.
type Event struct {
	Name string
	At   time.Time
}

// Writer writes spans to a tracing system, and says whether they arrived.
type Writer struct {
	tracer   trace.Tracer
	resource *resource.Resource
	exporter sdktrace.SpanExporter
}

// NewWriter makes a writer. It never batches: the caller keeps what has not arrived.
func NewWriter(exporter sdktrace.SpanExporter) *Writer {
	provider := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.AlwaysSample()), sdktrace.WithIDGenerator(fixedIDs{}))
	return &Writer{
		tracer: provider.Tracer("handoff/journey"),
		// The same from every process and version, or a tracing system sees several services and moves their spans.
		resource: resource.NewSchemaless(attribute.String("service.name", "handoff-journey")),
		exporter: exporter,
	}
}

// Write writes the root, if asked, and stages of one handoff.
func (w *Writer) Write(ctx context.Context, h Handoff, root bool, attributes []attribute.KeyValue, stages ...Span) error {
	var out []sdktrace.ReadOnlySpan
	if root {
		out = append(out, w.make(h, trace.SpanContext{}, Span{Name: rootName, Start: h.Born(), End: h.Born(), Attributes: attributes}))
	}
	for _, s := range stages {
		if s.Start.Before(h.Born()) {
			s.Start = h.Born()
		}
		if s.End.Sub(s.Start) < shortest {
			s.End = s.Start.Add(shortest)
		}
		s.Attributes = append(s.Attributes[:len(s.Attributes):len(s.Attributes)], attributes...)
		out = append(out, w.make(h, h.SpanContext(""), s))
	}
	return w.exporter.ExportSpans(ctx, out)
}

// make builds a finished span. Its context is not the caller's, whose span must not become the parent.
func (w *Writer) make(h Handoff, parent trace.SpanContext, s Span) sdktrace.ReadOnlySpan {
	ctx := context.WithValue(context.Background(), idsKey{}, ids{trace.TraceID(h), h.spanID(s.Key)})
	ctx = trace.ContextWithSpanContext(ctx, parent.WithTraceFlags(flags))
	options := []trace.SpanStartOption{trace.WithTimestamp(s.Start), trace.WithSpanKind(trace.SpanKindInternal),
		trace.WithAttributes(telemetry.HandoffID.String(hex.EncodeToString(h[:]))), trace.WithAttributes(s.Attributes...)}
	if s.Link.IsValid() && s.Link.IsSampled() {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: s.Link}))
	}
	_, span := w.tracer.Start(ctx, s.Name, options...)
	for _, e := range s.Events {
		span.AddEvent(e.Name, trace.WithTimestamp(e.At))
	}
	if s.Failed != "" {
		span.SetStatus(codes.Error, s.Failed)
	}
	span.End(trace.WithTimestamp(s.End))
	return pinned{span.(sdktrace.ReadOnlySpan), w.resource}
}

// pinned overrides the resource, which the SDK always merges with the environment's.
type pinned struct {
	sdktrace.ReadOnlySpan
	resource *resource.Resource
}

// Resource implements sdktrace.ReadOnlySpan.
func (p pinned) Resource() *resource.Resource { return p.resource }

type (
	idsKey struct{}
	ids    struct {
		trace trace.TraceID
		span  trace.SpanID
	}
	fixedIDs struct{}
)

// NewIDs implements sdktrace.IDGenerator: the ids are in the context.
func (fixedIDs) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	v, _ := ctx.Value(idsKey{}).(ids)
	return v.trace, v.span
}

// NewSpanID implements sdktrace.IDGenerator.
func (fixedIDs) NewSpanID(ctx context.Context, _ trace.TraceID) trace.SpanID {
	v, _ := ctx.Value(idsKey{}).(ids)
	return v.span
}
