package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// act is what a member of a group does.
type act func(ctx context.Context, tx *sqldb.Tx) error

// together has members wait, in order, while a first one holds the group's
// transaction, so that they share the next. It gives their errors.
func together(t *testing.T, db *sqldb.DB, acts ...act) []error {
	t.Helper()
	errs := make([]error, len(acts))
	hold, held := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		err := db.Group(t.Context(), func(context.Context, *sqldb.Tx) error {
			close(held)
			<-hold
			return nil
		})
		if err != nil {
			t.Errorf("holder: %v", err)
		}
	})
	<-held
	for i, act := range acts {
		group.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					errs[i] = fmt.Errorf("panic: %v", p)
				}
			}()
			errs[i] = errors.New("left its goroutine")
			errs[i] = db.Group(t.Context(), act)
		})
		for sqldb.Waiting(db) <= i { // until it stands in the queue
			runtime.Gosched()
		}
	}
	close(hold)
	group.Wait()
	return errs
}

func add(id string) act {
	return func(_ context.Context, tx *sqldb.Tx) error { tx.Insert(items, id, nil, nil, nil); return nil }
}

func texts(errs []error) []string {
	var out []string
	for _, err := range errs {
		switch {
		case err == nil:
			out = append(out, "ok")
		case sqldb.IsUnique(err):
			out = append(out, "duplicate")
		default:
			out = append(out, err.Error())
		}
	}
	return out
}

