package sqldbtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// server is a PostgreSQL server that makes databases for tests.
type server struct {
	url    url.URL   // of its maintenance database
	keeper io.Closer // ends the server when it is let go; nil for a server of others

	mu        sync.Mutex
	templates map[string]error // by name: made, or why it could not be
}

// theServer is the server of this test binary, theDurable that of its benchmarks. Tests have nothing of their own in
// common, so they hang here.
var (
	theServer  = sync.OnceValues(func() (*server, error) { return start(forgetful) })
	theDurable = sync.OnceValues(func() (*server, error) { return start(durable) })
)

func start(settings string) (*server, error) {
	if u := os.Getenv("HANDOFF_TEST_POSTGRES"); u != "" {
		return newServer(u, nil)
	}
	u, keeper, err := startCluster(settings)
	if err != nil {
		return nil, err
	}
	return newServer(u, keeper)
}

func newServer(where string, keeper io.Closer) (*server, error) {
	u, err := url.Parse(where)
	if err != nil {
		return nil, errors.New("HANDOFF_TEST_POSTGRES is not a URL") // which may hold a password
	}
	return &server{url: *u, keeper: keeper, templates: make(map[string]error)}, nil
}

// running gives the server, or ends the test.
func running(tb testing.TB) *server {
	tb.Helper()
	return found(tb, theServer)
}

func found(tb testing.TB, which func() (*server, error)) *server {
	tb.Helper()
	s, err := which()
	switch {
	case errors.Is(err, errNoBinaries) && os.Getenv("HANDOFF_TEST_REQUIRE_POSTGRES") != "1":
		tb.Skipf("test on PostgreSQL skipped: %v (HANDOFF_TEST_POSTGRES names a running server)", err)
	case err != nil:
		tb.Fatalf("start PostgreSQL: %v", err)
	}
	return s
}

// database is the URL of one of the server's databases.
func (s *server) database(name string) string {
	u := s.url
	u.Path = "/" + name
	return u.String()
}

// exec runs statements on the maintenance database, one after another.
func (s *server) exec(ctx context.Context, statements ...string) error {
	conn, err := pgx.Connect(ctx, s.url.String())
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// create makes a database for a test as a copy of a template and gives its URL.
func (s *server) create(tb testing.TB, template string) string {
	tb.Helper()
	name := "handoff_test_" + strings.ToLower(rand.Text())
	if err := s.exec(tb.Context(), `CREATE DATABASE `+name+` TEMPLATE `+template); err != nil {
		tb.Fatalf("create database: %v", err)
	}
	tb.Cleanup(func() {
		if err := s.exec(context.Background(), `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`); err != nil {
			tb.Errorf("drop database: %v", err)
		}
	})
	return s.database(name)
}

// Shut ends all connections of a database that Postgres gave, and lets none in until open is called.
func Shut(tb testing.TB, database string) (open func()) {
	tb.Helper()
	u, err := url.Parse(database)
	if err != nil {
		tb.Fatalf("shut database: %v", err)
	}
	name, s := strings.TrimPrefix(u.Path, "/"), running(tb)
	do := func(statements ...string) {
		tb.Helper()
		if err := s.exec(tb.Context(), statements...); err != nil {
			tb.Fatalf("shut database: %v", err)
		}
	}
	do(`ALTER DATABASE `+name+` WITH ALLOW_CONNECTIONS false`,
		`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '`+name+`'`)
	return func() {
		tb.Helper()
		do(`ALTER DATABASE ` + name + ` WITH ALLOW_CONNECTIONS true`)
	}
}

// template gives the name of a database with the given migrations, and makes it
// the first time.
func (s *server) template(ctx context.Context, migrations fs.FS) (string, error) {
	if migrations == nil {
		return "template0", nil
	}
	sum, err := digest(migrations)
	if err != nil {
		return "", err
	}
	name := "handoff_template_" + sum
	s.mu.Lock()
	defer s.mu.Unlock()
	if err, tried := s.templates[name]; tried {
		return name, err
	}
	s.templates[name] = s.makeTemplate(ctx, name, migrations)
	return name, s.templates[name]
}

// makeTemplate makes a template under a lock of the server, which other test
// binaries may share. A template that is marked as such is complete.
func (s *server) makeTemplate(ctx context.Context, name string, migrations fs.FS) error {
	conn, err := pgx.Connect(ctx, s.url.String())
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	key := fnv.New64a()
	_, _ = key.Write([]byte(name)) // a hash takes everything
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(key.Sum64())); err != nil {
		return err
	}
	var complete bool
	err = conn.QueryRow(ctx, `SELECT datistemplate FROM pg_database WHERE datname = $1`, name).Scan(&complete)
	if complete || (err != nil && !errors.Is(err, pgx.ErrNoRows)) {
		return err
	}
	if err := s.exec(ctx, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`, `CREATE DATABASE `+name+` TEMPLATE template0`); err != nil {
		return err
	}
	db, err := sqldb.Open(ctx, sqldb.Config{Service: Service, URL: s.database(name), Migrations: migrations})
	if err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	return s.exec(ctx, `ALTER DATABASE `+name+` IS_TEMPLATE true`)
}

// digest names migrations by their content.
func digest(migrations fs.FS) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations, path)
		_, _ = fmt.Fprintf(sum, "%q %d\n%s", path, len(text), text)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:12]), err
}
