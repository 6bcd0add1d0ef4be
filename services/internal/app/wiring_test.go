package app

import (
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/auth/devca"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// publicDoor listens with a service's public certificate, as a process of a split suite does, and gives its address.
func publicDoor(t *testing.T, certificate auth.Certificate) string {
	t.Helper()
	credentials, err := auth.Certificate{Cert: certificate.Cert, Key: certificate.Key}.Server()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.Creds(credentials))
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	go func() { _ = server.Serve(listener) }() // ends with Stop
	t.Cleanup(server.Stop)
	return listener.Addr().String()
}

func TestTheGatewayFindsAServiceBehindTLSAndNobodyElseInItsPlace(t *testing.T) {
	t.Parallel()
	dir, strangers := t.TempDir(), t.TempDir()
	for _, d := range []string{dir, strangers} {
		if err := devca.Write(d, time.Hour, eventlog.Scoring, eventlog.SLA, Gateway); err != nil {
			t.Fatal(err)
		}
	}
	own := devca.Files(dir, Gateway)
	board := &switchboard{cfg: Config{Only: []string{Gateway}, Certificate: own,
		PublicCertificate: auth.Certificate{Cert: own.Cert, Key: own.Key}}}
	for name, door := range map[string]struct {
		certificate auth.Certificate
		found       bool
	}{
		"the service":            {devca.Files(dir, eventlog.Scoring), true},
		"another service":        {devca.Files(dir, eventlog.SLA), false},
		"a stranger of the name": {devca.Files(strangers, eventlog.Scoring), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			credentials, err := board.publicCredentials(eventlog.Scoring)
			if err != nil {
				t.Fatal(err)
			}
			conn, err := grpc.NewClient(publicDoor(t, door.certificate), grpc.WithTransportCredentials(credentials))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			_, err = grpc_health_v1.NewHealthClient(conn).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
			if (err == nil) != door.found {
				t.Errorf("got %v, want found %v", err, door.found)
			}
		})
	}
}
