package app_test

import (
	"context"
	"encoding/hex"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/app/apptest"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/demo"
	"github.com/handoffhq/handoff/services/internal/telemetry"
)

// receiver is an OTLP collector that keeps the spans of journey traces.
type receiver struct {
	collector.UnimplementedTraceServiceServer
	mu    sync.Mutex
	spans map[string][]*tracev1.Span // by trace id
}

func (r *receiver) Export(_ context.Context, req *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, resource := range req.GetResourceSpans() {
		for _, a := range resource.GetResource().GetAttributes() {
			if a.GetKey() != "service.name" || a.GetValue().GetStringValue() != "handoff-journey" {
				continue
			}
			for _, scope := range resource.GetScopeSpans() {
				for _, s := range scope.GetSpans() {
					id := hex.EncodeToString(s.GetTraceId())
					r.spans[id] = append(r.spans[id], s)
				}
			}
		}
	}
	return &collector.ExportTraceServiceResponse{}, nil
}

// collect starts a collector and gives its address.
func collect(t *testing.T) (*receiver, string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r, server := &receiver{spans: map[string][]*tracev1.Span{}}, grpc.NewServer()
	collector.RegisterTraceServiceServer(server, r)
	go func() { _ = server.Serve(listener) }() // ends with Stop
	t.Cleanup(server.Stop)
	return r, "http://" + listener.Addr().String()
}

// play plays a small month in one process and gives what tells people apart in it.
func play(t *testing.T, endpoint string) (handoffs map[string]bool, personal []string) {
	t.Helper()
	a, stop := apptest.Start(t, app.Config{DataDir: t.TempDir(), GRPCAddr: "-", HTTPAddr: "-", TestClock: true, Start: demo.Start,
		Telemetry: telemetry.Config{Service: "handoff", Endpoint: endpoint}})
	ctx := t.Context()
	connect := func(subject string, kind accessv1.ActorKind, roles ...accessv1.Role) (grpc.ClientConnInterface, error) {
		return a.Connect(auth.Grant{Subject: subject, Kind: kind, Roles: roles, TTL: time.Hour})
	}
	if _, err := demo.Play(ctx, demo.Config{Seed: "trace", Leads: 40, Connect: connect}); err != nil {
		t.Fatal(err)
	}
	conn, err := connect("ops", accessv1.ActorKind_ACTOR_KIND_PERSON, accessv1.Role_ROLE_REVOPS, accessv1.Role_ROLE_MARKETING)
	if err != nil {
		t.Fatal(err)
	}
	handoffs = map[string]bool{}
	list, err := routingv1.NewRoutingServiceClient(conn).ListHandoffs(ctx, &routingv1.ListHandoffsRequest{PageSize: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range list.GetHandoffs() {
		handoffs[strings.TrimPrefix(h.GetName(), "handoffs/")] = true
	}
	leads, err := scoringv1.NewScoringServiceClient(conn).ListLeads(ctx, &scoringv1.ListLeadsRequest{PageSize: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range leads.GetLeads() {
		personal = append(personal, l.GetEmail(), l.GetFamilyName(), l.GetPhone())
	}
	stop()
	return handoffs, personal
}

func TestEveryHandoffHasOneConnectedTraceUnderItsOwnIDWithoutPersonalData(t *testing.T) {
	t.Parallel()
	r, endpoint := collect(t)
	handoffs, personal := play(t, endpoint)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(handoffs) == 0 || len(r.spans) != len(handoffs) {
		t.Fatalf("got %d traces of %d handoffs", len(r.spans), len(handoffs))
	}
	for id, spans := range r.spans {
		if !handoffs[id] {
			t.Errorf("trace %s is no handoff", id)
		}
		root := ""
		ids := map[string]bool{}
		for _, s := range spans {
			if ids[string(s.GetSpanId())] {
				t.Errorf("trace %s: span %s was written twice", id, s.GetName())
			}
			ids[string(s.GetSpanId())] = true
			if len(s.GetParentSpanId()) == 0 {
				root = string(s.GetSpanId())
			}
			for _, secret := range personal {
				if secret != "" && strings.Contains(strings.ToLower(s.String()), strings.ToLower(secret)) {
					t.Errorf("trace %s: span %s holds %q", id, s.GetName(), secret)
				}
			}
		}
		for _, s := range spans {
			if string(s.GetSpanId()) != root && string(s.GetParentSpanId()) != root {
				t.Errorf("trace %s: span %s is not connected to the root", id, s.GetName())
			}
		}
	}
}
