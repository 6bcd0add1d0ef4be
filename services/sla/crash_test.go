package sla_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/metric/noop"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/clock"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/host"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/sla"
)

// asReplica holds the database of a process that runs timers, as JSON.
const asReplica = "HANDOFF_TEST_SLA_REPLICA"

func TestMain(m *testing.M) {
	if text := os.Getenv(asReplica); text != "" {
		if err := runTimers(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// runTimers runs the service until the input ends, and says how much has been told whenever that has changed.
func runTimers(text string) error {
	var cfg sqldb.Config
	if err := json.Unmarshal([]byte(text), &cfg); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	db, err := sqldb.Open(ctx, cfg)
	if err != nil {
		return err
	}
	service, err := sla.New(ctx, sla.Config{Playbook: standIn{}, Routing: struct{ routingv1.RoutingServiceClient }{},
		Host: host.Host{DB: db, Now: clock.System, IDs: ident.Seeded("test"), Logger: slog.New(slog.DiscardHandler), Meter: noop.Meter{}}})
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // the parent ends us, or has ended
		stop()
	}()
	go func() {
		for before := -1; ctx.Err() == nil; time.Sleep(time.Millisecond) {
			if told, err := toldSoFar(ctx, db); err == nil && told != before {
				fmt.Println(told)
				before = told
			}
		}
	}()
	if err := service.Run(ctx); err != nil {
		return err
	}
	return db.Close()
}

// toldSoFar is how many events the log holds.
func toldSoFar(ctx context.Context, db *sqldb.DB) (told int, err error) {
	err = db.QueryRow(ctx, `SELECT pos FROM log_head WHERE id = 0`).Scan(&told)
	return told, err
}

// replica is a process that runs timers.
type replica struct {
	cmd *exec.Cmd
	in  io.Closer
	out *bufio.Scanner
}

func startReplica(t *testing.T, cfg sqldb.Config) *replica {
	t.Helper()
	cfg.Migrations = nil // they are done
	text, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asReplica+"="+string(text))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &replica{cmd: cmd, in: in, out: bufio.NewScanner(out)}
}

// await waits until so much has been told, by whomever.
func (r *replica) await(t *testing.T, events int) {
	t.Helper()
	for r.out.Scan() {
		if told, err := strconv.Atoi(r.out.Text()); err != nil || told >= events {
			return
		}
	}
	t.Fatalf("the replica ended before %d events were told: %v", events, r.out.Err())
}

// kill ends the process as a power cut would.
func (r *replica) kill(t *testing.T) {
	t.Helper()
	if err := r.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = r.cmd.Wait() // says that it was killed
}

func (r *replica) stop(t *testing.T) {
	t.Helper()
	_ = r.in.Close()
	for r.out.Scan() { // it may still have something to say
	}
	if err := r.cmd.Wait(); err != nil {
		t.Errorf("replica: %v", err)
	}
}

// howMany says how many leads wait in tests with processes of their own, in place of 1,000.
const howMany = "HANDOFF_TEST_CROWD"

func crowd() int {
	if leads, err := strconv.Atoi(os.Getenv(howMany)); err == nil {
		return leads
	}
	return 1_000
}

// fill has leads qualify whose warnings are overdue, and whose breaches are overdue or come within the next seconds. It gives
// how many events those will be, and how many there are already.
func fill(t *testing.T, cfg sqldb.Config) (all int) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	room := roomtest.New(t, db)
	room.Host.Now, room.Host.Test = clock.System, false
	b := newBenchOn(t, room)
	b.open()
	before, err := toldSoFar(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	leads := crowd()
	first := time.Since(roomtest.Start) - 5*time.Minute - 5*time.Second
	var events []*eventv1.Event
	for n := 1; n <= leads; n++ {
		events = append(events, qualified(n, first+time.Duration(n)*15*time.Second/time.Duration(leads)))
	}
	for part := range slices.Chunk(events, 500) {
		room.Tell(t, eventlog.Scoring, part...)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return before + 2*leads
}

// eachToldOnce checks what is in the log.
func eachToldOnce(t *testing.T, cfg sqldb.Config) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, db)
	b.room.Clock.Set(time.Now())
	if err := b.service.Fire(t.Context()); err != nil {
		t.Error(err)
	}
	told := map[string]int{}
	lastSeq := map[string]int64{}
	for _, e := range b.room.Told(b) {
		if e.GetHandoff() == "" {
			continue
		}
		told[strings.TrimPrefix(e.GetType(), "handoff.sla.")+" "+e.GetHandoff()]++
		if e.GetSeq() != lastSeq[e.GetHandoff()]+1 {
			t.Errorf("event %d of %s follows event %d", e.GetSeq(), e.GetHandoff(), lastSeq[e.GetHandoff()])
		}
		lastSeq[e.GetHandoff()] = e.GetSeq()
	}
	var wrong []string
	for n := 1; n <= crowd(); n++ {
		for _, alert := range []string{"clock_at_risk ", "clock_breached "} {
			if count := told[alert+handoff(n)]; count != 1 {
				wrong = append(wrong, fmt.Sprintf("%s%s: %d times", alert, handoff(n), count))
			}
		}
	}
	if len(wrong) > 0 || len(told) != 2*crowd() {
		slices.Sort(wrong)
		t.Errorf("%d different alerts were told, want %d; %d not once, such as %v", len(told), 2*crowd(), len(wrong), wrong[:min(5, len(wrong))])
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// TestTimersOfAProcessThatIsKilledGoOn kills the only process again and again while it fires.
func TestTimersOfAProcessThatIsKilledGoOn(t *testing.T) {
	t.Parallel()
	migrations, err := sla.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	cfg := sqldb.Config{Service: sqldbtest.Service, Dir: t.TempDir(), Migrations: migrations}
	all := fill(t, cfg)
	for quarter := 1; quarter < 4; quarter++ {
		r := startReplica(t, cfg)
		r.await(t, all*quarter/4)
		r.kill(t)
	}
	r := startReplica(t, cfg)
	r.await(t, all)
	r.stop(t)
	eachToldOnce(t, cfg)
}

// TestReplicasShareTheWorkOfThoseThatAreKilled has three processes fire, of which two are killed.
func TestReplicasShareTheWorkOfThoseThatAreKilled(t *testing.T) {
	t.Parallel()
	migrations, err := sla.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	cfg := sqldb.Config{Service: sqldbtest.Service, URL: sqldbtest.Postgres(t), Migrations: migrations}
	all := fill(t, cfg)
	one, two, three := startReplica(t, cfg), startReplica(t, cfg), startReplica(t, cfg)
	one.await(t, all/4)
	one.kill(t)
	two.await(t, all/2)
	two.kill(t)
	three.await(t, all)
	three.stop(t)
	eachToldOnce(t, cfg)
}
