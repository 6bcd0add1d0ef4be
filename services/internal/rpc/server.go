package rpc

import (
	"context"
	"fmt"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/reflection/grpc_reflection_v1alpha"
	"google.golang.org/grpc/stats"

	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/rpc/fieldrule"
)

// Server serves gRPC. Services are registered with it as with a gRPC server, then [Server.Serve] runs it once.
type Server struct {
	cfg    Config
	grpc   *grpc.Server
	health *health.Server
	chain  *chain
	drain  context.CancelFunc // ends chain.draining

	uncovered []string        // methods that the policy does not have
	streams   map[string]bool // the methods that are not unary
}

// NewServer makes a server with the health service and, on a public one, reflection.
func NewServer(cfg Config) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	rules, err := fieldrule.New()
	if err != nil {
		return nil, fmt.Errorf("rpc: %w", err)
	}
	draining, drain := context.WithCancel(context.Background())
	s := &Server{cfg: cfg, health: health.NewServer(), drain: drain, streams: make(map[string]bool)}
	s.chain = &chain{
		logger:   cfg.Logger,
		policy:   cfg.Policy,
		around:   cfg.Around,
		outage:   cfg.Outage,
		calls:    newGate(cfg.Limits.Running, cfg.Limits.Waiting, cfg.Limits.Wait),
		watches:  newGate(cfg.Limits.Watching, 0, 0),
		probes:   newGate(cfg.Limits.Watching, 0, 0),
		shares:   newShares(cfg.Limits.WatchingEach),
		draining: draining,
		rules:    rules,
	}
	peers := auth.NewPeers(cfg.Peers...)
	if cfg.Door == Internal {
		s.chain.identify = byPeer(peers, cfg.Logger)
	} else {
		s.chain.identify = byToken(cfg.Verifier)
	}
	s.grpc = grpc.NewServer(append(cfg.Limits.options(),
		grpc.Creds(newDoors(cfg)),
		grpc.InTapHandle(s.bound),
		grpc.ForceServerCodecV2(newCodec()),
		grpc.StatsHandler(otelgrpc.NewServerHandler(cfg.observed(peers)...)))...)
	grpc_health_v1.RegisterHealthServer(s, s.health)
	s.health.SetServingStatus("", grpc_health_v1.HealthCheckResponse_NOT_SERVING)
	if cfg.Door == Public {
		reflection.Register(s)
	}
	return s, nil
}

// streamWorkers keep their grown stacks between calls: validation is deeply nested, and growing a fresh stack each time cost
// about a tenth of a small call's processor time. When all are busy gRPC starts goroutines as usual.
const streamWorkers = 64

func (l Limits) options() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.NumStreamWorkers(streamWorkers),
		grpc.MaxRecvMsgSize(l.ReceiveBytes),
		grpc.MaxHeaderListSize(l.HeaderBytes),
		grpc.MaxConcurrentStreams(l.ConcurrentStreams),
		grpc.ConnectionTimeout(l.Handshake),
		grpc.KeepaliveParams(keepalive.ServerParameters{
			MaxConnectionIdle: l.Idle, MaxConnectionAge: connectionAge, MaxConnectionAgeGrace: connectionGrace,
			Time: pingAfter, Timeout: pingTimeout,
		}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: pingAtLeast, PermitWithoutStream: true}),
	}
}

// observed says what is traced and measured: the methods of the policy alone. Health checks are noise, and the name of a
// method that does not exist is the caller's to choose: each would be a time series of its own.
func (c Config) observed(peers auth.Peers) []otelgrpc.Option {
	return []otelgrpc.Option{
		otelgrpc.WithTracerProvider(c.TracerProvider),
		otelgrpc.WithMeterProvider(c.MeterProvider),
		otelgrpc.WithPropagators(c.Propagator),
		otelgrpc.WithFilter(func(info *stats.RPCTagInfo) bool { return c.Policy.Knows(info.FullMethodName) }),
		otelgrpc.WithPublicEndpointFn(func(ctx context.Context, _ *stats.RPCTagInfo) bool { return !peers.Known(ctx) }),
	}
}

// RegisterService registers a service behind the chain, as [grpc.ServiceRegistrar] says. A public server leaves out the
// methods that only other services may call: there they do not exist.
func (s *Server) RegisterService(desc *grpc.ServiceDesc, implementation any) {
	wrapped := *desc
	wrapped.Methods, wrapped.Streams = nil, nil
	for _, d := range desc.Methods {
		if m := s.method(desc.ServiceName, d.MethodName, grpc.StreamDesc{}); !s.hides(m) {
			d.Handler = s.chain.unary(m, d.Handler)
			wrapped.Methods = append(wrapped.Methods, d)
		}
	}
	for _, d := range desc.Streams {
		if m := s.method(desc.ServiceName, d.StreamName, d); !s.hides(m) {
			d.Handler = s.chain.streaming(m, d.Handler)
			wrapped.Streams = append(wrapped.Streams, d)
		}
	}
	s.grpc.RegisterService(&wrapped, implementation)
}

func (s *Server) hides(m *method) bool { return s.cfg.Door == Public && s.cfg.Policy.Internal(m.name) }

// GetServiceInfo is for reflection, as [reflection.ServiceInfoProvider] says.
func (s *Server) GetServiceInfo() map[string]grpc.ServiceInfo { return s.grpc.GetServiceInfo() }

// method is what the chain has to know of a method. One that the policy does not have is noted, and called by nobody.
func (s *Server) method(service, name string, desc grpc.StreamDesc) *method {
	m := &method{
		name:   "/" + service + "/" + name,
		stream: desc.ServerStreams || desc.ClientStreams,
		watch:  desc.ServerStreams && !desc.ClientStreams,
		gate:   s.chain.calls,
	}
	if m.stream {
		m.gate = s.chain.watches
		s.streams[m.name] = true
	}
	switch service {
	case grpc_health_v1.Health_ServiceDesc.ServiceName:
		m.access, m.gate = open, nil
		if m.watch {
			m.gate = s.chain.probes
		}
	case grpc_reflection_v1.ServerReflection_ServiceDesc.ServiceName,
		grpc_reflection_v1alpha.ServerReflection_ServiceDesc.ServiceName:
		m.access = byAnyone
	default:
		m.own = true
		if !s.cfg.Policy.Knows(m.name) {
			s.uncovered = append(s.uncovered, m.name)
		}
	}
	return m
}
