package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/telemetry"
)

const handoff = "0192f0c1a2b37c4d8e5f60718293a4b5"

// receiver is a collector kept in memory.
type receiver struct {
	collector.UnimplementedTraceServiceServer
	mu    sync.Mutex
	spans []*tracev1.Span
	from  []string
}

func (r *receiver) Export(_ context.Context, q *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, of := range q.GetResourceSpans() {
		for _, a := range of.GetResource().GetAttributes() {
			r.from = append(r.from, a.GetKey()+"="+a.GetValue().GetStringValue())
		}
		for _, scope := range of.GetScopeSpans() {
			r.spans = append(r.spans, scope.GetSpans()...)
		}
	}
	return &collector.ExportTraceServiceResponse{}, nil
}

func startCollector(t *testing.T) (*receiver, string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r, server := &receiver{}, grpc.NewServer()
	collector.RegisterTraceServiceServer(server, r)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return r, "http://" + listener.Addr().String()
}

func setup(t *testing.T, cfg telemetry.Config) (*telemetry.Telemetry, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	cfg.Service, cfg.LogWriter = "handoff-test", log
	tel, err := telemetry.Setup(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tel.Shutdown(context.WithoutCancel(t.Context())) })
	return tel, log
}

func attributes(span *tracev1.Span) map[string]string {
	all := map[string]string{}
	for _, a := range span.GetAttributes() {
		all[a.GetKey()] = a.GetValue().GetStringValue()
	}
	return all
}

