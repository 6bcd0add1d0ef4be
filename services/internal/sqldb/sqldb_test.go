package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// schema is what most tests work on.
var schema = migrations(
	`CREATE TABLE counter (id {int} NOT NULL PRIMARY KEY, n {int} NOT NULL) {strict};
	INSERT INTO counter (id, n) VALUES (1, 0)`,
	`CREATE TABLE item (id {text} NOT NULL PRIMARY KEY, n {int}, r {real}, doc {bytes}) {keyed}`,
	`CREATE TABLE mail (id {int} NOT NULL PRIMARY KEY, source {text} NOT NULL, source_id {text} NOT NULL, address {text} UNIQUE) {strict};
	CREATE UNIQUE INDEX mail_source ON mail (source, source_id);
	CREATE TABLE reply (id {int} NOT NULL PRIMARY KEY, mail {int} NOT NULL REFERENCES mail) {strict}`,
)

var items = &sqldb.Table{Name: "item", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "n", Type: sqldb.Int}, {Name: "r", Type: sqldb.Real}, {Name: "doc", Type: sqldb.Bytes},
}}

// migrations gives texts as files for goose.
func migrations(texts ...string) fs.FS {
	files := fstest.MapFS{}
	for i, text := range texts {
		files[fmt.Sprintf("%05d_step.sql", i+1)] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text + ";\n")}
	}
	return files
}

// do is a transaction of one statement.
func do(t testing.TB, db *sqldb.DB, query string, args ...any) {
	t.Helper()
	err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// one reads a single value.
func one[T any](t testing.TB, q sqldb.Querier, query string, args ...any) T {
	t.Helper()
	var v T
	if err := q.QueryRow(t.Context(), query, args...).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// all reads a column.
func all[T any](ctx context.Context, q sqldb.Querier, query string, args ...any) ([]T, error) {
	var vs []T
	for row, err := range q.Query(ctx, query, args...) {
		if err != nil {
			return nil, err
		}
		var v T
		if err := row.Scan(&v); err != nil {
			return nil, err
		}
		vs = append(vs, v)
	}
	return vs, nil
}

func TestInTxKeepsACounterExactUnderConcurrency(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		const goroutines, times = 16, 20
		var group sync.WaitGroup
		for range goroutines {
			group.Go(func() {
				for range times {
					err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
						var n int
						if err := tx.QueryRow(ctx, `SELECT n FROM counter WHERE id = 1`+tx.Dialect().ForUpdate()).Scan(&n); err != nil {
							return err
						}
						_, err := tx.Exec(ctx, `UPDATE counter SET n = $1 WHERE id = 1`, n+1)
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		if got := one[int](t, db, `SELECT n FROM counter`); got != goroutines*times {
			t.Errorf("counter: got %d, want %d", got, goroutines*times)
		}
	})
}

func TestInTxUndoesWhatFails(t *testing.T) {
	oops := errors.New("oops")
	set := func(ctx context.Context, tx *sqldb.Tx) {
		if _, err := tx.Exec(ctx, `UPDATE counter SET n = 7`); err != nil {
			t.Error(err)
		}
	}
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		t.Run("error", func(t *testing.T) {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				set(ctx, tx)
				return oops
			})
			if !errors.Is(err, oops) {
				t.Errorf("got %v, want %v", err, oops)
			}
		})
		t.Run("panic", func(t *testing.T) {
			defer func() {
				if p := recover(); p != "oops" {
					t.Errorf("recovered %v, want oops", p)
				}
			}()
			db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				set(ctx, tx)
				panic("oops")
			})
		})
		t.Run("a failed statement that is ignored", func(t *testing.T) {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				set(ctx, tx)
				tx.Exec(ctx, `INSERT INTO counter (id, n) VALUES (1, 1)`)
				return nil
			})
			if !sqldb.IsUnique(err, "counter_pkey") {
				t.Errorf("got %v, want a duplicate under counter_pkey", err)
			}
		})
		if got := one[int](t, db, `SELECT n FROM counter`); got != 0 {
			t.Errorf("counter: got %d, want 0", got)
		}
	})
}

