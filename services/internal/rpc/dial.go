package rpc

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
)

// maxAnswerBytes bounds what a peer can make us take in.
const maxAnswerBytes = 16 << 20

// ClientConfig says who calls whom.
type ClientConfig struct {
	// Name is the service that calls. Required in memory; elsewhere the certificate says it.
	Name string
	// Address is where the other service listens, such as `dns:///routing:7443`. Calls go round its addresses.
	Address string
	// TransportCredentials prove who calls. Required with Address.
	TransportCredentials credentials.TransportCredentials
	// Services are what will be called; the reads among their methods are tried again. Default: nothing is.
	Services []protoreflect.ServiceDescriptor
	// HandOn leaves errors as the other service gave them, for one who stands between it and the caller, such as the
	// gateway. Default: they become faults, which say what they mean to a service.
	HandOn bool

	TracerProvider trace.TracerProvider          // default: no traces
	MeterProvider  metric.MeterProvider          // default: no metrics
	Propagator     propagation.TextMapPropagator // default: W3C trace context
}

// Dial makes a connection to another service. It does not wait until the service is there. Calls forward the Actor of their
// context, give up 20 ms before their deadline (ten seconds without one), and fail with faults unless they hand errors on.
func Dial(cfg ClientConfig) (*grpc.ClientConn, error) {
	if cfg.Address == "" || cfg.TransportCredentials == nil {
		return nil, errors.New("rpc: dial: address and credentials are required")
	}
	return cfg.dial(cfg.Address, cfg.TransportCredentials)
}

// DialInMemory makes a connection to a service in this process.
func DialInMemory(listener *Memory, cfg ClientConfig) (*grpc.ClientConn, error) {
	if !auth.ValidService(cfg.Name) {
		return nil, fmt.Errorf("rpc: dial: %q is not a service's name", cfg.Name)
	}
	return cfg.dial("passthrough:///memory", auth.InMemory(cfg.Name), grpc.WithContextDialer(listener.dial))
}

func (c ClientConfig) dial(address string, proof credentials.TransportCredentials, more ...grpc.DialOption) (*grpc.ClientConn, error) {
	policy, err := serviceConfig(c.Services)
	if err != nil {
		return nil, fmt.Errorf("rpc: dial %s: %w", address, err)
	}
	defaults := Config{TracerProvider: c.TracerProvider, MeterProvider: c.MeterProvider, Propagator: c.Propagator}.withDefaults()
	conn, err := grpc.NewClient(address, append(more,
		grpc.WithTransportCredentials(proof),
		grpc.WithDefaultServiceConfig(policy),
		grpc.WithDisableServiceConfig(), // what DNS says of it does not count
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAnswerBytes)),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingAfter, Timeout: pingTimeout, PermitWithoutStream: true}),
		grpc.WithUnaryInterceptor(c.callUnary),
		grpc.WithStreamInterceptor(c.callStreaming),
		grpc.WithStatsHandler(otelgrpc.NewClientHandler(
			otelgrpc.WithTracerProvider(defaults.TracerProvider),
			otelgrpc.WithMeterProvider(defaults.MeterProvider),
			otelgrpc.WithPropagators(defaults.Propagator))),
	)...)
	if err != nil {
		return nil, fmt.Errorf("rpc: dial %s: %w", address, err)
	}
	return conn, nil
}

func (c ClientConfig) callUnary(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	ctx, cancel := shave(ctx)
	defer cancel()
	return c.failed(invoke(auth.Forward(ctx), method, request, reply, conn, options...))
}

func (c ClientConfig) callStreaming(ctx context.Context, desc *grpc.StreamDesc, conn *grpc.ClientConn, method string, open grpc.Streamer, options ...grpc.CallOption) (grpc.ClientStream, error) {
	stream, err := open(auth.Forward(ctx), desc, conn, method, options...)
	if err != nil || c.HandOn {
		return stream, c.failed(err)
	}
	return peerStream{stream}, nil
}

// failed is the error of a call as the caller gets it.
func (c ClientConfig) failed(err error) error {
	if c.HandOn {
		return err
	}
	return fromPeer(err)
}

// peerStream gives its errors as faults.
type peerStream struct{ grpc.ClientStream }

func (s peerStream) SendMsg(m any) error { return fromPeer(s.ClientStream.SendMsg(m)) }
func (s peerStream) RecvMsg(m any) error { return fromPeer(s.ClientStream.RecvMsg(m)) }

func fromPeer(err error) error {
	if err == nil {
		return nil
	}
	return fault.FromPeer(err)
}
