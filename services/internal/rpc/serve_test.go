package rpc_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/rpc"
)

// stopTime stops the server and says how long that took, in virtual time.
func (b *bundle) stopTime(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	b.stop()
	if err := <-b.stopped; err != nil {
		t.Error(err)
	}
	return time.Since(began)
}

func TestAWatchDoesNotHoldUpAStop(t *testing.T) {
	t.Parallel()
	bubble(t, rpc.Limits{}, func(t *testing.T, b *bundle, ctx context.Context, conn *grpc.ClientConn) {
		b.journey.watch = func(_ *journeyv1.WatchEventsRequest, s grpc.ServerStreamingServer[journeyv1.WatchEventsResponse]) error {
			<-s.Context().Done()
			return s.Context().Err()
		}
		health, err := grpc_health_v1.NewHealthClient(conn).Watch(ctx, &grpc_health_v1.HealthCheckRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if state, err := health.Recv(); err != nil || state.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
			t.Fatalf("got health %v, %v", state, err)
		}
		events, err := journeyv1.NewJourneyServiceClient(conn).WatchEvents(ctx, &journeyv1.WatchEventsRequest{})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := b.stopTime(t); got > time.Second {
			t.Errorf("the stop took %v", got)
		}
		if _, err := events.Recv(); status.Code(err) != codes.Unavailable {
			t.Errorf("the watch ended with %v, want a reason to come back", err)
		}
	})
}

func TestARunningCallMayFinish(t *testing.T) {
	t.Parallel()
	bubble(t, rpc.Limits{}, func(t *testing.T, b *bundle, ctx context.Context, conn *grpc.ClientConn) {
		b.scoring.scoreLead = func(context.Context, *scoringv1.ScoreLeadRequest) (*scoringv1.Score, error) {
			time.Sleep(8 * time.Second)
			return &scoringv1.Score{Sentence: "done"}, nil
		}
		answer := make(chan error, 1)
		go func() {
			_, err := scoringv1.NewScoringServiceClient(conn).ScoreLead(ctx, whatIf())
			answer <- err
		}()
		synctest.Wait()
		if got := b.stopTime(t); got != 8*time.Second {
			t.Errorf("the stop took %v, want the 8 s of the call", got)
		}
		if err := <-answer; err != nil {
			t.Error(err)
		}
	})
}

func TestALateCallIsCutOffWithinTheTimeOfAStop(t *testing.T) {
	t.Parallel()
	bubble(t, rpc.Limits{}, func(t *testing.T, b *bundle, ctx context.Context, conn *grpc.ClientConn) {
		b.scoring.scoreLead = func(ctx context.Context, _ *scoringv1.ScoreLeadRequest) (*scoringv1.Score, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		go func() { _, _ = scoringv1.NewScoringServiceClient(conn).ScoreLead(ctx, whatIf()) }()
		synctest.Wait()
		if got := b.stopTime(t); got != 14*time.Second {
			t.Errorf("the stop took %v, want the 14 s that a call has", got)
		}
	})
}

// This one runs in real time: gRPC waits for the handler with a mutex held, and virtual time stands still meanwhile.
func TestAHandlerThatHeedsNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	b := newBundle(t, func(c *rpc.Config) {
		internal("routing")(c)
		c.Limits.Drain = 30 * time.Millisecond
	})
	running, release := make(chan struct{}), make(chan struct{})
	b.scoring.scoreLead = func(context.Context, *scoringv1.ScoreLeadRequest) (*scoringv1.Score, error) {
		close(running)
		<-release
		return &scoringv1.Score{}, nil
	}
	memory := rpc.NewMemory()
	b.serve(t, memory)
	conn, ctx := dialAs(t, memory, "routing"), auth.WithActor(t.Context(), auth.Service("routing"))
	go func() { _, _ = scoringv1.NewScoringServiceClient(conn).ScoreLead(ctx, whatIf()) }()
	<-running
	b.stop()
	if err := <-b.stopped; err != nil { // comes while the handler still runs
		t.Error(err)
	}
	close(release)
	if log := b.log.String(); !strings.Contains(log, "calls were cut off") {
		t.Errorf("the log does not say so: %s", log)
	}
}

func TestHealthSaysWhatAServiceSays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBundle(t, internal("routing"))
		server, err := rpc.NewServer(b.cfg)
		if err != nil {
			t.Fatal(err)
		}
		scoringv1.RegisterScoringServiceServer(server, b.scoring)
		ctx, cancel := context.WithCancel(t.Context())
		memory, stopped := rpc.NewMemory(), make(chan error, 1)
		go func() { stopped <- server.Serve(ctx, memory) }()
		synctest.Wait()
		health := grpc_health_v1.NewHealthClient(dialAs(t, memory, "routing"))
		const service = "handoff.scoring.v1.ScoringService"
		for _, well := range []bool{true, false, true} {
			server.SetServing(service, well)
			answer, err := health.Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: service})
			if got := answer.GetStatus() == grpc_health_v1.HealthCheckResponse_SERVING; err != nil || got != well {
				t.Errorf("got %v, %v, want serving %v", answer, err, well)
			}
		}
		cancel()
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
}

func TestAListenerThatFailsEndsTheServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBundle(t, internal("routing"))
		broken, fine := rpc.NewMemory(), rpc.NewMemory()
		if err := broken.Close(); err != nil {
			t.Fatal(err)
		}
		b.serve(t, broken, fine)
		if err := <-b.stopped; err == nil {
			t.Error("the failure is not told")
		}
	})
}