func TestATransactionOutlivesItsCaller(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			cancel()
			_, err := tx.Exec(ctx, `UPDATE counter SET n = 1`)
			return err
		})
		if err != nil {
			t.Errorf("transaction whose caller left: %v", err)
		}
		ran := false
		err = db.InTx(ctx, func(context.Context, *sqldb.Tx) error { ran = true; return nil })
		if !errors.Is(err, context.Canceled) || ran {
			t.Errorf("transaction after its caller left: got %v, ran %t; want %v, not run", err, ran, context.Canceled)
		}
		if got := one[int](t, db, `SELECT n FROM counter`); got != 1 {
			t.Errorf("counter: got %d, want 1", got)
		}
	})
}

func TestWaitingForTheWriterHonoursTheCaller(t *testing.T) {
	db := sqldbtest.SQLite(t, schema)
	err := db.InTx(t.Context(), func(context.Context, *sqldb.Tx) error {
		ctx, cancel := context.WithCancel(t.Context())
		waiting := make(chan error)
		go func() {
			waiting <- db.InTx(ctx, func(context.Context, *sqldb.Tx) error { return nil })
		}()
		cancel()
		return <-waiting
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestHooksRunInOrderAfterBufferedRows(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		var got []string
		note := func(what string) { got = append(got, what) }
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			tx.BeforeCommit(func(ctx context.Context) error {
				note(fmt.Sprintf("first hook sees %d", one[int](t, tx, `SELECT count(*) FROM item`)))
				tx.Insert(items, "b", 2, nil, nil)
				tx.BeforeCommit(func(context.Context) error { note("added hook"); return nil })
				return nil
			})
			tx.BeforeCommit(func(ctx context.Context) error {
				note(fmt.Sprintf("second hook sees %d", one[int](t, tx, `SELECT count(*) FROM item`)))
				return nil
			})
			tx.AfterCommit(func() {
				note(fmt.Sprintf("after commit others see %d", one[int](t, db, `SELECT count(*) FROM item`)))
			})
			tx.Insert(items, "a", 1, nil, nil)
			note("function")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"function", "first hook sees 1", "second hook sees 2", "added hook", "after commit others see 2"}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("order (-got +want):\n%s", diff)
		}
	})
}

func TestAHookThatFailsUndoesTheTransaction(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		oops, after := errors.New("oops"), false
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			tx.BeforeCommit(func(context.Context) error { return oops })
			tx.AfterCommit(func() { after = true })
			_, err := tx.Exec(ctx, `UPDATE counter SET n = 1`)
			return err
		})
		if !errors.Is(err, oops) || after {
			t.Errorf("got %v, told %t; want %v, not told", err, after, oops)
		}
		if got := one[int](t, db, `SELECT n FROM counter`); got != 0 {
			t.Errorf("counter: got %d, want 0", got)
		}
	})
}

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
			for range tx.Query(ctx, `SELECT n FROM counter`) {
				tx.Exec(ctx, `UPDATE counter SET n = 1`)
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

func TestCloseWaitsAndThenRefuses(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		begun, closed := make(chan struct{}), make(chan error)
		go func() {
			<-begun
			closed <- db.Close()
		}()
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			close(begun)
			_, err := tx.Exec(ctx, `UPDATE counter SET n = 1`)
			return err
		})
		if err := errors.Join(err, <-closed); err != nil {
			t.Error(err)
		}
		for name, err := range map[string]error{
			"InTx":  db.InTx(t.Context(), func(context.Context, *sqldb.Tx) error { return nil }),
			"Group": db.Group(t.Context(), func(context.Context, *sqldb.Tx) error { return nil }),
			"Query": db.QueryRow(t.Context(), `SELECT 1`).Scan(new(int)),
		} {
			if !errors.Is(err, sqldb.ErrClosed) || !sqldb.IsUnavailable(err) {
				t.Errorf("%s after Close: got %v, want %v", name, err, sqldb.ErrClosed)
			}
		}
	})
}

func TestConfigReportsAllProblems(t *testing.T) {
	_, err := sqldb.Open(t.Context(), sqldb.Config{Service: "Bad-Name", MaxConns: -1})
	for _, want := range []string{"Bad-Name", "either a directory or a URL", "max conns -1"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to say %q", err, want)
		}
	}
}
