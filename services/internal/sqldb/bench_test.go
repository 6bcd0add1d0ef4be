package sqldb_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// callers is how many goroutines write at once.
const callers = 64

func benchBoth(b *testing.B, f func(b *testing.B, db *sqldb.DB)) {
	for name, open := range map[string]func(testing.TB, fs.FS) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.PostgresDB} {
		b.Run(name, func(b *testing.B) { f(b, open(b, schema)) })
	}
}

// intake is what a small request writes: a read and three rows.
func intake(n *atomic.Int64) act {
	doc := []byte(strings.Repeat("x", 200))
	return func(ctx context.Context, tx *sqldb.Tx) error {
		var there int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM counter WHERE id = $1`, 1).Scan(&there); err != nil {
			return err
		}
		for range 3 {
			i := n.Add(1)
			tx.Insert(items, fmt.Sprintf("%016d", i), i, 0.5, doc)
		}
		return nil
	}
}

// BenchmarkWrite compares a transaction of one's own with a shared one, alone
// and among 64 callers.
func BenchmarkWrite(b *testing.B) {
	benchBoth(b, func(b *testing.B, db *sqldb.DB) {
		var n atomic.Int64
		write := intake(&n)
		for name, run := range map[string]func(context.Context, func(context.Context, *sqldb.Tx) error) error{"InTx": db.InTx, "Group": db.Group} {
			b.Run(name+"/1", func(b *testing.B) {
				for b.Loop() {
					if err := run(b.Context(), write); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(fmt.Sprintf("%s/%d", name, callers), func(b *testing.B) {
				b.SetParallelism(callers / 2) // times two processors
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := run(b.Context(), write); err != nil {
							b.Error(err)
						}
					}
				})
			})
		}
	})
}

// BenchmarkInsert writes 1,000 rows in a transaction.
func BenchmarkInsert(b *testing.B) {
	benchBoth(b, func(b *testing.B, db *sqldb.DB) {
		var n atomic.Int64
		for b.Loop() {
			err := db.InTx(b.Context(), func(_ context.Context, tx *sqldb.Tx) error {
				for range 1000 {
					i := n.Add(1)
					tx.Insert(items, fmt.Sprintf("%016d", i), i, 0.5, nil)
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}

// BenchmarkRead compares a snapshot of one statement with the statement alone.
func BenchmarkRead(b *testing.B) {
	benchBoth(b, func(b *testing.B, db *sqldb.DB) {
		b.Run("Read", func(b *testing.B) {
			for b.Loop() {
				err := db.Read(b.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
					return tx.QueryRow(ctx, `SELECT n FROM counter WHERE id = $1`, 1).Scan(new(int))
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("Query", func(b *testing.B) {
			for b.Loop() {
				if err := db.QueryRow(b.Context(), `SELECT n FROM counter WHERE id = $1`, 1).Scan(new(int)); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}
