package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/telemetry"
)

// asChild holds the order of a process that serves, as JSON.
const asChild = "HANDOFF_BENCH_CHILD"

// order says what a child serves: a suite, or, with an answer, a bare server that gives it to everybody.
type order struct {
	Data     string
	Answer   []byte
	Sample   float64
	Endpoint string
}

func TestMain(m *testing.M) {
	if text := os.Getenv(asChild); text != "" {
		if err := serveChild(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child is a server in a process of its own, so that what it costs is told from what its callers cost.
type child struct {
	address string
	in      io.WriteCloser
	out     *bufio.Reader
}

// start starts a child, which ends with the benchmark.
func start(b *testing.B, o order) *child {
	b.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asChild+"="+string(text))
	cmd.Stderr = os.Stderr
	c := &child{}
	if c.in, err = cmd.StdinPipe(); err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	c.out = bufio.NewReader(out)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = c.in.Close()
		if err := cmd.Wait(); err != nil {
			b.Errorf("child: %v", err)
		}
	})
	c.address = c.line(b)
	return c
}

func (c *child) line(b *testing.B) string {
	b.Helper()
	text, err := c.out.ReadString('\n')
	if err != nil {
		b.Fatalf("child: %v", err)
	}
	return strings.TrimSpace(text)
}

// cpu is the processor time that the child has used.
func (c *child) cpu(b *testing.B) time.Duration {
	b.Helper()
	if _, err := io.WriteString(c.in, "\n"); err != nil {
		b.Fatal(err)
	}
	ns, err := strconv.ParseInt(c.line(b), 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return time.Duration(ns)
}

// key signs tokens for a suite that keeps its data in a directory.
func key(b *testing.B, data string) *auth.Key {
	b.Helper()
	k, err := auth.LoadOrCreateKey(filepath.Join(data, "local-key.pem"))
	if err != nil {
		b.Fatal(err)
	}
	return k
}

// serveChild serves until the input ends, says where, and answers each line with the processor time used.
func serveChild(text string) error {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	signal.Ignore(syscall.SIGINT) // the parent ends us
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	address, ended := make(chan string, 1), make(chan error, 1)
	if o.Answer != nil {
		go func() { ended <- echo(ctx, o.Answer, address) }()
	} else {
		go func() { ended <- suite(ctx, o, address) }()
	}
	select {
	case err := <-ended:
		return err
	case at := <-address:
		fmt.Println(at)
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			return err
		}
		fmt.Println(u.Utime.Nano() + u.Stime.Nano())
	}
	stop()
	return <-ended
}

func suite(ctx context.Context, o order, address chan<- string) error {
	a, err := app.New(ctx, app.Config{DataDir: o.Data, GRPCAddr: "127.0.0.1:0", HTTPAddr: "-", Logger: slog.New(slog.DiscardHandler),
		Telemetry: telemetry.Config{Endpoint: o.Endpoint, SampleRatio: o.Sample, Service: "handoff"}})
	if err != nil {
		return err
	}
	return a.Run(ctx, func() { address <- a.GRPCAddr() })
}

// parrot gives everybody the same score.
type parrot struct {
	scoringv1.UnimplementedScoringServiceServer
	score *scoringv1.Score
}

func (p parrot) ScoreLead(context.Context, *scoringv1.ScoreLeadRequest) (*scoringv1.Score, error) {
	return p.score, nil
}

// echo is a server of gRPC as it comes.
func echo(ctx context.Context, answer []byte, address chan<- string) error {
	score := &scoringv1.Score{}
	if err := proto.Unmarshal(answer, score); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	scoringv1.RegisterScoringServiceServer(server, parrot{score: score})
	context.AfterFunc(ctx, server.Stop)
	address <- listener.Addr().String()
	return server.Serve(listener)
}
