package eventlog_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/sdk/metric"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/clock"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// end is one service's end of the events, on a database of its own. It applies an event by writing down its id.
type end struct {
	db     *sqldb.DB
	log    *eventlog.Log
	client eventv1.EventServiceClient
	test   bool // whether it stands on a test clock
	apply  eventlog.Applier
	reader *metric.ManualReader
	meters *metric.MeterProvider

	mu   sync.Mutex
	fail func(e *eventv1.Event) error // what applying an event gives; nil means success
}

// each runs a test with two services, scoring and routing, on both databases.
func each(t *testing.T, test func(t *testing.T, sender, receiver *end)) {
	t.Helper()
	migrations, err := sqldb.Join(eventlog.Migrations(), idempotency.Migrations())
	if err != nil {
		t.Fatal(err)
	}
	sqldbtest.Each(t, migrations, func(t *testing.T, db *sqldb.DB) {
		other := sqldbtest.SQLite
		if db.Dialect() == sqldb.PostgreSQL {
			other = sqldbtest.PostgresDB
		}
		test(t, newEnd(t, eventlog.Scoring, db), newEnd(t, eventlog.Routing, other(t, migrations)))
	})
}

func newEnd(t *testing.T, service string, db *sqldb.DB) *end {
	t.Helper()
	e := &end{db: db, reader: metric.NewManualReader()}
	e.apply = eventlog.Each(e.one)
	e.meters = metric.NewMeterProvider(metric.WithReader(e.reader))
	err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		text := map[sqldb.Dialect]string{sqldb.SQLite: "TEXT", sqldb.PostgreSQL: `TEXT COLLATE "C"`}[db.Dialect()]
		_, err := tx.Exec(ctx, `CREATE TABLE applied (id `+text+` NOT NULL)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	e.log = e.open(t, service)
	return e
}

// open opens the log of the service, as a process does when it starts.
func (e *end) open(t *testing.T, service string) *eventlog.Log {
	t.Helper()
	log, err := eventlog.New(t.Context(), eventlog.Config{Service: service, DB: e.db, Now: clock.System, Apply: e.apply,
		Logger: slog.New(slog.DiscardHandler), Meter: e.meters.Meter("test"), Test: e.test})
	if err != nil {
		t.Fatal(err)
	}
	e.client = serve(t, log)
	return log
}

// serve gives a client of a log's EventService.
func serve(t *testing.T, log *eventlog.Log) eventv1.EventServiceClient {
	t.Helper()
	server := grpc.NewServer()
	log.Register(server)
	listener := bufconn.Listen(1 << 20)
	go func() { _ = server.Serve(listener) }() // ends with Stop
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient("passthrough:///log", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return eventv1.NewEventServiceClient(conn)
}

// one applies one event.
func (e *end) one(ctx context.Context, tx *sqldb.Tx, _ eventlog.Batch, event *eventv1.Event) error {
	e.mu.Lock()
	fail := e.fail
	e.mu.Unlock()
	if _, err := tx.Exec(ctx, `INSERT INTO applied (id) VALUES ($1)`, event.GetId()); err != nil {
		return err
	}
	if fail == nil {
		return nil
	}
	return fail(event)
}

// parked are the events that it could not apply.
func (e *end) parked(t *testing.T) []*eventv1.ParkedEvent {
	t.Helper()
	resp, err := e.client.ListParkedEvents(t.Context(), &eventv1.ListParkedEventsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return resp.GetParkedEvents()
}

// failing sets what applying an event gives.
func (e *end) failing(fail func(*eventv1.Event) error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fail = fail
}

// emit tells of n events of a key, whose last seq is given, in one transaction.
func (e *end) emit(t *testing.T, key string, seq, n int64) {
	t.Helper()
	if err := e.tell(t.Context(), key, seq, n, nil); err != nil {
		t.Fatal(err)
	}
}

func (e *end) tell(ctx context.Context, key string, seq, n int64, outcome error) error {
	return e.db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for i := range n {
			if err := e.put(ctx, tx, key, seq+i); err != nil {
				return err
			}
		}
		return outcome
	})
}

// put tells of one event of a key, whose last seq is given.
func (e *end) put(ctx context.Context, tx *sqldb.Tx, key string, seq int64) error {
	return e.log.Emit(ctx, tx, eventlog.Key{Name: key, Seq: &seq}, &eventv1.Event{Lead: key,
		Payload: &eventv1.Event_LeadQualified{LeadQualified: &eventv1.LeadQualified{Lead: key}}})
}

// applied are the ids of the events that took effect, in order.
func (e *end) applied(t *testing.T) []string {
	t.Helper()
	var ids []string
	order := map[sqldb.Dialect]string{sqldb.SQLite: "rowid", sqldb.PostgreSQL: "ctid"}[e.db.Dialect()]
	for row, err := range e.db.Query(t.Context(), `SELECT id FROM applied ORDER BY `+order) {
		if err != nil {
			t.Fatal(err)
		}
		var id string
		if err := row.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// drain delivers until nothing is left.
func drain(t *testing.T, relay *eventlog.Relay) {
	t.Helper()
	for {
		delivered, err := relay.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !delivered {
			return
		}
	}
}

// ids are the ids of events from..to of a key, as scoring tells them.
func ids(key string, from, to int) []string {
	var out []string
	for seq := from; seq <= to; seq++ {
		out = append(out, fmt.Sprintf("scoring/%s/%d", key, seq))
	}
	return out
}

var errBad = errors.New("this event cannot be applied")

// eventually waits until a condition holds; the test's own time limit is the only bound.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for !holds() {
		select {
		case <-t.Context().Done():
			t.Fatalf("never: %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}
