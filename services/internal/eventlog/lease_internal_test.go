package eventlog

import (
	"log/slog"
	"testing"
	"time"

	"go.opentelemetry.io/otel/metric/noop"

	"github.com/handoffhq/handoff/services/internal/clock"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// turn is a lease of a relay to routing, on a database.
func turn(t *testing.T, db *sqldb.DB) *lease {
	t.Helper()
	log, err := New(t.Context(), Config{Service: Scoring, DB: db, Now: clock.System, Logger: slog.New(slog.DiscardHandler),
		Meter: noop.Meter{}})
	if err != nil {
		t.Fatal(err)
	}
	return &lease{relay: log.NewRelay(Routing, nil)}
}

// mustHold takes or prolongs a lease, whose time has come if late is true, and gives the commits that it cost.
func mustHold(t *testing.T, l *lease, late bool) int64 {
	t.Helper()
	if late {
		l.due = l.due.Add(-time.Hour)
	}
	db := l.relay.log.cfg.DB
	before := db.Stats().Commits
	if held, err := l.hold(t.Context()); !held || err != nil {
		t.Fatalf("got %v, %v", held, err)
	}
	return db.Stats().Commits - before
}

// acked is how far the receiver is, as the clean-up sees it.
func acked(t *testing.T, l *lease) (pos int64) {
	t.Helper()
	if err := l.relay.log.cfg.DB.QueryRow(t.Context(), `SELECT acked FROM relay WHERE destination = $1`, Routing).Scan(&pos); err != nil {
		t.Fatal(err)
	}
	return pos
}

func TestAProcessWithItsDatabaseToItselfWritesNoLeaseButNews(t *testing.T) {
	t.Parallel()
	l := turn(t, sqldbtest.SQLite(t, Migrations()))
	if cost := mustHold(t, l, false); cost != 1 || acked(t, l) != 0 {
		t.Errorf("the first time cost %d commits", cost)
	}
	if cost := mustHold(t, l, true); cost != 0 {
		t.Errorf("without news it cost %d commits", cost)
	}
	l.relay.mark = 5
	l.due = time.Now().Add(time.Minute)
	if cost := mustHold(t, l, false); cost != 0 {
		t.Errorf("news before their time cost %d commits", cost)
	}
	if cost := mustHold(t, l, true); cost != 1 || acked(t, l) != 5 {
		t.Errorf("news cost %d commits, and %d is written", cost, acked(t, l))
	}
	l.relay.mark = 9
	if l.release(t.Context()); acked(t, l) != 9 {
		t.Errorf("after the end %d is written", acked(t, l))
	}
}

func TestReplicasTakeTurns(t *testing.T) {
	t.Parallel()
	db := sqldbtest.PostgresDB(t, Migrations())
	first, second := turn(t, db), turn(t, db)
	if cost := mustHold(t, first, false); cost != 1 {
		t.Errorf("the first time cost %d commits", cost)
	}
	if cost := mustHold(t, first, false); cost != 0 {
		t.Errorf("at once again it cost %d commits", cost)
	}
	if cost := mustHold(t, first, true); cost != 1 {
		t.Errorf("without news it cost %d commits", cost)
	}
	if held, err := second.hold(t.Context()); held || err != nil {
		t.Errorf("two hold it at once: %v", err)
	}
	first.release(t.Context())
	mustHold(t, second, false)
	if held, err := first.hold(t.Context()); !held || err != nil { // it learns of it when it is to say that it lives
		t.Errorf("got %v, %v", held, err)
	}
	first.due = time.Time{}
	first.due = time.Now()
	if held, err := first.hold(t.Context()); held || err != nil {
		t.Errorf("it holds what it gave up: %v", err)
	}
}
