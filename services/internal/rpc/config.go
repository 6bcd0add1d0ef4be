package rpc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/handoffhq/handoff/services/internal/auth"
)

// Door says who may come to a server.
type Door int

const (
	// Public is for people and platforms, who bring a bearer token.
	Public Door = iota
	// Internal is for the other services alone, known by their connection, who forward the caller.
	Internal
)

// Config says what a server is. Name, Policy, and Verifier (public) or Peers (internal) are required.
type Config struct {
	// Name is the service that the server belongs to, or `public`.
	Name string
	Door Door
	// Verifier checks the bearer tokens of a public server.
	Verifier *auth.Verifier
	// Policy says which roles may call each method that will be registered.
	Policy auth.Policy
	// Peers are the services whose forwarded callers an internal server believes. A public server continues the traces of
	// its peers, such as the gateway, and only links to everybody else's.
	Peers []string
	// TransportCredentials are for listeners on a network; connections in memory have their own. Without them a public
	// server speaks plain text, and an internal one serves in memory alone.
	TransportCredentials credentials.TransportCredentials
	Limits               Limits
	// Around, if given, runs the handler of each unary call of the suite's own services, as the last step of the chain. A
	// rehearsal keeps the suite in lockstep with it.
	Around func(ctx context.Context, method string, handle func(ctx context.Context) error) error

	// Outage, if given, reports whether an error of a handler is that of a database that is away, or the like: the caller may
	// try again later.
	Outage func(error) bool

	Logger         *slog.Logger                  // default: nobody is told
	TracerProvider trace.TracerProvider          // default: no traces
	MeterProvider  metric.MeterProvider          // default: no metrics
	Propagator     propagation.TextMapPropagator // default: W3C trace context
}

// Validate names all problems at once.
func (c Config) Validate() error {
	var problems []error
	if !auth.ValidService(c.Name) {
		problems = append(problems, fmt.Errorf("rpc: %q is not a service's name", c.Name))
	}
	if len(c.Policy) == 0 {
		problems = append(problems, errors.New("rpc: the policy is missing"))
	}
	if c.Door == Public && c.Verifier == nil {
		problems = append(problems, errors.New("rpc: a public server needs a verifier"))
	}
	if c.Door == Internal && len(c.Peers) == 0 {
		problems = append(problems, errors.New("rpc: an internal server needs peers"))
	}
	return errors.Join(problems...)
}

func (c Config) withDefaults() Config {
	c.Limits = c.Limits.withDefaults()
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.TracerProvider == nil {
		c.TracerProvider = tracenoop.NewTracerProvider()
	}
	if c.MeterProvider == nil {
		c.MeterProvider = metricnoop.NewMeterProvider()
	}
	if c.Propagator == nil {
		c.Propagator = propagation.TraceContext{}
	}
	return c
}

// wire are the credentials of connections that are not in memory.
func (c Config) wire() credentials.TransportCredentials {
	if c.TransportCredentials == nil {
		return insecure.NewCredentials()
	}
	return c.TransportCredentials
}
