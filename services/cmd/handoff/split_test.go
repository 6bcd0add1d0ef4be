package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/handoffhq/handoff/services/internal/apisuite"
	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/auth/devca"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// split is a suite of processes: one a service, and the gateway.
type split struct {
	data     []string // the flags that say where they are
	certs    string
	public   map[string]string
	internal map[string]string
	gateway  string
	conns    map[string]*grpc.ClientConn
}

// startSplit starts a suite of processes and waits until it serves. They share the directory of the local key.
func startSplit(t *testing.T, data []string) *apisuite.Suite {
	t.Helper()
	s := &split{data: data, certs: t.TempDir(), public: map[string]string{}, internal: map[string]string{}, gateway: freeAddress(t),
		conns: map[string]*grpc.ClientConn{}}
	if err := devca.Write(s.certs, time.Hour, append(eventlog.Services(), app.Gateway)...); err != nil {
		t.Fatal(err)
	}
	for _, service := range eventlog.Services() {
		s.public[service], s.internal[service] = freeAddress(t), freeAddress(t)
	}
	for _, service := range eventlog.Services() {
		s.start(t, service, "--grpc="+s.public[service], "--http=-", "--internal="+s.internal[service], "--peers="+others(s.internal, service))
		s.connect(t, service)
	}
	s.start(t, app.Gateway, "--grpc=-", "--http="+s.gateway, "--public-peers="+others(s.public, ""))
	s.await(t)
	key, err := auth.LoadOrCreateKey(filepath.Join(data[1], "local-key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	return &apisuite.Suite{Key: key, URL: "http://" + s.gateway, Now: time.Now,
		Conn: func(service string) grpc.ClientConnInterface { return s.conns[service] }}
}

// others are addresses as a flag, without one's own.
func others(addresses map[string]string, own string) string {
	var pairs []string
	for service, address := range addresses {
		if service != own {
			pairs = append(pairs, service+"="+address)
		}
	}
	return strings.Join(pairs, ",")
}

// start starts a process, which is told to stop at the end of the test and must do so in order.
func (s *split) start(t *testing.T, part string, flags ...string) {
	t.Helper()
	files := devca.Files(s.certs, part)
	args := append([]string{"serve", "--only=" + part, "--log=error", "--tls-ca=" + files.CA, "--tls-cert=" + files.Cert, "--tls-key=" + files.Key}, flags...)
	cmd := exec.Command(os.Args[0], append(args, s.data...)...)
	cmd.Env = append(os.Environ(), asCommand+"="+onALeash)
	cmd.Stdout, cmd.Stderr = io.Discard, os.Stderr
	leash, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Errorf("stop %s: %v", part, err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: %v", part, err)
		}
		_ = leash.Close() // closed by Wait
	})
}

func (s *split) connect(t *testing.T, service string) {
	t.Helper()
	conn, err := grpc.NewClient(s.public[service], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	s.conns[service] = conn
}

// await waits until the gateway says that every service serves.
func (s *split) await(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	for ctx.Err() == nil {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.gateway+"/readyz", nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(pollEvery) // other processes start: there is no event to wait for
	}
	t.Fatal("the suite is not ready")
}

const (
	startLimit = 10 * time.Minute // ends a wait for what will never come; the machine may have much else to do
	pollEvery  = 20 * time.Millisecond
)

// freeAddress finds a port that nobody listens on. It lies below those that systems give to outgoing connections, one of
// which could take it before it is used.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 15000+rand.IntN(15000)))
		if err == nil {
			defer listener.Close()
			return listener.Addr().String()
		}
	}
	t.Fatal("no free port")
	return ""
}

// The stories that hold on any clock hold where each service is a process of its own and the events travel between them.
func TestTheStoriesHoldWhereEachServiceIsAProcess(t *testing.T) {
	t.Parallel()
	scenarios, err := apisuite.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			suite := startSplit(t, database(t))
			for _, transport := range apisuite.Transports() {
				t.Run(string(transport), func(t *testing.T) { suite.Tell(t, transport, string(transport), scenarios) })
			}
		})
	}
}
