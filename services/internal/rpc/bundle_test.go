package rpc_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/reflect/protoreflect"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/rpc"
	"github.com/handoffhq/handoff/services/internal/telemetry"
)

const leadName = "leads/0192f0c1a2b37c4d8e5f60718293a4b5"

// scoring is a service whose methods do what a test wants.
type scoring struct {
	scoringv1.UnimplementedScoringServiceServer
	getLead   func(context.Context, *scoringv1.GetLeadRequest) (*scoringv1.Lead, error)
	scoreLead func(context.Context, *scoringv1.ScoreLeadRequest) (*scoringv1.Score, error)
}

func (s *scoring) GetLead(ctx context.Context, r *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
	if s.getLead == nil {
		return &scoringv1.Lead{Name: r.GetName()}, nil
	}
	return s.getLead(ctx, r)
}

func (s *scoring) ScoreLead(ctx context.Context, r *scoringv1.ScoreLeadRequest) (*scoringv1.Score, error) {
	if s.scoreLead == nil {
		return &scoringv1.Score{}, nil
	}
	return s.scoreLead(ctx, r)
}

// journey is a service with a stream.
type journey struct {
	journeyv1.UnimplementedJourneyServiceServer
	watch func(*journeyv1.WatchEventsRequest, grpc.ServerStreamingServer[journeyv1.WatchEventsResponse]) error
}

func (j *journey) WatchEvents(r *journeyv1.WatchEventsRequest, s grpc.ServerStreamingServer[journeyv1.WatchEventsResponse]) error {
	return j.watch(r, s)
}

func scoringDescriptor() protoreflect.ServiceDescriptor {
	return scoringv1.File_handoff_scoring_v1_scoring_service_proto.Services().Get(0)
}

// logBook is what a server wrote.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// bundle is a server under test.
type bundle struct {
	scoring *scoring
	journey *journey
	key     *auth.Key
	log     *logBook
	cfg     rpc.Config
	memory  *rpc.Memory // in a bubble
	stop    context.CancelFunc
	stopped chan error
}

func policy(t testing.TB) auth.Policy {
	t.Helper()
	p, err := auth.Methods(scoringDescriptor(), journeyv1.File_handoff_journey_v1_journey_service_proto.Services().Get(0))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// newBundle makes a public server, or what change makes of it.
func newBundle(t testing.TB, change func(*rpc.Config)) *bundle {
	t.Helper()
	key, err := auth.LoadOrCreateKey(filepath.Join(t.TempDir(), "local.key"))
	if err != nil {
		t.Fatal(err)
	}
	log := &logBook{}
	tel, err := telemetry.Setup(telemetry.Config{Service: "test", LogWriter: log, LogLevel: slog.LevelDebug})
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := auth.NewVerifier(t.Context(), auth.VerifierConfig{Key: key, Logger: tel.Logger})
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{scoring: &scoring{}, journey: &journey{}, key: key, log: log, cfg: rpc.Config{
		Name: "public", Verifier: verifier, Policy: policy(t), Logger: tel.Logger,
		TracerProvider: tel.TracerProvider, MeterProvider: tel.MeterProvider, Propagator: tel.Propagator,
	}}
	if change != nil {
		change(&b.cfg)
	}
	return b
}

// serve runs the server until the test ends.
func (b *bundle) serve(t testing.TB, listeners ...net.Listener) {
	t.Helper()
	server, err := rpc.NewServer(b.cfg)
	if err != nil {
		t.Fatal(err)
	}
	scoringv1.RegisterScoringServiceServer(server, b.scoring)
	journeyv1.RegisterJourneyServiceServer(server, b.journey)
	ctx, cancel := context.WithCancel(context.Background())
	b.stop, b.stopped = cancel, make(chan error, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.stopped <- server.Serve(ctx, listeners...)
	}()
	t.Cleanup(func() { cancel(); <-done })
}

// connect serves on a loopback port and gives a connection that adds nothing to what a test sends.
func (b *bundle) connect(t testing.TB, options ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.serve(t, listener)
	conn, err := grpc.NewClient(listener.Addr().String(), append(options, grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeQuietly(conn) })
	return conn
}

func closeQuietly(c io.Closer) { _ = c.Close() }

// token is a bearer token of a person with the roles.
func (b *bundle) token(t testing.TB, roles ...accessv1.Role) string {
	t.Helper()
	token, err := b.key.Mint(auth.Grant{Subject: "ann", Roles: roles, TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// as gives a context in which calls are made with the roles.
func (b *bundle) as(t testing.TB, roles ...accessv1.Role) context.Context {
	t.Helper()
	return metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+b.token(t, roles...))
}

func descriptors() []protoreflect.ServiceDescriptor {
	return []protoreflect.ServiceDescriptor{scoringDescriptor(), journeyv1.File_handoff_journey_v1_journey_service_proto.Services().Get(0)}
}

// silent puts no trace into a call.
type silent struct{ propagation.TraceContext }

func (silent) Inject(context.Context, propagation.TextMapCarrier) {}