func TestAMemberThatFailsHarmsNobody(t *testing.T) {
	oops := errors.New("oops")
	bad := map[string]struct {
		act  act
		want string
	}{
		"fails before it wrote": {func(context.Context, *sqldb.Tx) error { return oops }, "oops"},
		"fails after it buffered": {func(_ context.Context, tx *sqldb.Tx) error {
			tx.Insert(items, "bad", nil, nil, nil)
			return oops
		}, "oops"},
		"fails after it wrote": {func(ctx context.Context, tx *sqldb.Tx) error {
			if _, err := tx.Exec(ctx, `INSERT INTO item (id) VALUES ('bad')`); err != nil {
				return err
			}
			return oops
		}, "oops"},
		"fails a statement": {func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO item (id) VALUES ('there')`)
			return err
		}, "duplicate"},
		"ignores a failure": {func(ctx context.Context, tx *sqldb.Tx) error {
			_, _ = tx.Exec(ctx, `INSERT INTO item (id) VALUES ('there')`)
			return nil
		}, "duplicate"},
		"fails when flushed": {add("there"), "duplicate"},
		"fails a hook": {func(_ context.Context, tx *sqldb.Tx) error {
			tx.BeforeCommit(func(context.Context) error { return oops })
			return nil
		}, "oops"},
		"panics": {func(ctx context.Context, tx *sqldb.Tx) error {
			tx.Insert(items, "bad", nil, nil, nil)
			panic("oops")
		}, "panic: oops"},
		"leaves": {func(ctx context.Context, tx *sqldb.Tx) error {
			tx.Insert(items, "bad", nil, nil, nil)
			runtime.Goexit()
			return nil
		}, "left its goroutine"},
	}
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		for name, c := range bad {
			do(t, db, `DELETE FROM item`)
			do(t, db, `INSERT INTO item (id) VALUES ('there')`)
			errs := together(t, db, add("a"), add("b"), c.act, add("c"), c.act, add("d"))
			want := []string{"ok", "ok", c.want, "ok", c.want, "ok"}
			if diff := cmp.Diff(texts(errs), want); diff != "" {
				t.Errorf("%s (-got +want):\n%s", name, diff)
			}
			ids, err := all[string](t.Context(), db, `SELECT id FROM item ORDER BY id`)
			if diff := cmp.Diff(ids, []string{"a", "b", "c", "d", "there"}); diff != "" || err != nil {
				t.Errorf("%s: %v: rows (-got +want):\n%s", name, err, diff)
			}
		}
	})
}

func TestMembersRunInOrderAndShareACommit(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		var order []int
		transactions := map[*sqldb.Tx]bool{}
		var acts []act
		for i := range 20 {
			acts = append(acts, func(ctx context.Context, tx *sqldb.Tx) error {
				order = append(order, i)
				transactions[tx] = true
				tx.Insert(items, fmt.Sprint(i), i, nil, nil)
				if seen := one[int](t, tx, `SELECT count(*) FROM item`); seen != i+1 {
					t.Errorf("member %d sees %d rows, want %d", i, seen, i+1)
				}
				return nil
			})
		}
		for i, err := range together(t, db, acts...) {
			if err != nil {
				t.Errorf("member %d: %v", i, err)
			}
		}
		if !slices.IsSorted(order) || len(order) != 20 || len(transactions) != 1 {
			t.Errorf("order %v in %d transactions, want 0 to 19 in 1", order, len(transactions))
		}
	})
}

func TestMembersThatRunAgainKeepTheirOrder(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		do(t, db, `INSERT INTO item (id) VALUES ('there')`)
		var committed []string
		var acts []act
		for _, id := range []string{"a", "b", "there", "c", "d", "there", "e"} {
			acts = append(acts, func(ctx context.Context, tx *sqldb.Tx) error {
				tx.AfterCommit(func() { committed = append(committed, id) })
				return add(id)(ctx, tx)
			})
		}
		together(t, db, acts...)
		if diff := cmp.Diff(committed, []string{"a", "b", "c", "d", "e"}); diff != "" {
			t.Errorf("order of commits (-got +want):\n%s", diff)
		}
	})
}

func TestAFailureBeforeTheFirstWriteCostsTheOthersNothing(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		runs := 0
		counted := func(ctx context.Context, tx *sqldb.Tx) error {
			runs++
			return add(fmt.Sprint(runs))(ctx, tx)
		}
		refused := func(ctx context.Context, tx *sqldb.Tx) error {
			return fmt.Errorf("%d rows", one[int](t, tx, `SELECT count(*) FROM item`))
		}
		got := texts(together(t, db, counted, refused, counted, refused))
		if diff := cmp.Diff(got, []string{"ok", "1 rows", "ok", "2 rows"}); diff != "" || runs != 2 {
			t.Errorf("%d runs, want 2 (-got +want):\n%s", runs, diff)
		}
	})
}

func TestAFailureAnswersAsIfAlone(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		taken := errors.New("taken")
		claim := func(ctx context.Context, tx *sqldb.Tx) error {
			if n := one[int](t, tx, `SELECT count(*) FROM item WHERE id = 'x'`); n > 0 {
				return taken
			}
			tx.Insert(items, "x", nil, nil, nil)
			return nil
		}
		undone := func(ctx context.Context, tx *sqldb.Tx) error {
			return errors.Join(claim(ctx, tx), errors.New("undone"))
		}
		got := texts(together(t, db, undone, claim, claim))
		if diff := cmp.Diff(got, []string{"undone", "ok", "taken"}); diff != "" {
			t.Errorf("answers (-got +want):\n%s", diff)
		}
	})
}

func TestHooksOfAGroupRunOnceForAll(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		var pending sqldb.Local[[]string]
		var committed [][]string
		emit := func(event string, err error) act {
			return func(_ context.Context, tx *sqldb.Tx) error {
				events, fresh := pending.In(tx)
				if fresh {
					tx.AfterCommit(func() { committed = append(committed, *events) })
				}
				*events = append(*events, event)
				return err
			}
		}
		together(t, db, emit("a", nil), emit("b", nil), emit("c", nil))
		together(t, db, emit("d", nil), emit("bad", errors.New("oops")), emit("e", nil))
		want := [][]string{{"a", "b", "c"}, {"d"}, {"e"}}
		if diff := cmp.Diff(committed, want); diff != "" {
			t.Errorf("committed events (-got +want):\n%s", diff)
		}
	})
}

func TestACallerMayLeaveTheQueue(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		left := make(chan error)
		err := db.Group(t.Context(), func(context.Context, *sqldb.Tx) error {
			go func() { left <- db.Group(ctx, add("left")) }()
			for sqldb.Waiting(db) == 0 {
				runtime.Gosched()
			}
			cancel()
			return <-left
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("caller that left: got %v, want %v", err, context.Canceled)
		}
		if got := one[int](t, db, `SELECT count(*) FROM item`); got != 0 {
			t.Errorf("rows: got %d, want 0", got)
		}
	})
}

func TestACallerThatRunsStays(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		err := db.Group(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			cancel()
			return add("stays")(ctx, tx)
		})
		if err != nil {
			t.Error(err)
		}
		if got := one[int](t, db, `SELECT count(*) FROM item`); got != 1 {
			t.Errorf("rows: got %d, want 1", got)
		}
	})
}

func TestAHookThatPanicsDoesSoInItsCallers(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		errs := together(t, db, func(_ context.Context, tx *sqldb.Tx) error {
			tx.BeforeCommit(func(context.Context) error { panic("oops") })
			return nil
		})
		if got := fmt.Sprint(errs[0]); len(got) < 11 || got[:11] != "panic: oops" {
			t.Errorf("got %s, want a panic", got)
		}
		if err := db.Group(t.Context(), add("a")); err != nil {
			t.Errorf("group after a panic: %v", err)
		}
	})
}

func TestGroupKeepsACounterExactUnderConcurrency(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		const goroutines, times = 32, 25
		oops := errors.New("oops")
		var group sync.WaitGroup
		for g := range goroutines {
			group.Go(func() {
				for i := range times {
					var want error
					if (g+i)%7 == 0 {
						want = oops
					}
					err := db.Group(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
						_, err := tx.Exec(ctx, `UPDATE counter SET n = n + 1`)
						return errors.Join(err, want)
					})
					if !errors.Is(err, want) {
						t.Errorf("got %v, want %v", err, want)
					}
				}
			})
		}
		group.Wait()
		want := 0
		for g := range goroutines {
			for i := range times {
				if (g+i)%7 != 0 {
					want++
				}
			}
		}
		if got := one[int](t, db, `SELECT n FROM counter`); got != want {
			t.Errorf("counter: got %d, want %d", got, want)
		}
	})
}