func TestASubjectIsOnTheCurrentAndOnInnerSpans(t *testing.T) {
	r, endpoint := startCollector(t)
	tel, _ := setup(t, telemetry.Config{Endpoint: endpoint, SampleRatio: 1, Version: "1.2.3", Instance: "pod-1"})
	tracer := tel.TracerProvider.Tracer("test")

	ctx, outer := tracer.Start(t.Context(), "outer")
	ctx = telemetry.WithHandoff(ctx, handoff)
	_, inner := tracer.Start(telemetry.WithSubject(ctx, telemetry.Subject{Tier: "gold"}), "inner")
	inner.End()
	outer.End()
	if err := tel.TracerProvider.ForceFlush(t.Context()); err != nil {
		t.Fatal(err)
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	got := map[string]map[string]string{}
	for _, span := range r.spans {
		got[span.GetName()] = attributes(span)
	}
	want := map[string]map[string]string{
		"outer": {"handoff.id": handoff, "handoff.tier": "gold"},
		"inner": {"handoff.id": handoff, "handoff.tier": "gold"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	for _, id := range []string{"service.name=handoff-test", "service.version=1.2.3", "service.instance.id=pod-1"} {
		if !strings.Contains(strings.Join(r.from, " "), id) {
			t.Errorf("the resource %v lacks %s", r.from, id)
		}
	}
}

func TestACallersSamplingDecisionIsKept(t *testing.T) {
	t.Parallel()
	tel, _ := setup(t, telemetry.Config{SampleRatio: -1})
	tracer := tel.TracerProvider.Tracer("test")
	for header, want := range map[string]bool{
		"00-0192f0c1a2b37c4d8e5f60718293a4b5-0102030405060708-01": true,
		"00-0192f0c1a2b37c4d8e5f60718293a4b5-0102030405060708-00": false,
		"": false,
	} {
		ctx := tel.Propagator.Extract(t.Context(), carrier{"traceparent": header, "baggage": "a=b"})
		_, span := tracer.Start(ctx, "call")
		if got := span.SpanContext().IsSampled(); got != want {
			t.Errorf("%q: got sampled %v, want %v", header, got, want)
		}
		span.End()
	}
	if fields := tel.Propagator.Fields(); strings.Contains(strings.Join(fields, " "), "baggage") {
		t.Errorf("baggage is carried: %v", fields)
	}
}

type carrier map[string]string

func (c carrier) Get(key string) string { return c[key] }
func (c carrier) Set(key, value string) { c[key] = value }
func (c carrier) Keys() []string        { return nil }

func TestALogLineNamesTraceAndHandoff(t *testing.T) {
	t.Parallel()
	tel, log := setup(t, telemetry.Config{Instance: "pod-1"})
	ctx, span := tel.TracerProvider.Tracer("test").Start(telemetry.WithHandoff(t.Context(), handoff), "call")
	tel.Logger.InfoContext(ctx, "assigned", "rep", "reps/ann")
	tel.Logger.DebugContext(ctx, "never written")

	var line map[string]any
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatalf("%v in %s", err, log)
	}
	delete(line, "time")
	want := map[string]any{
		"level": "INFO", "msg": "assigned", "service": "handoff-test", "instance": "pod-1", "rep": "reps/ann",
		"handoff.id": handoff,
		"trace_id":   span.SpanContext().TraceID().String(), "span_id": span.SpanContext().SpanID().String(),
	}
	if diff := cmp.Diff(want, line); diff != "" {
		t.Errorf("log line (-want +got):\n%s", diff)
	}
}

func TestSecretsAndPersonalDataStayOutOfTheLog(t *testing.T) {
	t.Parallel()
	const (
		token = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"
		email = "ann@example.com"
		phone = "+44 20 7946 0958"

		opaque = "0b5c8f1d"
	)
	for name, write := range map[string]func(*slog.Logger){
		"key authorization":   func(l *slog.Logger) { l.Info("x", "Authorization", opaque) },
		"key client-secret":   func(l *slog.Logger) { l.Info("x", "client-secret", []byte(opaque)) },
		"key access_token":    func(l *slog.Logger) { l.Info("x", "access_token", token) },
		"key in a group":      func(l *slog.Logger) { l.Info("x", slog.Group("lead", "E-Mail", email, "phone", phone)) },
		"attached to logger":  func(l *slog.Logger) { l.With("token", token, "owner", email).Info("x") },
		"message":             func(l *slog.Logger) { l.Info("sent to " + email + " and " + phone) },
		"error":               func(l *slog.Logger) { l.Info("x", "error", fmt.Errorf("dial: %w", errors.New("<"+email+"> "+token))) },
		"any value":           func(l *slog.Logger) { l.Info("x", "values", []string{email, "Bearer " + token, phone}) },
		"struct":              func(l *slog.Logger) { l.Info("x", "row", struct{ Mail string }{email}) },
		"protobuf message":    func(l *slog.Logger) { l.Info("x", "lead", &scoringv1.Lead{Company: email, Title: phone}) },
		"password in a URL":   func(l *slog.Logger) { l.Info("x", "database", "postgres://handoff:"+email) },
		"inside a logged URL": func(l *slog.Logger) { l.Info("x", "url", "https://h/?q="+email+"&t="+token) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tel, log := setup(t, telemetry.Config{})
			write(tel.Logger)
			for _, leak := range []string{token, "c2lnbmF0dXJl", email, phone, opaque} {
				if strings.Contains(log.String(), leak) {
					t.Errorf("%q stands in %s", leak, log)
				}
			}
			if lines := strings.Count(log.String(), "\n"); lines != 1 {
				t.Errorf("got %d lines, want 1", lines)
			}
		})
	}
}

func TestAHostileTextStaysOneLine(t *testing.T) {
	t.Parallel()
	tel, log := setup(t, telemetry.Config{})
	tel.Logger.Info("x", "name", "a\r\n{\"level\":\"ERROR\"}\x1b[31m")
	if got := log.String(); strings.Count(got, "\n") != 1 || strings.Contains(got, "\x1b") {
		t.Errorf("got %q", got)
	}
}

func TestIdsAndTimesAreNotTakenForPersonalData(t *testing.T) {
	t.Parallel()
	tel, log := setup(t, telemetry.Config{})
	for _, text := range []string{"handoffs/" + handoff, "2026-11-21 21:42:00 +0000 UTC", "listening on 127.0.0.1:8443", "grew by +12.5 %"} {
		log.Reset()
		tel.Logger.Info(text)
		if !strings.Contains(log.String(), text) {
			t.Errorf("%q became %s", text, log)
		}
	}
}

func TestMetricsAreServed(t *testing.T) {
	t.Parallel()
	tel, _ := setup(t, telemetry.Config{})
	counter, err := tel.MeterProvider.Meter("test").Int64Counter("handoff.test.calls")
	if err != nil {
		t.Fatal(err)
	}
	counter.Add(t.Context(), 3)
	w := httptest.NewRecorder()
	tel.Metrics.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{"handoff_test_calls_total", "go_goroutines"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestADeadCollectorHarmsNothing(t *testing.T) {
	t.Parallel()
	tel, _ := setup(t, telemetry.Config{Endpoint: "http://127.0.0.1:1", SampleRatio: 1})
	tracer := tel.TracerProvider.Tracer("test")
	for range 10_000 {
		_, span := tracer.Start(t.Context(), "call")
		span.End()
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tel.Shutdown(ctx); err == nil {
		t.Error("a cancelled shutdown says that everything was sent")
	}
}

func TestAllProblemsOfAConfigurationAreNamed(t *testing.T) {
	t.Parallel()
	_, err := telemetry.Setup(telemetry.Config{SampleRatio: 2, Endpoint: "collector"})
	for _, want := range []string{"service", "sample ratio", "endpoint"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named in: %v", want, err)
		}
	}
}
