package sla_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/clock"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/sla"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// BenchmarkDueClocks lets 20,000 clocks run out within a second while a million others wait. Each breach is told once, in
// the log; how late is measured from the instant at which it was to be told until a reader of the log can see it. Then all is
// started anew, as after a crash, and it is measured how long that takes until a breach is told that came meanwhile.
func BenchmarkDueClocks(b *testing.B) {
	migrations, err := sla.Migrations()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("sqlite", func(b *testing.B) { runOut(b, sqldbtest.SQLite(b, migrations)) })
	for name, replicas := range map[string]int{"postgres": 1, "postgres-by-three": 3} {
		b.Run(name, func(b *testing.B) {
			where := sqldbtest.Durable(b)
			dbs := make([]*sqldb.DB, replicas)
			for i := range dbs {
				dbs[i], err = sqldb.Open(b.Context(), sqldb.Config{Service: sqldbtest.Service, URL: where, Migrations: migrations})
				if err != nil {
					b.Fatal(err)
				}
				b.Cleanup(func() { _ = dbs[i].Close() }) // only waits
			}
			runOut(b, dbs...)
		})
	}
}

const (
	due  = 20_000
	open = 1_000_000
)

// runOut measures as many replicas as there are databases, which are the same.
func runOut(b *testing.B, dbs ...*sqldb.DB) {
	db := dbs[0]
	room := roomtest.New(b, db)
	room.Host.Now, room.Host.Test = clock.System, false
	d := newBenchOn(b, room)
	d.open()
	waiting(b, db)
	// The first clock runs out when all leads have come in and all warnings are told.
	first := time.Now().Add(30 * time.Second).Truncate(time.Microsecond)
	qualifiedAt := func(lead int) time.Time {
		return first.Add(-5*time.Minute - time.Second + time.Duration(lead-1)*time.Second/due)
	}
	for from := 0; from < due; from += 500 {
		batch := make([]*eventv1.Event, 500)
		for i := range batch {
			batch[i] = qualified(from+i+1, qualifiedAt(from+i+1).Sub(at(0)))
		}
		d.room.Tell(b, eventlog.Scoring, batch...)
	}
	if err := d.service.Fire(b.Context()); err != nil {
		b.Fatal(err)
	}
	if time.Now().After(first) {
		b.Fatal("the machine is too slow: the first clock ran out before all had been started")
	}
	before := head(b, db)
	stop := run(b, room, dbs...)
	late := watch(b, db, before, due, func(lead int) time.Time { return qualifiedAt(lead).Add(5*time.Minute + time.Second) })
	stop()
	slices.Sort(late)
	b.ReportMetric(float64(late[len(late)/2])/1e6, "p50-ms")
	b.ReportMetric(float64(late[len(late)*99/100])/1e6, "p99-ms")
	restart(b, d, dbs...)
}

// restart measures how long it takes from a start with all that is open until a breach is told that has come meanwhile.
func restart(b *testing.B, d *bench, dbs ...*sqldb.DB) {
	d.room.Tell(b, eventlog.Scoring, qualified(due+1, time.Since(at(0))-time.Hour))
	before, began := head(b, dbs[0]), time.Now()
	stop := run(b, d.room, dbs...)
	took := watch(b, dbs[0], before, 1, func(int) time.Time { return began })[0]
	stop()
	b.ReportMetric(float64(took)/1e6, "restart-ms")
}

// run runs the service on each database, until it is stopped.
func run(b *testing.B, room *roomtest.Room, dbs ...*sqldb.DB) (stop func()) {
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, len(dbs))
	for _, db := range dbs {
		replica := room.Host
		replica.DB = db
		service, err := sla.New(ctx, sla.Config{Host: replica, Playbook: standIn{}, Routing: struct{ routingv1.RoutingServiceClient }{}})
		if err != nil {
			b.Fatal(err)
		}
		go func() { ended <- service.Run(ctx) }()
	}
	return func() {
		cancel()
		for range dbs {
			if err := <-ended; err != nil {
				b.Error(err)
			}
		}
	}
}

// head is how many events the log holds.
func head(b *testing.B, db *sqldb.DB) int {
	b.Helper()
	told, err := toldSoFar(b.Context(), db)
	if err != nil {
		b.Fatal(err)
	}
	return told
}

// watch says how late each of so many breaches can be read in the log that come after those before.
func watch(b *testing.B, db *sqldb.DB, before, events int, dueAt func(lead int) time.Time) []time.Duration {
	b.Helper()
	seen := make([]time.Time, 0, events)
	for ; len(seen) < events; time.Sleep(time.Millisecond) {
		for told, now := head(b, db)-before, time.Now(); len(seen) < min(told, events); {
			seen = append(seen, now)
		}
	}
	var late []time.Duration
	for row, err := range db.Query(b.Context(), `SELECT key FROM log WHERE pos > $1 AND pos <= $2 ORDER BY pos`, before, before+events) {
		if err != nil {
			b.Fatal(err)
		}
		var key string
		var lead int
		if err := row.Scan(&key); err != nil {
			b.Fatal(err)
		}
		if _, err := fmt.Sscanf(key, "handoffs/%x", &lead); err != nil {
			b.Fatal(err)
		}
		late = append(late, seen[len(late)].Sub(dueAt(lead)))
	}
	return late
}

// waiting adds clocks that have a year to go.
func waiting(b *testing.B, db *sqldb.DB) {
	b.Helper()
	next := time.Now().AddDate(1, 0, 0).UnixMicro()
	clockRow := store.Clock{ClockKey: store.ClockKey{Kind: deadline.Assign, Run: 1}, StartAt: next - 1, DueAt: next, NextAt: next}
	for from := 0; from < open; from += 10_000 {
		err := db.InTx(b.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			for i := range 10_000 {
				store.PutClock(tx, fmt.Sprintf("%031xf", from+i), clockRow)
			}
			return tx.Flush(ctx)
		})
		if err != nil {
			b.Fatal(err)
		}
	} // As a server does by itself before long.
	err := db.InTx(b.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `ANALYZE`)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}
