package spans_test

import (
	"context"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/handoffhq/handoff/services/journey/internal/spans"
)

const id = "019cadc69afb7c1e9a0f3c1d2e4b5a69"

// collector keeps what is exported.
type collector struct {
	got []sdktrace.ReadOnlySpan
}

func (c *collector) ExportSpans(_ context.Context, s []sdktrace.ReadOnlySpan) error {
	c.got = append(c.got, s...)
	return nil
}

func (c *collector) Shutdown(context.Context) error { return nil }

func write(t *testing.T, ctx context.Context, stages ...spans.Span) []sdktrace.ReadOnlySpan {
	t.Helper()
	h, err := spans.Parse(id)
	if err != nil {
		t.Fatal(err)
	}
	c := &collector{}
	if err := spans.NewWriter(c).Write(ctx, h, true, []attribute.KeyValue{attribute.String("handoff.lead.id", "l")}, stages...); err != nil {
		t.Fatal(err)
	}
	return c.got
}

func TestTheHandoffsIDIsItsTraceID(t *testing.T) {
	t.Parallel()
	h, _ := spans.Parse(id)
	got := write(t, t.Context(), spans.Span{Key: "assign/1", Name: "assign", Start: h.Born(), End: h.Born().Add(time.Hour)})
	if len(got) != 2 {
		t.Fatalf("got %d spans", len(got))
	}
	root, stage := got[0], got[1]
	for _, s := range got {
		if s.SpanContext().TraceID().String() != id || !s.SpanContext().IsSampled() {
			t.Errorf("%s: got %v", s.Name(), s.SpanContext())
		}
	}
	if root.Parent().IsValid() || !root.StartTime().Equal(root.EndTime()) || !root.StartTime().Equal(h.Born()) {
		t.Errorf("root: parent %v, from %v to %v, want at %v", root.Parent(), root.StartTime(), root.EndTime(), h.Born())
	}
	if stage.Parent().SpanID() != root.SpanContext().SpanID() {
		t.Error("the stage is not a child of the root")
	}
}

func TestASpanIsTheSameWhenItIsWrittenAgainByAnybody(t *testing.T) {
	t.Parallel()
	h, _ := spans.Parse(id)
	stage := spans.Span{Key: "work", Name: "work", Start: h.Born(), End: h.Born().Add(time.Hour)}
	first := write(t, t.Context(), stage)
	elsewhere := trace.ContextWithSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}, TraceFlags: trace.FlagsSampled})) // within somebody's request
	second := write(t, elsewhere, stage)
	for i := range first {
		if !first[i].SpanContext().Equal(second[i].SpanContext()) || !first[i].Parent().Equal(second[i].Parent()) {
			t.Errorf("%s: got %v under %v, then %v under %v", first[i].Name(), first[i].SpanContext(), first[i].Parent(), second[i].SpanContext(), second[i].Parent())
		}
		if got := second[i].Resource().String(); got != "service.name=handoff-journey" {
			t.Errorf("got resource %s", got)
		}
	}
}

func TestASpanIsNeverShorterThanAMicrosecondNorBeforeTheRoot(t *testing.T) {
	t.Parallel()
	h, _ := spans.Parse(id)
	got := write(t, t.Context(), spans.Span{Key: "qualify", Name: "qualify", Start: h.Born().Add(-time.Hour), End: h.Born().Add(-time.Minute)})[1]
	if got.StartTime().Before(h.Born()) || got.EndTime().Sub(got.StartTime()) < time.Microsecond {
		t.Errorf("got %v to %v", got.StartTime(), got.EndTime())
	}
}

func TestALinkToWhatWasNotSampledIsLeftOut(t *testing.T) {
	t.Parallel()
	h, _ := spans.Parse(id)
	cause := func(flags trace.TraceFlags) trace.SpanContext {
		return trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{2}, SpanID: trace.SpanID{2}, TraceFlags: flags})
	}
	for flags, want := range map[trace.TraceFlags]int{0: 0, trace.FlagsSampled: 1} {
		got := write(t, t.Context(), spans.Span{Key: "work", Name: "work", Start: h.Born(), End: h.Born().Add(time.Hour), Link: cause(flags)})[1]
		if len(got.Links()) != want {
			t.Errorf("flags %v: got %d links, want %d", flags, len(got.Links()), want)
		}
	}
}

func TestOnlyHexIDsAreHandoffs(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "xyz", id[1:], id + "0"} {
		if _, err := spans.Parse(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
