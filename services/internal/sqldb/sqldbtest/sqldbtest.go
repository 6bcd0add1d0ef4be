package sqldbtest

import (
	"io/fs"
	"testing"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Service is the name of the schema and of the file in every test database.
const Service = "test"

// conns keeps many parallel tests within what one server takes.
const conns = 4

// Each runs f as two parallel subtests, sqlite and postgres, each on a fresh
// database with the given migrations.
func Each(t *testing.T, migrations fs.FS, f func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, SQLite(t, migrations))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, PostgresDB(t, migrations))
	})
}

// SQLite opens a fresh SQLite database with the given migrations for the time
// of the test. It fails the test when a migration makes a table that is not
// strict.
func SQLite(tb testing.TB, migrations fs.FS) *sqldb.DB {
	tb.Helper()
	dir := tb.TempDir()
	if migrations != nil {
		f, err := theFiles.of(tb.Context(), migrations, tb.TempDir())
		if err == nil {
			err = f.copyTo(dir)
		}
		if err != nil {
			tb.Fatalf("copy template database: %v", err)
		}
		for _, table := range f.loose {
			tb.Errorf("table %s is not strict: end its CREATE TABLE with {strict}, {keyed} or {roomy}", table)
		}
	}
	return open(tb, sqldb.Config{Dir: dir})
}

// PostgresDB opens a fresh PostgreSQL database with the given migrations for
// the time of the test.
func PostgresDB(tb testing.TB, migrations fs.FS) *sqldb.DB {
	tb.Helper()
	s := running(tb)
	template, err := s.template(tb.Context(), migrations)
	if err != nil {
		tb.Fatalf("migrate template database: %v", err)
	}
	return open(tb, sqldb.Config{URL: s.create(tb, template)})
}

// Postgres gives the URL of a fresh, empty PostgreSQL database that lives as
// long as the test.
func Postgres(tb testing.TB) string {
	tb.Helper()
	return running(tb).create(tb, "template0")
}

// Durable gives the URL of a fresh, empty PostgreSQL database for benchmarks. Its server keeps what it confirms, as one in
// production does.
func Durable(tb testing.TB) string {
	tb.Helper()
	return found(tb, theDurable).create(tb, "template0")
}

// DurableDB opens a fresh database of that server with the given migrations for the time of the benchmark.
func DurableDB(tb testing.TB, migrations fs.FS) *sqldb.DB {
	tb.Helper()
	return open(tb, sqldb.Config{URL: Durable(tb), Migrations: migrations})
}

func open(tb testing.TB, cfg sqldb.Config) *sqldb.DB {
	tb.Helper()
	cfg.Service, cfg.MaxConns = Service, conns
	db, err := sqldb.Open(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close database: %v", err)
		}
	})
	return db
}
