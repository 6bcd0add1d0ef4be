package rpc_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/emptypb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/rpc"
	"github.com/handoffhq/handoff/services/internal/telemetry"
)

const callersTrace = "0192f0c1a2b37c4d8e5f60718293a4b5"

// traced makes a server that records every span.
func traced(t *testing.T, change func(*rpc.Config)) (*bundle, *tracetest.SpanRecorder) {
	t.Helper()
	recorder := tracetest.NewSpanRecorder()
	return newBundle(t, func(c *rpc.Config) {
		if change != nil {
			change(c)
		}
		c.TracerProvider = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
	}), recorder
}

// finished stops the server, so that every span has ended, and gives the spans.
func (b *bundle) finished(t *testing.T, recorder *tracetest.SpanRecorder) []sdktrace.ReadOnlySpan {
	t.Helper()
	b.stop()
	if err := <-b.stopped; err != nil {
		t.Fatal(err)
	}
	return recorder.Ended()
}

func withParent(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "traceparent", "00-"+callersTrace+"-0102030405060708-01")
}

func TestASpanNamesTheHandoffAndTheLeadOfItsRequest(t *testing.T) {
	t.Parallel()
	id := strings.TrimPrefix(leadName, "leads/")
	for name, tc := range map[string]struct {
		call func(context.Context, *grpc.ClientConn) error
		want telemetry.Subject
	}{
		"name": {getLead, telemetry.Subject{Lead: id}},
		"parent": {func(ctx context.Context, c *grpc.ClientConn) error {
			_, err := scoringv1.NewScoringServiceClient(c).ListEngagements(ctx, &scoringv1.ListEngagementsRequest{Parent: leadName})
			return err
		}, telemetry.Subject{Lead: id}},
		"part of a resource": {func(ctx context.Context, c *grpc.ClientConn) error {
			_, err := scoringv1.NewScoringServiceClient(c).ExplainScore(ctx, &scoringv1.ExplainScoreRequest{Name: leadName + "/score"})
			return err
		}, telemetry.Subject{Lead: id}},
		"resource in the request": {func(ctx context.Context, c *grpc.ClientConn) error {
			_, err := scoringv1.NewScoringServiceClient(c).ScoreLead(ctx, &scoringv1.ScoreLeadRequest{Lead: &scoringv1.Lead{Name: leadName, Source: "x"}})
			return err
		}, telemetry.Subject{Lead: id}},
		"another resource": {func(ctx context.Context, c *grpc.ClientConn) error {
			_, err := scoringv1.NewScoringServiceClient(c).GetAccount(ctx, &scoringv1.GetAccountRequest{Name: "accounts/" + id})
			return err
		}, telemetry.Subject{}},
		"an address for a name": {func(ctx context.Context, c *grpc.ClientConn) error {
			_, err := scoringv1.NewScoringServiceClient(c).GetLead(ctx, &scoringv1.GetLeadRequest{Name: "leads/ann.miller.and.son.a@example.com"})
			return err
		}, telemetry.Subject{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, recorder := traced(t, nil)
			var seen telemetry.Subject
			b.scoring.getLead = func(ctx context.Context, _ *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
				seen = telemetry.SubjectFrom(ctx)
				return &scoringv1.Lead{}, nil
			}
			_ = tc.call(b.as(t, accessv1.Role_ROLE_REVOPS), b.connect(t))
			spans := b.finished(t, recorder)
			if len(spans) != 1 {
				t.Fatalf("got %d spans, want 1", len(spans))
			}
			var got telemetry.Subject
			for _, a := range spans[0].Attributes() {
				switch a.Key {
				case telemetry.LeadID:
					got.Lead = a.Value.AsString()
				case telemetry.HandoffID:
					got.Handoff = a.Value.AsString()
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("span (-want +got):\n%s", diff)
			}
			if name == "name" && seen != tc.want {
				t.Errorf("the handler's context says %+v", seen)
			}
			if text := fmt.Sprint(spans[0].Attributes(), spans[0].Status()); strings.Contains(text, "example.com") {
				t.Errorf("the span holds an address: %s", text)
			}
		})
	}
}

func TestAStrangersTraceIsLinkedAndAPeersIsContinued(t *testing.T) {
	t.Parallel()
	public, recorder := traced(t, func(c *rpc.Config) { c.Peers = []string{"gateway"} })
	if err := getLead(withParent(public.as(t, accessv1.Role_ROLE_EXEC)), public.connect(t)); err != nil {
		t.Fatal(err)
	}
	span := public.finished(t, recorder)[0]
	if span.SpanContext().TraceID().String() == callersTrace || span.Parent().IsValid() {
		t.Error("a stranger's trace is continued")
	}
	if links := span.Links(); len(links) != 1 || links[0].SpanContext.TraceID().String() != callersTrace {
		t.Errorf("got links %v", links)
	}

	public, recorder = traced(t, func(c *rpc.Config) { c.Peers = []string{"gateway"} })
	memory := rpc.NewMemory()
	public.serve(t, memory)
	// A plain connection, so that the header is the test's own.
	conn, err := rpc.DialInMemory(memory, rpc.ClientConfig{Name: "gateway", Propagator: silent{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeQuietly(conn) })
	if err := getLead(withParent(public.as(t, accessv1.Role_ROLE_EXEC)), conn); err != nil {
		t.Fatal(err)
	}
	if got := public.finished(t, recorder)[0].SpanContext().TraceID().String(); got != callersTrace {
		t.Errorf("got trace %s, want the gateway's", got)
	}
}

func TestOnlyKnownMethodsAreMeasured(t *testing.T) {
	t.Parallel()
	tel, err := telemetry.Setup(telemetry.Config{Service: "test", LogWriter: &logBook{}})
	if err != nil {
		t.Fatal(err)
	}
	b, recorder := traced(t, func(c *rpc.Config) { c.MeterProvider = tel.MeterProvider })
	conn := b.connect(t)
	ctx := b.as(t, accessv1.Role_ROLE_EXEC)
	_ = conn.Invoke(ctx, "/made.up.Service/Name", &emptypb.Empty{}, &emptypb.Empty{})
	_, _ = grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	_ = getLead(ctx, conn)
	if spans := b.finished(t, recorder); len(spans) != 1 || spans[0].Name() != "handoff.scoring.v1.ScoringService/GetLead" {
		t.Errorf("got spans %v", spans)
	}
	page := httptest.NewRecorder()
	tel.Metrics.ServeHTTP(page, httptest.NewRequest("GET", "/metrics", nil))
	if text := page.Body.String(); !strings.Contains(text, "GetLead") || strings.Contains(text, "made.up") || strings.Contains(text, "Health") {
		t.Errorf("got metrics\n%s", text)
	}
}

func TestACallBetweenServicesIsOneTrace(t *testing.T) {
	t.Parallel()
	b, recorder := traced(t, internal("routing"))
	memory := rpc.NewMemory()
	b.serve(t, memory)
	conn, err := rpc.DialInMemory(memory, rpc.ClientConfig{Name: "routing", TracerProvider: b.cfg.TracerProvider})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeQuietly(conn) })
	if err := getLead(auth.WithActor(t.Context(), auth.Service("routing")), conn); err != nil {
		t.Fatal(err)
	}
	spans := b.finished(t, recorder)
	if len(spans) != 2 || spans[0].SpanContext().TraceID() != spans[1].SpanContext().TraceID() {
		t.Errorf("got spans %v", spans)
	}
}
