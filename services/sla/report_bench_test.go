package sla_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/sla"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// BenchmarkComplianceReport reports on a month in which 100,000 clocks of 25,000 leads fell due, a tenth of them missed.
func BenchmarkComplianceReport(b *testing.B) {
	migrations, err := sla.Migrations()
	if err != nil {
		b.Fatal(err)
	}
	for name, open := range map[string]func(testing.TB) *sqldb.DB{
		"sqlite":   func(t testing.TB) *sqldb.DB { return sqldbtest.SQLite(t, migrations) },
		"postgres": func(t testing.TB) *sqldb.DB { return sqldbtest.PostgresDB(t, migrations) },
	} {
		b.Run(name, func(b *testing.B) {
			d := newBench(b, open(b))
			d.month(25_000)
			req := &slav1.GetComplianceReportRequest{StartTime: stamp(at(0)), EndTime: stamp(at(30 * 24 * time.Hour))}
			for b.Loop() {
				if r := d.report(req); row(r.GetClocks(), "accept", "").GetMetCount() == 0 {
					b.Fatal("nothing fell due")
				}
			}
		})
	}
}

// month stores leads with four clocks each, without going through the events.
func (b *bench) month(leads int) {
	b.Helper()
	kinds := []deadline.Kind{deadline.Assign, deadline.Accept, deadline.FirstTouch, deadline.Disposition}
	const batch = 5_000
	for from := 0; from < leads; from += batch {
		err := b.room.Host.DB.InTx(b.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			for i := from; i < from+batch; i++ {
				due := at(time.Duration(i) * 90 * time.Second)
				h := &store.Handoff{ID: id(i), Lead: id(i), Source: fmt.Sprint("source ", i%10), Facts: deadline.Facts{MQL: due, Opened: true}}
				if err := store.Put(tx, h); err != nil {
					return err
				}
				for k, kind := range kinds {
					c := deadline.Clock{Kind: kind, Run: 1, State: deadline.Met, Tier: fmt.Sprint("T", i%3), Rep: fmt.Sprint("reps/", i%50), Pool: fmt.Sprint("pools/", i%5),
						Start: due, Due: due, Stop: due, Elapsed: time.Duration(i+k) * time.Second, Answered: true}
					if i%10 == 0 {
						c.State, c.Holdings = deadline.Missed, []deadline.Holding{{Used: time.Hour, Cause: deadline.Cause(i / 10 % 5)}}
					}
					store.PutClock(tx, h.ID, store.Row(c, 0))
				}
			}
			return tx.Flush(ctx)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCloseSlaPeriod closes that month: it keeps its 100,000 clocks as they stand, and the reports of everybody and of 50 reps.
// Then it says what has changed since, which is nothing.
func BenchmarkCloseSlaPeriod(b *testing.B) {
	migrations, err := sla.Migrations()
	if err != nil {
		b.Fatal(err)
	}
	for name, open := range map[string]func(testing.TB) *sqldb.DB{
		"sqlite":   func(t testing.TB) *sqldb.DB { return sqldbtest.SQLite(t, migrations) },
		"postgres": func(t testing.TB) *sqldb.DB { return sqldbtest.PostgresDB(t, migrations) },
	} {
		b.Run(name, func(b *testing.B) {
			d := newBench(b, open(b))
			d.open()
			d.month(25_000)
			d.room.Clock.Set(at(31 * 24 * time.Hour))
			var restating time.Duration
			for b.Loop() {
				if clocks := d.close("2026-03").GetClockCount(); clocks != 100_000 {
					b.Fatalf("%d clocks were counted", clocks)
				}
				b.StopTimer()
				began := time.Now()
				d.restatements(d.admin(), "2026-03")
				restating += time.Since(began)
				d.reopen()
				b.StartTimer()
			}
			b.ReportMetric(restating.Seconds()*1000/float64(b.N), "restatements-ms")
		})
	}
}

// reopen forgets that anything was closed.
func (b *bench) reopen() {
	b.Helper()
	err := b.room.Host.DB.InTx(b.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		for _, table := range []string{"closed_clock", "closed_report", "closed_period", "closing"} {
			if _, err := tx.Exec(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
