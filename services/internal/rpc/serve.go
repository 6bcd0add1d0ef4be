package rpc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"golang.org/x/net/netutil"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/handoffhq/handoff/services/internal/auth"
)

// SetServing says whether a service is well, such as `handoff.routing.v1.RoutingService`; "" is the whole process.
func (s *Server) SetServing(service string, well bool) {
	state := grpc_health_v1.HealthCheckResponse_NOT_SERVING
	if well {
		state = grpc_health_v1.HealthCheckResponse_SERVING
	}
	s.health.SetServingStatus(service, state)
}

// Serve serves the listeners until ctx ends or one of them fails, then drains: no new calls, watches end, running calls may
// finish within [Limits.Drain]. It closes the listeners. It gives an error at once when a method has no roles, or when an
// internal server would be reachable without knowing its peers. A server serves once.
func (s *Server) Serve(ctx context.Context, listeners ...net.Listener) error {
	if err := s.ready(listeners); err != nil {
		return err
	}
	for service := range s.grpc.GetServiceInfo() {
		s.SetServing(service, true)
	}
	s.SetServing("", true)
	ended := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { ended <- s.listen(l) }()
	}
	var failure error
	running := len(listeners)
	select {
	case <-ctx.Done():
	case failure = <-ended:
		running--
	}
	if !s.stop() {
		s.cfg.Logger.WarnContext(ctx, "calls were cut off by the stop", "server", s.cfg.Name)
		running = 0
	}
	for range running {
		failure = errors.Join(failure, <-ended)
	}
	if failure != nil {
		return fmt.Errorf("rpc: serve %s: %w", s.cfg.Name, failure)
	}
	return nil
}

// listen serves one listener; that the server was stopped before it could begin is no failure.
func (s *Server) listen(l net.Listener) error {
	if err := s.grpc.Serve(s.bounded(l)); !errors.Is(err, grpc.ErrServerStopped) {
		return err
	}
	return nil
}

func (s *Server) ready(listeners []net.Listener) error {
	if len(s.uncovered) > 0 {
		return fmt.Errorf("rpc: serve %s: %w: %s", s.cfg.Name, auth.ErrNoRoles, strings.Join(s.uncovered, ", "))
	}
	for _, l := range listeners {
		if _, ok := l.(*Memory); !ok && s.cfg.Door == Internal && s.cfg.TransportCredentials == nil {
			return fmt.Errorf("rpc: serve %s: an internal server needs credentials to listen on %s", s.cfg.Name, l.Addr())
		}
	}
	return nil
}

// bounded limits the connections of a listener on a network.
func (s *Server) bounded(l net.Listener) net.Listener {
	if _, ok := l.(*Memory); ok {
		return l
	}
	return netutil.LimitListener(l, s.cfg.Limits.Connections)
}

// cutOffPart is the part of the time for a stop in which calls that were cut off may notice it: the last second of fifteen.
const cutOffPart = 15

// stop drains the server and says whether every handler has returned. Watches, such as that of a health checker, are ended
// first: they would keep it for the whole time. A handler that heeds nothing is left behind.
func (s *Server) stop() bool {
	limit := s.cfg.Limits.Drain
	s.health.Shutdown()
	s.drain()
	done := make(chan struct{})
	go func() {
		s.grpc.GracefulStop()
		close(done)
	}()
	select {
	case <-done:
		return true
	case <-time.After(limit - limit/cutOffPart):
	}
	go s.grpc.Stop() // may wait for the handlers, as GracefulStop does
	select {
	case <-done:
		return true
	case <-time.After(limit / cutOffPart):
		return false
	}
}
