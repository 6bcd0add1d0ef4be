package app

import (
	"errors"
	"fmt"
	"sync"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/reflect/protoreflect"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/rpc"
	"github.com/handoffhq/handoff/services/internal/telemetry"
	"github.com/handoffhq/handoff/services/playbook"
)

// switchboard holds the connections between the parts of the suite: in memory to what runs here, over TLS to the rest.
type switchboard struct {
	cfg       Config
	telemetry *telemetry.Telemetry
	internal  map[string]*rpc.Memory // the services here, by name
	public    *rpc.Memory            // the public door of this process

	mu    sync.Mutex // connections are still made while the process serves
	conns []*grpc.ClientConn
}

// internalConn connects a service to the internal door of another.
func (s *switchboard) internalConn(from, to string) (*grpc.ClientConn, error) {
	cfg := s.client(from, parts()[to].api)
	if memory := s.internal[to]; memory != nil {
		return s.keep(rpc.DialInMemory(memory, cfg))
	}
	creds, err := s.cfg.Certificate.Client(to)
	if err != nil {
		return nil, fmt.Errorf("connect %s to %s: %w", from, to, err)
	}
	cfg.Address, cfg.TransportCredentials = s.cfg.Peers[to], creds
	return s.keep(rpc.Dial(cfg))
}

// publicConn connects the gateway to the public door of a service.
func (s *switchboard) publicConn(to string) (*grpc.ClientConn, error) {
	cfg := s.client(Gateway, parts()[to].api)
	cfg.HandOn = true
	if s.cfg.runs(to) {
		return s.keep(rpc.DialInMemory(s.public, cfg))
	}
	cfg.Address = s.cfg.PublicPeers[to]
	var err error
	if cfg.TransportCredentials, err = s.publicCredentials(to); err != nil {
		return nil, fmt.Errorf("connect the gateway to %s: %w", to, err)
	}
	return s.keep(rpc.Dial(cfg))
}

// publicCredentials are those of a public door: TLS when this process has a public certificate itself, else plain text.
// The authority of the suite says which service stands behind the door.
func (s *switchboard) publicCredentials(to string) (credentials.TransportCredentials, error) {
	own := s.cfg.PublicCertificate
	if own.Cert == "" {
		return insecure.NewCredentials(), nil
	}
	own.CA = s.cfg.Certificate.CA
	return own.Client(to)
}

func (s *switchboard) client(name string, api protoreflect.ServiceDescriptor) rpc.ClientConfig {
	return rpc.ClientConfig{Name: name, Services: []protoreflect.ServiceDescriptor{api}, TracerProvider: s.telemetry.TracerProvider,
		MeterProvider: s.telemetry.MeterProvider, Propagator: s.telemetry.Propagator}
}

func (s *switchboard) keep(conn *grpc.ClientConn, err error) (*grpc.ClientConn, error) {
	if err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.conns = append(s.conns, conn)
	}
	return conn, err
}

func (s *switchboard) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var problems []error
	for _, c := range s.conns {
		problems = append(problems, c.Close())
	}
	return errors.Join(problems...)
}

// wiring is what one service is connected to.
type wiring struct {
	name     string
	conns    map[string]*grpc.ClientConn // to the internal doors of all services, its own too
	exporter sdktrace.SpanExporter       // of the journey traces; nil for none
	traceURI string
}

// wire connects a service to all services. It reaches itself as the others reach it, so that it can ask all alike.
func (s *switchboard) wire(name string) (*wiring, error) {
	w := &wiring{name: name, conns: map[string]*grpc.ClientConn{}, traceURI: s.cfg.TraceURI}
	for _, to := range eventlog.Services() {
		conn, err := s.internalConn(name, to)
		if err != nil {
			return nil, err
		}
		w.conns[to] = conn
	}
	return w, nil
}

func (w *wiring) playbooks() playbookv1.PlaybookServiceClient {
	return playbookv1.NewPlaybookServiceClient(w.conns[eventlog.Playbook])
}

func (w *wiring) routing() routingv1.RoutingServiceClient {
	return routingv1.NewRoutingServiceClient(w.conns[eventlog.Routing])
}

func (w *wiring) scoring() scoringv1.ScoringServiceClient {
	return scoringv1.NewScoringServiceClient(w.conns[eventlog.Scoring])
}

// rehearsers are whom the playbook service asks what a version would have done.
func (w *wiring) rehearsers() playbook.Peers {
	return playbook.Peers{Scoring: w.scoring(), Routing: w.routing(),
		SLA: slav1.NewSlaServiceClient(w.conns[eventlog.SLA]), Attribution: attributionv1.NewAttributionServiceClient(w.conns[eventlog.Attribution])}
}

func (w *wiring) events(to string) eventv1.EventServiceClient {
	return eventv1.NewEventServiceClient(w.conns[to])
}

func (w *wiring) everyLog() map[string]eventv1.EventServiceClient {
	all := make(map[string]eventv1.EventServiceClient, len(w.conns))
	for to := range w.conns {
		all[to] = w.events(to)
	}
	return all
}
