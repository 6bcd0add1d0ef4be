package rpc_test

import (
	"context"
	"net"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// whatIf is a usual request of about a kilobyte.
func whatIf() *scoringv1.ScoreLeadRequest {
	request := &scoringv1.ScoreLeadRequest{
		Lead: &scoringv1.Lead{
			Source: "website", SourceId: "form-4711", Email: "ann@example.com", GivenName: "Ann", FamilyName: "Miller",
			Title: "VP Sales", Company: "Example Ltd", Country: "GB", Attributes: map[string]string{"size": "200", "stack": "go"},
			OccurTime: timestamppb.New(time.Unix(1_790_000_000, 0)),
		},
	}
	for range 3 {
		request.Engagements = append(request.Engagements, &scoringv1.Engagement{
			Source: "website", SourceEventId: "evt-0001", Type: "page_view", Page: "/pricing", Channel: "paid_search",
			OccurTime: timestamppb.New(time.Unix(1_790_000_000, 0)),
		})
	}
	return request
}

// BenchmarkScoreLead compares a call through the whole chain, with tracing at the default rate and metrics, with the same
// bytes through a bare gRPC server.
func BenchmarkScoreLead(b *testing.B) {
	answer := &scoringv1.Score{Sentence: string(make([]byte, 900))}
	handler := &scoring{scoreLead: func(context.Context, *scoringv1.ScoreLeadRequest) (*scoringv1.Score, error) { return answer, nil }}
	b.Run("bare", func(b *testing.B) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		server := grpc.NewServer()
		scoringv1.RegisterScoringServiceServer(server, handler)
		go func() { _ = server.Serve(listener) }()
		defer server.Stop()
		conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			b.Fatal(err)
		}
		defer closeQuietly(conn)
		call(b, b.Context(), conn)
	})
	b.Run("chain", func(b *testing.B) {
		bundle := newBundle(b, nil)
		bundle.scoring = handler
		conn := bundle.connect(b)
		call(b, bundle.as(b, accessv1.Role_ROLE_MARKETING), conn)
	})
}

func call(b *testing.B, ctx context.Context, conn *grpc.ClientConn) {
	ctx, cancel := context.WithTimeout(ctx, 50*time.Second)
	defer cancel()
	client, request := scoringv1.NewScoringServiceClient(conn), whatIf()
	if _, err := client.ScoreLead(ctx, request); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetParallelism(32)
	began := cpuTime(b)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := client.ScoreLead(ctx, request); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(cpuTime(b)-began)/float64(b.N), "cpu-ns/op")
}

// cpuTime is what the process has used, client and server together; a busy machine does not change it much.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
