package rpc_test

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/auth/devca"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/rpc"
)

func unavailable() error {
	return fault.New(fault.Unavailable, errorsv1.ErrorReason_ERROR_REASON_UNAVAILABLE, "the database is away")
}

func TestReadsAloneAreTriedAgain(t *testing.T) {
	t.Parallel()
	bubble(t, rpc.Limits{}, func(t *testing.T, b *bundle, ctx context.Context, conn *grpc.ClientConn) {
		reads, others := 0, 0
		b.scoring.getLead = func(context.Context, *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
			if reads++; reads < 3 {
				return nil, unavailable()
			}
			return &scoringv1.Lead{}, nil
		}
		b.scoring.scoreLead = func(context.Context, *scoringv1.ScoreLeadRequest) (*scoringv1.Score, error) {
			others++
			return nil, unavailable()
		}
		if err := getLead(ctx, conn); err != nil || reads != 3 {
			t.Errorf("the read: got %v after %d tries", err, reads)
		}
		if _, err := scoringv1.NewScoringServiceClient(conn).ScoreLead(ctx, whatIf()); err == nil || others != 1 {
			t.Errorf("the other call: got %v after %d tries", err, others)
		}
	})
}

func TestRetriesStopWhileMostCallsFail(t *testing.T) {
	t.Parallel()
	bubble(t, rpc.Limits{}, func(t *testing.T, b *bundle, ctx context.Context, conn *grpc.ClientConn) {
		tries := 0
		b.scoring.getLead = func(context.Context, *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
			tries++
			return nil, unavailable()
		}
		const calls = 50
		for range calls {
			_ = getLead(ctx, conn)
		}
		if tries > calls+10 {
			t.Errorf("%d calls made %d tries", calls, tries)
		}
	})
}

func TestThePeersErrorIsAFaultOfOurs(t *testing.T) {
	t.Parallel()
	bubble(t, rpc.Limits{}, func(t *testing.T, b *bundle, ctx context.Context, conn *grpc.ClientConn) {
		b.scoring.getLead = func(_ context.Context, r *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
			return nil, fault.Missing(r.GetName())
		}
		b.journey.watch = func(*journeyv1.WatchEventsRequest, grpc.ServerStreamingServer[journeyv1.WatchEventsResponse]) error {
			return fault.Refused("events", "CLOSED", "no more")
		}
		if f := fault.As(getLead(ctx, conn)); f == nil || f.Kind != fault.NotFound || f.Metadata["resource"] != leadName {
			t.Errorf("got %v", f)
		}
		_, err := scoringv1.NewScoringServiceClient(conn).GetLead(ctx, &scoringv1.GetLeadRequest{Name: "nonsense"})
		if f := fault.As(err); f == nil || f.Kind != fault.Internal {
			t.Errorf("a request that the peer calls invalid: got %v, want our mistake", err)
		}
		stream, err := journeyv1.NewJourneyServiceClient(conn).WatchEvents(ctx, &journeyv1.WatchEventsRequest{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = stream.Recv()
		if f := fault.As(err); f == nil || f.Kind != fault.Conflict || f.Metadata["state"] != "CLOSED" {
			t.Errorf("got %v from a stream", err)
		}
	})
}

func TestAnErrorIsHandedOnAsItCame(t *testing.T) {
	t.Parallel()
	b := newBundle(t, internal("gateway"))
	b.scoring.getLead = func(context.Context, *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
		return nil, fault.Field("lead", "is wrong")
	}
	memory := rpc.NewMemory()
	b.serve(t, memory)
	conn, err := rpc.DialInMemory(memory, rpc.ClientConfig{Name: "gateway", HandOn: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeQuietly(conn) })
	st := status.Convert(getLead(auth.WithActor(t.Context(), auth.Service("gateway")), conn))
	if st.Code() != codes.InvalidArgument || st.Message() != "lead: is wrong" || len(st.Details()) != 2 {
		t.Errorf("got %v with %d details, want what the service said", st, len(st.Details()))
	}
}

func TestAPeerThatIsNotThereIsUnavailable(t *testing.T) {
	t.Parallel()
	memory := rpc.NewMemory()
	if err := memory.Close(); err != nil {
		t.Fatal(err)
	}
	err := getLead(auth.WithActor(t.Context(), auth.Service("routing")), dialAs(t, memory, "routing"))
	if f := fault.As(err); f == nil || f.Kind != fault.Unavailable {
		t.Errorf("got %v", err)
	}
}

func TestServicesInSeparateProcessesKnowEachOther(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "certs")
	if err := devca.Write(dir, time.Hour, "scoring", "routing", "sla"); err != nil {
		t.Fatal(err)
	}
	own, err := devca.Files(dir, "scoring").Server()
	if err != nil {
		t.Fatal(err)
	}
	b := newBundle(t, func(c *rpc.Config) {
		internal("routing")(c)
		c.TransportCredentials = own
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	memory := rpc.NewMemory()
	b.serve(t, listener, memory)
	for caller, want := range map[string]codes.Code{"routing": codes.OK, "sla": codes.Unauthenticated} {
		proof, err := devca.Files(dir, caller).Client("scoring")
		if err != nil {
			t.Fatal(err)
		}
		conn, err := rpc.Dial(rpc.ClientConfig{Address: listener.Addr().String(), TransportCredentials: proof})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { closeQuietly(conn) })
		ctx := auth.WithActor(t.Context(), auth.Service(caller))
		if err := getLead(ctx, conn); status.Code(err) != want {
			t.Errorf("%s over the network: got %v, want %v", caller, err, want)
		}
		if err := getLead(ctx, dialAs(t, memory, caller)); status.Code(err) != want {
			t.Errorf("%s in memory: got %v, want %v", caller, err, want)
		}
	}
}

func TestAConnectionNeedsAnAddressAndAProof(t *testing.T) {
	t.Parallel()
	for _, dial := range []func() (*grpc.ClientConn, error){
		func() (*grpc.ClientConn, error) { return rpc.Dial(rpc.ClientConfig{Name: "routing"}) },
		func() (*grpc.ClientConn, error) {
			return rpc.Dial(rpc.ClientConfig{Name: "routing", Address: "dns:///scoring:7443"})
		},
		func() (*grpc.ClientConn, error) { return rpc.DialInMemory(rpc.NewMemory(), rpc.ClientConfig{}) },
	} {
		if conn, err := dial(); err == nil {
			closeQuietly(conn)
			t.Error("it was made")
		}
	}
}
