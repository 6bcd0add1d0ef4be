package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

func TestReadSeesOneMoment(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		err := db.Read(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			before := one[int](t, tx, `SELECT n FROM counter`)
			do(t, db, `UPDATE counter SET n = 5`)
			if after := one[int](t, tx, `SELECT n FROM counter`); after != before {
				t.Errorf("snapshot moved from %d to %d", before, after)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestReadRefusesToWrite(t *testing.T) {
	ways := map[string]func(ctx context.Context, tx *sqldb.Tx) error{
		"exec": func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE counter SET n = 1`)
			return err
		},
		"returning": func(ctx context.Context, tx *sqldb.Tx) error {
			return tx.QueryRow(ctx, `UPDATE counter SET n = 1 RETURNING n`).Scan(new(int))
		},
		"insert": func(_ context.Context, tx *sqldb.Tx) error { tx.Insert(items, "a", 1, nil, nil); return nil },
		"hook": func(_ context.Context, tx *sqldb.Tx) error {
			tx.BeforeCommit(func(context.Context) error { return nil })
			return nil
		},
	}
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		for name, write := range ways {
			if err := db.Read(t.Context(), write); !sqldb.IsUnavailable(err) {
				t.Errorf("%s: got %v, want a read-only error", name, err)
			}
		}
		if got := one[int](t, db, `SELECT n FROM counter`); got != 0 {
			t.Errorf("counter: got %d, want 0", got)
		}
	})
}

func TestMisuseIsRefusedAlike(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		nothing := func(context.Context, *sqldb.Tx) error { return nil }
		nested := map[string]func(ctx context.Context) error{
			"InTx":  func(ctx context.Context) error { return db.InTx(ctx, nothing) },
			"Group": func(ctx context.Context) error { return db.Group(ctx, nothing) },
			"Read":  func(ctx context.Context) error { return db.Read(ctx, nothing) },
			"Query": func(ctx context.Context) error { return db.QueryRow(ctx, `SELECT 1`).Scan(new(int)) },
		}
		for name, use := range nested {
			err := db.InTx(t.Context(), func(ctx context.Context, _ *sqldb.Tx) error { return use(ctx) })
			if !errors.Is(err, sqldb.ErrNested) {
				t.Errorf("%s inside InTx: got %v, want %v", name, err, sqldb.ErrNested)
			}
		}

		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			for _, err := range tx.Query(ctx, `SELECT n FROM counter`) {
				if err != nil {
					return err
				}
				_, _ = tx.Exec(ctx, `UPDATE counter SET n = 1`)
			}
			return nil
		})
		if !errors.Is(err, sqldb.ErrBusyRows) {
			t.Errorf("statement inside a loop over rows: got %v, want %v", err, sqldb.ErrBusyRows)
		}

		var kept *sqldb.Tx
		if err := db.InTx(t.Context(), func(_ context.Context, tx *sqldb.Tx) error { kept = tx; return nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := kept.Exec(t.Context(), `UPDATE counter SET n = 1`); !errors.Is(err, sqldb.ErrTxDone) {
			t.Errorf("statement after the end: got %v, want %v", err, sqldb.ErrTxDone)
		}
	})
}

func TestQueryStopsWithItsLoop(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			for i := range 100 {
				tx.Insert(items, fmt.Sprintf("%03d", i), i, nil, nil)
			}
			for row, err := range tx.Query(ctx, `UPDATE item SET n = n + 1 RETURNING id`) {
				if err != nil || row.Scan(new(string)) != nil {
					t.Errorf("row: %v", err)
				}
				break
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := one[int](t, db, `SELECT sum(n) FROM item`); got != 99*100/2+100 {
			t.Errorf("sum: got %d, want %d: the update is whole although its rows were not read", got, 99*100/2+100)
		}
		if err := db.QueryRow(t.Context(), `SELECT n FROM item WHERE id = $1`, "none").Scan(new(int)); !errors.Is(err, sqldb.ErrNoRows) {
			t.Errorf("no row: got %v, want %v", err, sqldb.ErrNoRows)
		}
	})
}

func TestTextSortsByBytesOnBoth(t *testing.T) {
	ids := []string{"a", "B", "b", "A", "Z", "z", "_", "0", "é", "e\u0301", "ß", "Ω", "日本", "😀", "\u200b", "", "aa", "ab", "\uffff"}
	want := []string{"", "0", "A", "B", "Z", "_", "a", "aa", "ab", "b", "e\u0301", "z", "ß", "é", "Ω", "\u200b", "日本", "\uffff", "😀"}
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		err := db.InTx(t.Context(), func(_ context.Context, tx *sqldb.Tx) error {
			for _, id := range ids {
				tx.Insert(items, id, nil, nil, nil)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, query := range []string{
			`SELECT id FROM item ORDER BY id`,
			`SELECT id || '' FROM item ORDER BY id || '' COLLATE "C"`,
		} {
			got, err := all[string](t.Context(), db, query)
			if diff := cmp.Diff(got, want); diff != "" || err != nil {
				t.Errorf("%s: %v (-got +want):\n%s", query, err, diff)
			}
		}
	})
}

func TestACancelledReadEndsAndLeavesNothingBehind(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		const endless = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n`
		for range 10 { // more often than there are connections
			ctx, cancel := context.WithCancel(t.Context())
			err := db.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
				for _, err := range tx.Query(ctx, endless) {
					if err != nil {
						return err
					}
					cancel()
				}
				return nil
			})
			cancel()
			if !errors.Is(err, context.Canceled) || sqldb.IsUnavailable(err) {
				t.Errorf("got %v, want %v", err, context.Canceled)
			}
		}
		if got := one[int](t, db, `SELECT n FROM counter`); got != 0 {
			t.Errorf("counter: got %d, want 0", got)
		}
	})
}
