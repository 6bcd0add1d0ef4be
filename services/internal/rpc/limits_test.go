package rpc_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/rpc"
)

// bubble runs a test of an internal server in virtual time. The connection calls as routing.
func bubble(t *testing.T, limits rpc.Limits, test func(t *testing.T, b *bundle, ctx context.Context, conn *grpc.ClientConn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newBundle(t, func(c *rpc.Config) {
			internal("routing")(c)
			c.Limits = limits
		})
		b.memory = rpc.NewMemory()
		b.serve(t, b.memory)
		test(t, b, auth.WithActor(t.Context(), auth.Service("routing")), dialAs(t, b.memory, "routing"))
	})
}

func getLead(ctx context.Context, conn *grpc.ClientConn) error {
	_, err := scoringv1.NewScoringServiceClient(conn).GetLead(ctx, &scoringv1.GetLeadRequest{Name: leadName})
	return err
}

func TestEveryCallEnds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		given, want time.Duration // given 0: none
	}{
		"no deadline":          {0, 10 * time.Second}, // the default
		"a usual deadline":     {5 * time.Second, 4980 * time.Millisecond},
		"an absurd deadline":   {10_000 * time.Hour, time.Minute},
		"just enough time":     {120 * time.Millisecond, 100 * time.Millisecond},
		"too little to begin":  {119 * time.Millisecond, 0},
		"less than a hop":      {10 * time.Millisecond, 0},
		"a minute and no more": {time.Minute + 20*time.Millisecond, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, rpc.Limits{}, func(t *testing.T, b *bundle, ctx context.Context, conn *grpc.ClientConn) {
				var got time.Duration
				b.scoring.getLead = func(ctx context.Context, _ *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
					deadline, _ := ctx.Deadline()
					got = time.Until(deadline)
					return &scoringv1.Lead{}, nil
				}
				if tc.given > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tc.given)
					defer cancel()
				}
				err := getLead(ctx, conn)
				if tc.want == 0 {
					if status.Code(err) != codes.DeadlineExceeded {
						t.Errorf("got %v", err)
					}
				} else if err != nil {
					t.Error(err)
				}
				if got > tc.want || got < tc.want-10*time.Millisecond { // gRPC rounds what it sends
					t.Errorf("the handler had %v, want %v", got, tc.want)
				}
			})
		})
	}
}

func TestACallWithoutDeadlineGetsOneFromTheServer(t *testing.T) {
	t.Parallel()
	b := newBundle(t, nil)
	var left time.Duration
	b.scoring.getLead = func(ctx context.Context, _ *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
		deadline, _ := ctx.Deadline()
		left = time.Until(deadline)
		return &scoringv1.Lead{}, nil
	}
	if err := getLead(b.as(t, accessv1.Role_ROLE_EXEC), b.connect(t)); err != nil {
		t.Fatal(err)
	}
	if left <= 0 || left > 10*time.Second {
		t.Errorf("the handler had %v, want at most 10 s", left)
	}
}

func TestACallWhoseRequestNeverComesEnds(t *testing.T) {
	t.Parallel()
	for _, method := range []string{
		"/grpc.health.v1.Health/Check", // needs no credentials
		"/handoff.scoring.v1.ScoringService/GetLead",
		"/handoff.scoring.v1.ScoringService/NoSuchMethod",
	} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			bubble(t, rpc.Limits{}, func(t *testing.T, _ *bundle, ctx context.Context, conn *grpc.ClientConn) {
				ctx, cancel := context.WithTimeout(ctx, time.Hour)
				defer cancel()
				for _, ctx := range []context.Context{ctx, context.WithoutCancel(ctx)} {
					began := time.Now()
					stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, method)
					if err != nil {
						t.Fatal(err)
					}
					if err := stream.RecvMsg(&scoringv1.Lead{}); err == nil {
						t.Error("it was answered")
					}
					if took := time.Since(began); took > time.Minute {
						t.Errorf("it took %v", took)
					}
				}
			})
		})
	}
}

func TestACallTooManyIsShedAtOnceAndToldWhenToComeBack(t *testing.T) {
	t.Parallel()
	limits := rpc.Limits{Running: 2, Waiting: 3}
	bubble(t, limits, func(t *testing.T, b *bundle, ctx context.Context, conn *grpc.ClientConn) {
		release := make(chan struct{})
		var running atomic.Int32
		b.scoring.scoreLead = func(context.Context, *scoringv1.ScoreLeadRequest) (*scoringv1.Score, error) {
			running.Add(1)
			<-release
			return &scoringv1.Score{}, nil
		}
		const callers = 20
		began := time.Now()
		var group sync.WaitGroup
		var shed atomic.Int32
		for range callers {
			group.Go(func() {
				_, err := scoringv1.NewScoringServiceClient(conn).ScoreLead(ctx, whatIf())
				if status.Code(err) != codes.ResourceExhausted {
					return
				}
				shed.Add(1)
				if after := time.Since(began); after >= 50*time.Millisecond {
					t.Errorf("shed after %v", after)
				}
				wantRetryInfo(t, err)
			})
		}
		synctest.Wait()
		if got := shed.Load(); got != callers-5 {
			t.Errorf("%d were shed at once, want all but the running and the waiting", got)
		}
		time.Sleep(50 * time.Millisecond)
		if got := shed.Load(); got != callers-2 {
			t.Errorf("%d were shed in the end, want all but the running", got)
		}
		close(release)
		group.Wait()
		if err := getLead(ctx, conn); err != nil || running.Load() != 2 {
			t.Errorf("afterwards got %v; %d had run", err, running.Load())
		}
	})
}

func wantRetryInfo(t *testing.T, err error) {
	t.Helper()
	wantStatus(t, err, codes.ResourceExhausted, "LIMIT_EXCEEDED")
	for _, d := range status.Convert(err).Details() {
		if hint, ok := d.(*errdetails.RetryInfo); ok && hint.GetRetryDelay().AsDuration() >= 250*time.Millisecond {
			return
		}
	}
	t.Errorf("%v does not say when to come back", err)
}

func TestAWaitingCallRunsWhenItsTurnComes(t *testing.T) {
	t.Parallel()
	bubble(t, rpc.Limits{Running: 1}, func(t *testing.T, b *bundle, ctx context.Context, conn *grpc.ClientConn) {
		b.scoring.getLead = func(context.Context, *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
			time.Sleep(10 * time.Millisecond)
			return &scoringv1.Lead{}, nil
		}
		var group sync.WaitGroup
		for range 3 { // the last waits for 20 ms
			group.Go(func() {
				if err := getLead(ctx, conn); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	})
}

func TestHealthAnswersUnderOverload(t *testing.T) {
	t.Parallel()
	bubble(t, rpc.Limits{Running: 1, Watching: 1}, func(t *testing.T, b *bundle, ctx context.Context, conn *grpc.ClientConn) {
		release := make(chan struct{})
		b.scoring.getLead = func(context.Context, *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
			<-release
			return &scoringv1.Lead{}, nil
		}
		var group sync.WaitGroup
		group.Go(func() { _ = getLead(ctx, conn) })
		synctest.Wait()
		if _, err := grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{}); err != nil {
			t.Error(err)
		}
		close(release)
		group.Wait()
	})
}

func TestHeadersHaveALimit(t *testing.T) {
	t.Parallel()
	b := newBundle(t, nil)
	ctx := metadata.AppendToOutgoingContext(b.as(t, accessv1.Role_ROLE_EXEC), "x-large", strings.Repeat("x", 9<<10))
	if err := getLead(ctx, b.connect(t)); err == nil {
		t.Error("9 KiB of headers were accepted")
	}
}
