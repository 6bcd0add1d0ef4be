package sla_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
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
// the log; how late is measured from the instant at which it was to be told until a reader of the log can see it.
func BenchmarkDueClocks(b *testing.B) {
	migrations, err := sla.Migrations()
	if err != nil {
		b.Fatal(err)
	}
	for name, open := range map[string]func(testing.TB) *sqldb.DB{
		"sqlite":   func(t testing.TB) *sqldb.DB { return sqldbtest.SQLite(t, migrations) },
		"postgres": func(t testing.TB) *sqldb.DB { return sqldbtest.DurableDB(t, migrations) },
	} {
		b.Run(name, func(b *testing.B) { runOut(b, open(b)) })
	}
}

const (
	due  = 20_000
	open = 1_000_000
)

func runOut(b *testing.B, db *sqldb.DB) {
	room := roomtest.New(b, db)
	room.Host.Now, room.Host.Test = clock.System, false
	d := newBenchOn(b, room)
	d.open()
	waiting(b, db)
	// The first clock runs out when all leads have come in and all warnings are told.
	first := time.Now().Add(20 * time.Second).Truncate(time.Microsecond)
	qualifiedAt := func(i int) time.Time {
		return first.Add(-5*time.Minute - time.Second + time.Duration(i)*time.Second/due)
	}
	for from := 0; from < due; from += 500 {
		batch := make([]*eventv1.Event, 500)
		for i := range batch {
			batch[i] = qualified(from+i+1, qualifiedAt(from+i).Sub(at(0)))
		}
		d.room.Tell(b, eventlog.Scoring, batch...)
	}
	if err := d.service.Fire(b.Context()); err != nil {
		b.Fatal(err)
	}
	if time.Now().After(first) {
		b.Fatal("the machine is too slow: the first clock ran out before all had been started")
	}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.service.Run(ctx) }()
	late := watch(b, db, func(i int) time.Time { return qualifiedAt(i).Add(5*time.Minute + time.Second) })
	stop()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
	slices.Sort(late)
	b.ReportMetric(float64(late[len(late)/2])/1e6, "p50-ms")
	b.ReportMetric(float64(late[len(late)*99/100])/1e6, "p99-ms")
}

// watch says how late each breach can be read in the log, in the order in which they are due.
func watch(b *testing.B, db *sqldb.DB, dueAt func(i int) time.Time) []time.Duration {
	b.Helper()
	head := func() (pos int) {
		if err := db.QueryRow(b.Context(), `SELECT pos FROM log_head WHERE id = 0`).Scan(&pos); err != nil {
			b.Fatal(err)
		}
		return pos
	}
	late := make([]time.Duration, 0, due)
	for before := head(); len(late) < due; time.Sleep(time.Millisecond) {
		told, now := head()-before, time.Now()
		for len(late) < min(told, due) {
			late = append(late, now.Sub(dueAt(len(late))))
		}
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
