package sqldb_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// onLog is a slog handler that calls itself at every record.
type onLog func(message string)

func (f onLog) Enabled(context.Context, slog.Level) bool      { return true }
func (f onLog) Handle(_ context.Context, r slog.Record) error { f(r.Message); return nil }
func (f onLog) WithAttrs([]slog.Attr) slog.Handler            { return f }
func (f onLog) WithGroup(string) slog.Handler                 { return f }

// throughProxy opens a database behind a proxy.
func throughProxy(t *testing.T) (*sqldb.DB, *proxy) {
	t.Helper()
	p := newProxy(t, sqldbtest.Postgres(t))
	p.start(t)
	return place{url: p.url}.mustOpen(t, schema), p
}

func TestOpenWaitsForAServerThatStarts(t *testing.T) {
	t.Parallel()
	p := newProxy(t, sqldbtest.Postgres(t))
	var start sync.Once
	db, err := sqldb.Open(t.Context(), sqldb.Config{Service: "test", URL: p.url, Migrations: schema,
		Logger: slog.New(onLog(func(message string) {
			if message == "waiting for PostgreSQL" {
				start.Do(func() { p.start(t) })
			}
		}))})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Healthy(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestOpenStopsWaitingWithItsContext(t *testing.T) {
	t.Parallel()
	p := newProxy(t, sqldbtest.Postgres(t))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := sqldb.Open(ctx, sqldb.Config{Service: "test", URL: p.url,
		Logger: slog.New(onLog(func(string) { cancel() }))})
	if !sqldb.IsUnavailable(err) {
		t.Errorf("got %v, want an unavailable database", err)
	}
}

func TestOpenDoesNotWaitForWhatWillNotCome(t *testing.T) {
	t.Parallel()
	where := strings.Replace(sqldbtest.Postgres(t), "/handoff_test_", "/nowhere_", 1)
	_, err := place{url: where}.open(t, nil)
	if err == nil || sqldb.IsUnavailable(err) {
		t.Errorf("database that does not exist: got %v, want an error that time does not heal", err)
	}
}

func TestALostAnswerToCommitIsUnknown(t *testing.T) {
	t.Parallel()
	db, p := throughProxy(t)
	runs := 0
	write := func(id string) act {
		return func(ctx context.Context, tx *sqldb.Tx) error {
			runs++
			tx.AfterCommit(func() { t.Errorf("%s: told that it is committed", id) })
			_, err := tx.Exec(ctx, `INSERT INTO item (id) VALUES ($1)`, id)
			return err
		}
	}
	for name, run := range map[string]func(context.Context, func(context.Context, *sqldb.Tx) error) error{"InTx": db.InTx, "Group": db.Group} {
		p.hushCommit()
		runs = 0
		err := run(t.Context(), write(name))
		if !errors.Is(err, sqldb.ErrCommitUnknown) || !sqldb.IsUnavailable(err) || runs != 1 {
			t.Errorf("%s: got %v after %d runs, want %v after 1", name, err, runs, sqldb.ErrCommitUnknown)
		}
	}
	// The answers were lost, the commits were not.
	if got := one[int](t, db, `SELECT count(*) FROM item`); got != 2 {
		t.Errorf("rows: got %d, want 2", got)
	}
}

func TestDeadConnectionsAreReplacedUnseen(t *testing.T) {
	t.Parallel()
	db, p := throughProxy(t)
	for range 3 {
		var all, ready sync.WaitGroup
		ready.Add(8)
		for range 8 { // have as many idle connections as there may be
			all.Go(func() {
				err := db.Read(t.Context(), func(context.Context, *sqldb.Tx) error {
					ready.Done()
					ready.Wait()
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		p.cut()
		do(t, db, `UPDATE counter SET n = n + 1`)
	}
	if got := one[int](t, db, `SELECT n FROM counter`); got != 3 {
		t.Errorf("counter: got %d, want 3", got)
	}
}

func TestAConnectionLostInATransactionUndoesIt(t *testing.T) {
	t.Parallel()
	db, p := throughProxy(t)
	err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE counter SET n = 1`); err != nil {
			return err
		}
		p.cut()
		_, err := tx.Exec(ctx, `UPDATE counter SET n = 2`)
		return err
	})
	if !sqldb.IsUnavailable(err) || errors.Is(err, sqldb.ErrCommitUnknown) {
		t.Errorf("got %v, want an unavailable database and a known outcome", err)
	}
	if got := one[int](t, db, `SELECT n FROM counter`); got != 0 {
		t.Errorf("counter: got %d, want 0", got)
	}
}

func TestADeadlockIsRunAgain(t *testing.T) {
	t.Parallel()
	db := sqldbtest.PostgresDB(t, schema)
	do(t, db, `INSERT INTO counter (id, n) VALUES (2, 0)`)
	var group, met sync.WaitGroup
	met.Add(2)
	for _, order := range [][2]int{{1, 2}, {2, 1}} {
		var once sync.Once
		group.Go(func() {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				if _, err := tx.Exec(ctx, `SET LOCAL deadlock_timeout = '10ms'`); err != nil {
					return err
				}
				for _, id := range order {
					if _, err := tx.Exec(ctx, `UPDATE counter SET n = n + 1 WHERE id = $1`, id); err != nil {
						return errors.New("hidden") // the loss of a race is seen all the same
					}
					once.Do(func() { met.Done(); met.Wait() })
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := one[int](t, db, `SELECT sum(n) FROM counter`); got != 4 {
		t.Errorf("sum: got %d, want 4", got)
	}
	if races := db.Stats().Races; races != 1 {
		t.Errorf("%d races were lost, want 1", races)
	}
}

func TestARaceThatIsAlwaysLostEnds(t *testing.T) {
	t.Parallel()
	db := sqldbtest.PostgresDB(t, schema)
	lose := func(runs *int) act {
		return func(ctx context.Context, tx *sqldb.Tx) error {
			*runs++
			_, err := tx.Exec(ctx, `DO $$ BEGIN RAISE SQLSTATE '40001'; END $$`)
			return err
		}
	}
	for name, run := range map[string]func(context.Context, func(context.Context, *sqldb.Tx) error) error{"InTx": db.InTx, "Group": db.Group} {
		runs := 0
		err := run(t.Context(), lose(&runs))
		if !sqldb.IsSerialization(err) || runs != 11 {
			t.Errorf("%s: got %v after %d runs, want a serialization failure after 11", name, err, runs)
		}
	}
}

func TestAReadOnlyServerIsUnhealthy(t *testing.T) {
	t.Parallel()
	where := sqldbtest.Postgres(t)
	if err := (place{url: where}).mustOpen(t, schema).Healthy(t.Context()); err != nil {
		t.Errorf("writable: got %v, want nil", err)
	}
	db := place{url: where + "&default_transaction_read_only=on"}.mustOpen(t, nil)
	if err := db.Healthy(t.Context()); !sqldb.IsUnavailable(err) {
		t.Errorf("read-only: got %v, want an unavailable database", err)
	}
	err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE counter SET n = 1`)
		return err
	})
	if !sqldb.IsUnavailable(err) {
		t.Errorf("write: got %v, want an unavailable database", err)
	}
}

func TestServicesShareAServerAndNothingElse(t *testing.T) {
	t.Parallel()
	where := sqldbtest.Postgres(t)
	for _, service := range []string{"sla", "user"} { // user is a word of SQL
		db, err := sqldb.Open(t.Context(), sqldb.Config{Service: service, URL: where, Migrations: schema})
		if err != nil {
			t.Fatal(err)
		}
		do(t, db, `UPDATE counter SET n = n + 1`)
		if got := one[int](t, db, `SELECT n FROM counter`); got != 1 {
			t.Errorf("%s: counter: got %d, want 1", service, got)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestATransactionOnASilentServerIsCutOff(t *testing.T) {
	t.Parallel()
	db := sqldbtest.PostgresDB(t, schema)
	sqldb.SetLimit(db, 20*time.Millisecond)
	sleep := func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `SELECT pg_sleep(600)`)
		return err
	}
	for name, err := range map[string]error{"InTx": db.InTx(t.Context(), sleep), "Group": db.Group(t.Context(), sleep)} {
		if !sqldb.IsUnavailable(err) || errors.Is(err, sqldb.ErrCommitUnknown) {
			t.Errorf("%s: got %v, want an unavailable database and a known outcome", name, err)
		}
	}
}

// Where the planner has no statistics it expects millions of rows, and compiles what reads none.
func TestNoStatementIsCompiled(t *testing.T) {
	t.Parallel()
	db := place{url: sqldbtest.Postgres(t)}.mustOpen(t, schema)
	var jit string
	if err := db.QueryRow(t.Context(), `SELECT current_setting('jit')`).Scan(&jit); err != nil || jit != "off" {
		t.Errorf("jit is %q (%v), want off", jit, err)
	}
}
