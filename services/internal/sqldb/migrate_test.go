package sqldb_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// place is where a test opens a database several times.
type place struct{ dir, url string }

func (p place) open(t *testing.T, migrations fs.FS) (*sqldb.DB, error) {
	t.Helper()
	return sqldb.Open(t.Context(), sqldb.Config{Service: "test", Dir: p.dir, URL: p.url, Migrations: migrations})
}

func (p place) mustOpen(t *testing.T, migrations fs.FS) *sqldb.DB {
	t.Helper()
	db, err := p.open(t, migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// eachPlace runs f on an empty directory and on an empty PostgreSQL database.
func eachPlace(t *testing.T, f func(t *testing.T, at place)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, place{dir: t.TempDir()})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, place{url: sqldbtest.Postgres(t)})
	})
}

const (
	first  = `CREATE TABLE first (id {int} NOT NULL PRIMARY KEY) {strict}; INSERT INTO first (id) VALUES (1)`
	second = `CREATE TABLE second (id {text} NOT NULL PRIMARY KEY) {keyed}`
)

func TestAFailedMigrationLeavesNothingAndCanBeRunAgain(t *testing.T) {
	eachPlace(t, func(t *testing.T, at place) {
		_, err := at.open(t, migrations(first, second+`; INSERT INTO nowhere (id) VALUES (1)`))
		if err == nil || !strings.Contains(err.Error(), "nowhere") {
			t.Fatalf("got %v, want an error about nowhere", err)
		}
		db := at.mustOpen(t, migrations(first, second))
		if got := one[int](t, db, `SELECT count(*) FROM first`); got != 1 {
			t.Errorf("the first migration ran %d times, want once", got)
		}
	})
}

func TestAMigrationWithAnUnknownWordIsRefused(t *testing.T) {
	eachPlace(t, func(t *testing.T, at place) {
		_, err := at.open(t, migrations(`CREATE TABLE a (id {txet})`))
		if err == nil || !strings.Contains(err.Error(), "{txet}") {
			t.Errorf("got %v, want an error about {txet}", err)
		}
	})
}

func TestAnOlderVersionOpensANewerDatabase(t *testing.T) {
	eachPlace(t, func(t *testing.T, at place) {
		if err := at.mustOpen(t, migrations(first, second)).Close(); err != nil {
			t.Fatal(err)
		}
		at.mustOpen(t, migrations(first))
	})
}

func TestJoinedSetsMayGrowApart(t *testing.T) {
	set := func(name, text string) fs.FS {
		return fstest.MapFS{name: {Data: []byte("-- +goose Up\n" + text + ";\n")}}
	}
	shared, own := set("00001_shared.sql", first), set("00100_own.sql", second)
	if _, err := sqldb.Join(shared, own, shared); err == nil {
		t.Error("two files of one name were joined")
	}
	eachPlace(t, func(t *testing.T, at place) {
		if err := at.mustOpen(t, own).Close(); err != nil {
			t.Fatal(err)
		}
		both, err := sqldb.Join(shared, own)
		if err != nil {
			t.Fatal(err)
		}
		db := at.mustOpen(t, both)
		if got := one[int](t, db, `SELECT count(*) FROM first`); got != 1 {
			t.Errorf("the shared migration ran %d times, want once", got)
		}
	})
}

func TestReplicasMayStartAtOnce(t *testing.T) {
	at := place{url: sqldbtest.Postgres(t)}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			db, err := at.open(t, migrations(first, second))
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := one[int](t, at.mustOpen(t, nil), `SELECT count(*) FROM first`); got != 1 {
		t.Errorf("the first migration ran %d times, want once", got)
	}
}

// slow keeps the second migration busy after its table was made: SQLite by
// counting to ten billion, PostgreSQL by a lock that somebody else has.
var slow = map[sqldb.Dialect]string{
	sqldb.SQLite: `INSERT INTO second (id)
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000000) SELECT max(i) FROM n`,
	sqldb.PostgreSQL: `SELECT pg_advisory_lock(7)`,
}

// childPlace says where TestChildMigrates works: dir, or URL.
const childPlace = "HANDOFF_TEST_CHILD"

// TestChildMigrates is the process that the next test kills.
func TestChildMigrates(t *testing.T) {
	where := os.Getenv(childPlace)
	switch {
	case where == "":
		t.Skip("runs as a child of another test")
	case filepath.IsAbs(where):
		place{dir: where}.mustOpen(t, migrations(first, second+"; "+slow[sqldb.SQLite]))
	default:
		place{url: where}.mustOpen(t, migrations(first, second+"; "+slow[sqldb.PostgreSQL]))
	}
}

func TestAKilledMigrationCanBeRunAgain(t *testing.T) {
	eachPlace(t, func(t *testing.T, at place) {
		inside := sqliteInside(at)
		if at.url != "" {
			inside = postgresInside(t, at)
		}
		child := exec.Command(os.Args[0], "-test.run=^TestChildMigrates$", "-test.timeout=10m")
		child.Env = append(os.Environ(), childPlace+"="+at.dir+at.url)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(10 * time.Minute); !inside(t); { // another process: no event to wait for
			if time.Now().After(deadline) {
				t.Fatal("the child does not get into the second migration")
			}
			time.Sleep(5 * time.Millisecond)
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := child.Wait(); err == nil {
			t.Fatal("the child came to its end")
		}

		db := at.mustOpen(t, migrations(first, second))
		for table, want := range map[string]int{"first": 1, "second": 0} {
			if got := one[int](t, db, `SELECT count(*) FROM `+table); got != want {
				t.Errorf("%s: got %d rows, want %d", table, got, want)
			}
		}
	})
}

// sqliteInside reports whether the child has finished the first migration and
// holds the writer's lock, which it does inside the second.
func sqliteInside(at place) func(*testing.T) bool {
	return func(t *testing.T) bool {
		raw, err := sql.Open("sqlite", filepath.Join(at.dir, "test", "test.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		var n int
		if raw.QueryRow(`SELECT count(*) FROM first`).Scan(&n) != nil {
			return false
		}
		_, err = raw.Exec(`BEGIN IMMEDIATE; ROLLBACK`)
		return sqldb.IsUnavailable(err)
	}
}

// postgresInside takes the lock that the child will wait for, and reports
// whether it does.
func postgresInside(t *testing.T, at place) func(*testing.T) bool {
	holder, err := pgx.Connect(t.Context(), at.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { holder.Close(context.Background()) })
	if _, err := holder.Exec(t.Context(), `SELECT pg_advisory_lock(7)`); err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T) bool {
		var waits bool
		err := holder.QueryRow(t.Context(), `SELECT EXISTS (SELECT 1 FROM pg_locks
			WHERE locktype = 'advisory' AND objid = 7 AND NOT granted
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`).Scan(&waits)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			t.Fatal(err)
		}
		return waits
	}
}
