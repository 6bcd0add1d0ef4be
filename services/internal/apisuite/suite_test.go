package apisuite_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/handoffhq/handoff/services/internal/apisuite"
	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/app/apptest"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/internal/telemetry"
)

// start is when the stories begin: a Monday, nine in the morning in New York.
var start = time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)

// databases are where a suite can keep its data: the URL of each; empty for SQLite.
func databases() map[string]func(*testing.T) string {
	return map[string]func(*testing.T) string{
		"sqlite":   func(*testing.T) string { return "" },
		"postgres": func(t *testing.T) string { return sqldbtest.Postgres(t) },
	}
}

// oneProcess starts a whole suite in this process, on a test clock.
func oneProcess(t *testing.T, database string) *apisuite.Suite {
	t.Helper()
	a := apptest.Run(t, app.Config{DataDir: t.TempDir(), DatabaseURL: database, GRPCAddr: "127.0.0.1:0", HTTPAddr: "127.0.0.1:0",
		TestClock: true, Start: start,
		Telemetry: telemetry.Config{SampleRatio: -1}}) // the ids of traces are random
	conn, err := grpc.NewClient(a.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &apisuite.Suite{Key: a.Key(), Conn: func(string) grpc.ClientConnInterface { return conn }, URL: "http://" + a.HTTPAddr(), Lockstep: true}
}

// told are the transcripts of the tellings, by their names.
type told struct {
	mu          sync.Mutex
	transcripts map[string]apisuite.Transcript
}

func (w *told) keep(name string, transcript apisuite.Transcript) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.transcripts[name] = transcript
}

// Every story is told four times. On the test clock ids and instants depend on nothing but the story, so the answers must
// be equal to the byte, whatever the database and the transport.
func TestStoriesGiveTheSameAnswersOnEveryDatabaseOverEveryTransport(t *testing.T) {
	t.Parallel()
	scenarios, err := apisuite.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	all := &told{transcripts: map[string]apisuite.Transcript{}}
	t.Run("told", func(t *testing.T) {
		for name, database := range databases() {
			for _, transport := range apisuite.Transports() {
				t.Run(name+"/"+string(transport), func(t *testing.T) {
					t.Parallel()
					all.keep(name+" over "+string(transport), oneProcess(t, database(t)).Tell(t, transport, "a", scenarios))
				})
			}
		}
	})
	want := all.transcripts["sqlite over grpc"]
	for name, got := range all.transcripts {
		if diff := cmp.Diff(want, got); diff != "" && !t.Failed() {
			t.Errorf("sqlite over grpc (-) and %s (+) differ:\n%s", name, diff)
		}
	}
}

// No method can be called by whom it is not for, whatever is added to the API.
func TestEveryMethodIsClosedToWhomItIsNotFor(t *testing.T) {
	t.Parallel()
	for name, database := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			oneProcess(t, database(t)).Closed(t)
		})
	}
}

// Every update takes its mask in the same way, whatever is added to the API.
func TestEveryUpdateTakesItsMaskInTheSameWay(t *testing.T) {
	t.Parallel()
	for name, database := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			oneProcess(t, database(t)).Masks(t)
		})
	}
}
