package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	metrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	traces "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// whatIf is a request of about a kilobyte: a person, the company, and ten things that the person did.
func whatIf() *scoringv1.ScoreLeadRequest {
	employees := int64(900)
	req := &scoringv1.ScoreLeadRequest{
		Lead: newcomer("form-4711").GetLead(),
		Account: &scoringv1.Account{DisplayName: "Northwind", Domains: []string{domain}, Industry: "software", Country: "US", Employees: &employees,
			Technologies: []string{"salesforce"}},
	}
	for _, page := range []string{"/pricing", "/pricing", "/", "/docs", "/case-studies", "/pricing", "/blog", "/about", "/product", "/security"} {
		req.Engagements = append(req.Engagements, &scoringv1.Engagement{Source: "website", SourceEventId: "event-" + page, Type: "page_view",
			Page: page, Channel: "paid_search", OccurTime: timestamppb.Now()})
	}
	for i, e := range req.GetEngagements() {
		e.SourceEventId += string(rune('a' + i))
	}
	return req
}

// BenchmarkScoreLead has 64 callers ask for a score over TCP, of a suite in a process of its own with tracing at the
// default rate and at 100 %, and of a bare gRPC server that gives the same bytes. Beside them few callers ask for many
// scores at a time over streams.
func BenchmarkScoreLead(b *testing.B) {
	req := whatIf()
	b.Logf("a request has %d bytes", proto.Size(req))
	var answer []byte
	for _, suite := range []struct {
		name     string
		sample   float64
		streamed bool
	}{{"suite", 0, false}, {"traced", 1, false}, {"stream", 0, true}} {
		b.Run(suite.name, func(b *testing.B) {
			data := b.TempDir()
			c := start(b, order{Data: data, Sample: suite.sample, Endpoint: discard(b)})
			furnish(b, c.address, key(b, data))
			client := scoringv1.NewScoringServiceClient(dial(b, c.address, key(b, data), "mara", accessv1.Role_ROLE_MARKETING))
			score := scored(b, client, req)
			if len(score.GetLines()) == 0 {
				b.Fatalf("no lines in %v", score)
			}
			var err error
			if answer, err = proto.Marshal(score); err != nil {
				b.Fatal(err)
			}
			if suite.streamed {
				stream(b, c, client, req)
			} else {
				ask(b, c, client, req)
			}
		})
	}
	b.Run("echo", func(b *testing.B) {
		c := start(b, order{Answer: answer})
		client := scoringv1.NewScoringServiceClient(dial(b, c.address, key(b, b.TempDir()), "mara", accessv1.Role_ROLE_MARKETING))
		ask(b, c, client, req)
	})
}

// scored asks until the playbook has come to scoring, too.
func scored(b *testing.B, client scoringv1.ScoringServiceClient, req *scoringv1.ScoreLeadRequest) *scoringv1.Score {
	b.Helper()
	for {
		score, err := client.ScoreLead(b.Context(), req)
		if err == nil {
			return score
		}
		if status.Code(err) != codes.FailedPrecondition {
			b.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond) // between two questions
	}
}

// ask has 64 callers ask b.N times.
func ask(b *testing.B, c *child, client scoringv1.ScoringServiceClient, req *scoringv1.ScoreLeadRequest) {
	b.Helper()
	for range 1000 { // connections, pools and caches are warm then
		try(b, client.ScoreLead, req)
	}
	b.SetParallelism(32) // times two processors
	before := c.cpu(b)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := client.ScoreLead(b.Context(), req); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
	b.ReportMetric(float64(c.cpu(b)-before)/float64(b.N), "server-cpu-ns/call")
}

// The streams of a benchmark, and how many what-ifs each of their messages carries.
const (
	streams = 4
	batch   = 100 // the most that there can be
)

// stream has a few callers ask for b.N scores over streams.
func stream(b *testing.B, c *child, client scoringv1.ScoringServiceClient, req *scoringv1.ScoreLeadRequest) {
	b.Helper()
	message := &scoringv1.StreamScoreLeadsRequest{}
	for range batch {
		message.Requests = append(message.Requests, req)
	}
	exchange(b, client, message, 1000) // connections, pools and caches are warm then
	before := c.cpu(b)
	b.ResetTimer()
	exchange(b, client, message, b.N)
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "leads/s")
	b.ReportMetric(float64(c.cpu(b)-before)/float64(b.N), "server-cpu-ns/lead")
}

// exchange asks for n scores.
func exchange(b *testing.B, client scoringv1.ScoringServiceClient, message *scoringv1.StreamScoreLeadsRequest, n int) {
	b.Helper()
	var all errgroup.Group
	var left atomic.Int64
	left.Store(int64(n))
	for range streams {
		all.Go(func() error {
			calls, err := client.StreamScoreLeads(b.Context())
			if err != nil {
				return err
			}
			var both errgroup.Group
			both.Go(func() error { return send(calls, message, &left) })
			both.Go(func() error { return receive(calls) })
			return both.Wait()
		})
	}
	if err := all.Wait(); err != nil {
		b.Fatal(err)
	}
}

// calls is one stream as its caller has it.
type calls = grpc.BidiStreamingClient[scoringv1.StreamScoreLeadsRequest, scoringv1.StreamScoreLeadsResponse]

func send(to calls, message *scoringv1.StreamScoreLeadsRequest, left *atomic.Int64) error {
	for left.Add(-batch) > -batch {
		if err := to.Send(message); err != nil {
			return err
		}
	}
	return to.CloseSend()
}

func receive(from calls) error {
	for {
		answer, err := from.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, result := range answer.GetResults() {
			if result.GetScore() == nil {
				return fmt.Errorf("what-if %d: %v", result.GetIndex(), result.GetError())
			}
		}
	}
}

// void takes traces and keeps nothing.
type void struct {
	traces.UnimplementedTraceServiceServer
}

func (void) Export(context.Context, *traces.ExportTraceServiceRequest) (*traces.ExportTraceServiceResponse, error) {
	return &traces.ExportTraceServiceResponse{}, nil
}

// voidMetrics takes metrics and keeps nothing.
type voidMetrics struct {
	metrics.UnimplementedMetricsServiceServer
}

func (voidMetrics) Export(context.Context, *metrics.ExportMetricsServiceRequest) (*metrics.ExportMetricsServiceResponse, error) {
	return &metrics.ExportMetricsServiceResponse{}, nil
}

// discard is a collector that takes everything and keeps nothing.
func discard(b *testing.B) string {
	b.Helper()
	listener, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := grpc.NewServer()
	traces.RegisterTraceServiceServer(server, void{})
	metrics.RegisterMetricsServiceServer(server, voidMetrics{})
	go func() { _ = server.Serve(listener) }() // ends with Stop
	b.Cleanup(server.Stop)
	return "http://" + listener.Addr().String()
}
