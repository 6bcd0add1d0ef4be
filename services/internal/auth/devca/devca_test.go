package devca_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/auth/devca"
)

// asks is a health service that notes who asks.
type asks struct {
	*health.Server
	peers chan string
}

func (a *asks) Check(ctx context.Context, r *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	name, _ := auth.PeerFrom(ctx)
	a.peers <- name
	return a.Server.Check(ctx, r)
}

func serve(t *testing.T, creds credentials.TransportCredentials) (string, chan string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	service := &asks{health.NewServer(), make(chan string, 1)}
	server := grpc.NewServer(grpc.Creds(creds))
	grpc_health_v1.RegisterHealthServer(server, service)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return listener.Addr().String(), service.peers
}

func check(t *testing.T, address string, creds credentials.TransportCredentials) error {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(creds))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, err = grpc_health_v1.NewHealthClient(conn).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
	return err
}

func write(t *testing.T, services ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "certs")
	if err := devca.Write(dir, time.Hour, services...); err != nil {
		t.Fatal(err)
	}
	return dir
}

func server(t *testing.T, files auth.Certificate) credentials.TransportCredentials {
	t.Helper()
	creds, err := files.Server()
	if err != nil {
		t.Fatal(err)
	}
	return creds
}

func client(t *testing.T, files auth.Certificate, service string) credentials.TransportCredentials {
	t.Helper()
	creds, err := files.Client(service)
	if err != nil {
		t.Fatal(err)
	}
	return creds
}

// anonymous trusts the server and proves nothing.
func anonymous(t *testing.T, files auth.Certificate, service string) credentials.TransportCredentials {
	t.Helper()
	text, err := os.ReadFile(files.CA)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS13, RootCAs: pool, ServerName: service})
}

func TestServicesKnowEachOtherByTheirCertificates(t *testing.T) {
	t.Parallel()
	dir := write(t, "scoring", "routing")
	address, peers := serve(t, server(t, devca.Files(dir, "scoring")))
	if err := check(t, address, client(t, devca.Files(dir, "routing"), "scoring")); err != nil {
		t.Fatal(err)
	}
	if got := <-peers; got != "routing" {
		t.Errorf("the server was called by %q, want routing", got)
	}
}

func TestWhoeverCannotProveTheirNameIsTurnedAway(t *testing.T) {
	t.Parallel()
	dir, other := write(t, "scoring", "routing"), write(t, "scoring", "routing")
	address, _ := serve(t, server(t, devca.Files(dir, "scoring")))
	routing := devca.Files(dir, "routing")
	stranger := routing
	stranger.Cert, stranger.Key = devca.Files(other, "routing").Cert, devca.Files(other, "routing").Key
	for name, creds := range map[string]credentials.TransportCredentials{
		"a caller of another authority":        client(t, stranger, "scoring"),
		"a caller in plain text":               insecure.NewCredentials(),
		"a caller without a certificate":       anonymous(t, routing, "scoring"),
		"a caller who wants another service":   client(t, routing, "sla"),
		"a caller that trusts other servers":   client(t, devca.Files(other, "routing"), "scoring"),
		"a caller who looks for another place": client(t, routing, "scoring.example.com"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := check(t, address, creds); err == nil {
				t.Error("the call went through")
			}
		})
	}
}

func TestARenewedCertificateCountsWithoutARestart(t *testing.T) {
	t.Parallel()
	dir := write(t, "scoring", "routing")
	address, peers := serve(t, server(t, devca.Files(dir, "scoring")))
	if err := os.Remove(devca.Files(dir, "scoring").Cert); err != nil {
		t.Fatal(err)
	}
	creds := client(t, devca.Files(dir, "routing"), "scoring")
	if err := check(t, address, creds); err == nil {
		t.Fatal("the server still used the certificate that was taken away")
	}
	fresh := write(t, "scoring", "routing")
	for _, file := range []string{"scoring.pem", "scoring.key"} {
		text, err := os.ReadFile(filepath.Join(fresh, file))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files := devca.Files(dir, "routing")
	files.CA = devca.Files(fresh, "routing").CA
	if err := check(t, address, client(t, files, "scoring")); err != nil {
		t.Fatal(err)
	}
	<-peers
}

func TestKeysAreForTheirOwnerAlone(t *testing.T) {
	t.Parallel()
	dir := write(t, "scoring")
	if err := os.Chmod(devca.Files(dir, "scoring").Key, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := devca.Write(dir, time.Hour, "scoring"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(devca.Files(dir, "scoring").Key)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("got mode %#o, want 0600", got)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) != 3 {
		t.Errorf("got %v (%v), want ca.pem, scoring.pem and scoring.key: the authority's key must not be kept", names, err)
	}
}

func TestANameThatNoServiceHasIsRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "../evil", "Scoring", "a b"} {
		if err := devca.Write(t.TempDir(), time.Hour, name); err == nil {
			t.Errorf("%q is accepted", name)
		}
	}
}
