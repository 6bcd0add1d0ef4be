package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

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
			err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				set(ctx, tx)
				panic("oops")
			})
			t.Errorf("came back with %v", err)
		})
		t.Run("a failed statement that is ignored", func(t *testing.T) {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				set(ctx, tx)
				_, _ = tx.Exec(ctx, `INSERT INTO counter (id, n) VALUES (1, 1)`)
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

func TestHooksOfALaterStageRunWhenNoneOfAnEarlierOneIsLeft(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		var got []string
		err := db.InTx(t.Context(), func(_ context.Context, tx *sqldb.Tx) error {
			note := func(what string) func(context.Context) error {
				return func(context.Context) error { got = append(got, what); return nil }
			}
			tx.BeforeCommitIn(sqldb.Telling, note("tell"))
			tx.BeforeCommitIn(sqldb.Summing, func(context.Context) error {
				tx.BeforeCommitIn(sqldb.Telling, note("tell of sums"))
				tx.BeforeCommitIn(sqldb.Summing, note("sum again"))
				tx.BeforeCommit(note("change late"))
				return note("sum")(t.Context())
			})
			tx.BeforeCommit(note("change"))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, []string{"change", "sum", "change late", "sum again", "tell", "tell of sums"}); diff != "" {
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
