package rpc_test

import (
	"context"
	"testing"
	"testing/synctest"

	"google.golang.org/grpc"

	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/rpc"
)

func TestStreamsAreCountedApart(t *testing.T) {
	t.Parallel()
	bubble(t, rpc.Limits{Running: 1, Watching: 1}, func(t *testing.T, b *bundle, ctx context.Context, conn *grpc.ClientConn) {
		b.journey.watch = func(_ *journeyv1.WatchEventsRequest, s grpc.ServerStreamingServer[journeyv1.WatchEventsResponse]) error {
			<-s.Context().Done()
			return s.Context().Err()
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		watch := func() grpc.ServerStreamingClient[journeyv1.WatchEventsResponse] {
			stream, err := journeyv1.NewJourneyServiceClient(conn).WatchEvents(ctx, &journeyv1.WatchEventsRequest{})
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			return stream
		}
		watch()
		_, err := watch().Recv()
		wantRetryInfo(t, err)
		if err := getLead(ctx, conn); err != nil {
			t.Errorf("a unary call beside a watch: %v", err)
		}
	})
}

// watching opens a feed of events, which ends with the context, and says how the server took it.
func watching(t *testing.T, ctx context.Context, conn grpc.ClientConnInterface) (opened bool, refusal error) {
	t.Helper()
	stream, err := journeyv1.NewJourneyServiceClient(conn).WatchEvents(ctx, &journeyv1.WatchEventsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	answer := make(chan error, 1)
	go func() {
		_, err := stream.Recv()
		answer <- err
	}()
	synctest.Wait()
	select {
	case err := <-answer:
		return false, err
	default:
		return true, nil
	}
}

func listening(_ *journeyv1.WatchEventsRequest, s grpc.ServerStreamingServer[journeyv1.WatchEventsResponse]) error {
	<-s.Context().Done()
	return s.Context().Err()
}

func TestNobodyTakesAllStreams(t *testing.T) {
	t.Parallel()
	bubble(t, rpc.Limits{WatchingEach: 2}, func(t *testing.T, b *bundle, ctx context.Context, conn *grpc.ClientConn) {
		b.journey.watch = listening
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		first, leave := context.WithCancel(ctx)
		for _, mine := range []context.Context{first, ctx} {
			if opened, err := watching(t, mine, conn); !opened {
				t.Fatal(err)
			}
		}
		_, err := watching(t, ctx, conn)
		wantRetryInfo(t, err)
		if opened, err := watching(t, auth.WithActor(ctx, auth.Service("sla")), conn); !opened {
			t.Errorf("another caller: got %v", err)
		}
		leave()
		synctest.Wait()
		if opened, err := watching(t, ctx, conn); !opened {
			t.Errorf("after one of them has ended: got %v", err)
		}
	})
}

func TestStreamsOnALaneOfTheirOwnKeepNoCallWaiting(t *testing.T) {
	t.Parallel()
	bubble(t, rpc.Limits{ConcurrentStreams: 2}, func(t *testing.T, b *bundle, ctx context.Context, conn *grpc.ClientConn) {
		b.journey.watch = listening
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		lanes := rpc.Lanes{Calls: dialAs(t, b.memory, "routing"), Streams: conn}
		for range 2 {
			if opened, err := watching(t, ctx, lanes); !opened {
				t.Fatal(err)
			}
		}
		if _, err := scoringv1.NewScoringServiceClient(lanes).GetLead(ctx, &scoringv1.GetLeadRequest{Name: leadName}); err != nil {
			t.Error(err)
		}
	})
}
