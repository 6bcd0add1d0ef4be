package rpc_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc/metadata"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// headerCase is one case of the W3C's own tests of a service that takes part in traces.
type headerCase struct {
	Test    string
	Headers [][2]string
	Expect  []struct {
		Assert string
		Args   []string
	}
}

// parents are the values of the case's traceparent headers.
func (c headerCase) parents() []string {
	var all []string
	for _, h := range c.Headers {
		if strings.EqualFold(h[0], "traceparent") {
			all = append(all, h[1])
		}
	}
	return all
}

// continued says which trace the case wants to go on, or not to; none if it does not say.
func (c headerCase) continued() (id string, want, ok bool) {
	for _, e := range c.Expect {
		if len(e.Args) == 2 && e.Args[0] == "traceparent.trace_id.hex()" {
			return strings.Trim(e.Args[1], "'"), e.Assert == "assertEqual", true
		}
	}
	return "", false, false
}

// readHeaderCases looks for the published cases beside the repository.
func readHeaderCases(t *testing.T) []headerCase {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		text, err := os.ReadFile(filepath.Join(dir, "shared", "data", "vectors", "w3c_trace_context.json"))
		if err != nil {
			continue
		}
		var file struct{ Cases []headerCase }
		if err := json.Unmarshal(text, &file); err != nil {
			t.Fatalf("read the published cases: %v", err)
		}
		return file.Cases
	}
	t.Skip("the W3C's cases of trace headers stand in no directory above this one")
	return nil
}

// A stranger's trace is linked and not continued, so the link must name the trace where the published case wants it
// continued. Cases of several headers, and of white space around one, are about HTTP.
func TestTraceHeadersAreReadAsPublished(t *testing.T) {
	t.Parallel()
	b, _ := traced(t, nil)
	var linked string
	b.scoring.getLead = func(ctx context.Context, _ *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
		linked = ""
		if span, ok := trace.SpanFromContext(ctx).(sdktrace.ReadOnlySpan); ok {
			for _, link := range span.Links() {
				linked += link.SpanContext.TraceID().String()
			}
		}
		return &scoringv1.Lead{}, nil
	}
	conn, ctx := b.connect(t), b.as(t, accessv1.Role_ROLE_EXEC)
	checked := 0
	for _, c := range readHeaderCases(t) {
		id, want, ok := c.continued()
		parents := c.parents()
		if !ok || len(parents) != 1 || strings.TrimSpace(parents[0]) != parents[0] {
			continue
		}
		checked++
		if err := getLead(metadata.AppendToOutgoingContext(ctx, "traceparent", parents[0]), conn); err != nil {
			t.Fatal(err)
		}
		if got := linked == id; got != want || !want && linked != "" {
			t.Errorf("%s: traceparent %q: linked to %q, want trace %s linked: %v", c.Test, parents[0], linked, id, want)
		}
	}
	if checked < 30 {
		t.Errorf("got %d cases, want at least 30", checked)
	}
}
