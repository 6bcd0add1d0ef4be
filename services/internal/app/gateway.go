package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/handoffhq/handoff/gateway"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/rpc"
)

// gatewayHandler makes the REST gateway of this process.
func (a *App) gatewayHandler(ctx context.Context) (http.Handler, error) {
	conns := map[string]grpc.ClientConnInterface{}
	for _, service := range eventlog.Services() {
		calls, err := a.board.publicConn(service)
		if err != nil {
			return nil, err
		}
		streams, err := a.board.publicConn(service)
		if err != nil {
			return nil, err
		}
		conns[service] = rpc.Lanes{Calls: calls, Streams: streams}
	}
	cfg := gateway.Config{
		Playbook: conns[eventlog.Playbook], Scoring: conns[eventlog.Scoring], Routing: conns[eventlog.Routing],
		SLA: conns[eventlog.SLA], Feedback: conns[eventlog.Feedback], Attribution: conns[eventlog.Attribution],
		Journey: conns[eventlog.Journey],
		Authenticate: func(r *http.Request) error {
			_, err := a.verifier.Authenticate(r.Context(), r.Header.Values("Authorization"))
			if err == nil {
				return nil
			}
			st, _ := fault.Status(err)
			return st.Err()
		},
		Ready:          func(ctx context.Context) error { return ready(ctx, conns) },
		TracerProvider: a.telemetry.TracerProvider, MeterProvider: a.telemetry.MeterProvider, Propagator: a.telemetry.Propagator,
	}
	if a.rehearsal != nil {
		cfg.TestClock = conns[eventlog.Playbook] // any connection to this process's public door
	}
	return gateway.New(ctx, cfg)
}

// ready asks every service whether it serves.
func ready(ctx context.Context, conns map[string]grpc.ClientConnInterface) error {
	var problems []error
	for service, conn := range conns {
		resp, err := grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
		if err == nil && resp.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
			err = errors.New("is not serving")
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", service, err))
		}
	}
	return errors.Join(problems...)
}
