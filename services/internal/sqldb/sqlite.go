package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"

	"github.com/handoffhq/handoff/services/internal/dirlock"
)

// sqliteEngine is one file in a directory of which this process is the only
// user. One connection writes, some others read.
type sqliteEngine struct {
	pool    *sql.DB
	lock    *os.File
	writer  chan *sqliteConn // holds the idle connections; nil is one that is not open
	readers chan *sqliteConn
	unique  map[string]string // "lead.source, lead.source_id" to the index's name
}

// sqlitePragmas makes a connection durable (a commit returns after its fsync),
// strict ("typo" is no string) and fit for a writer beside readers.
var sqlitePragmas = url.Values{
	"_dqs": {"0"},
	"_pragma": {
		"busy_timeout(5000)", // against foreign tools only: we are one process
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(1)",
		"temp_store(MEMORY)",
		"cache_size(-8192)",            // KiB, of the writer
		"journal_size_limit(67108864)", // bytes; a log that a bulk load blew up shrinks again
	},
}

func openSQLite(ctx context.Context, cfg Config) (engine, error) {
	dir, err := filepath.Abs(filepath.Join(cfg.Dir, cfg.Service))
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := dirlock.Take(dir)
	if err != nil {
		return nil, err
	}
	e, err := newSQLite(ctx, cfg, filepath.Join(dir, cfg.Service+".db"))
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	e.lock = lock
	return e, nil
}

func newSQLite(ctx context.Context, cfg Config, file string) (*sqliteEngine, error) {
	connector, err := newSQLiteConnector(file)
	if err != nil {
		return nil, err
	}
	e := &sqliteEngine{
		pool:    sql.OpenDB(connector),
		writer:  make(chan *sqliteConn, 1),
		readers: make(chan *sqliteConn, cfg.MaxConns),
	}
	e.writer <- nil
	for range cfg.MaxConns {
		e.readers <- nil
	}
	if err := migrate(ctx, e.pool, SQLite, cfg.Migrations, cfg.Logger); err != nil {
		return nil, errors.Join(err, e.pool.Close())
	}
	if e.unique, err = uniqueNames(ctx, e.pool); err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", file, err), e.pool.Close())
	}
	return e, nil
}

// sqliteConnector opens connections by a driver of its own, so that nothing is
// registered for the whole process.
type sqliteConnector struct {
	driver *sqlite.Driver
	name   string
}

func newSQLiteConnector(file string) (*sqliteConnector, error) {
	d := &sqlite.Driver{}
	// PostgreSQL's byte order, which is SQLite's own, under PostgreSQL's name.
	if err := d.RegisterCollationUtf8("C", strings.Compare); err != nil {
		return nil, err
	}
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(file), RawQuery: sqlitePragmas.Encode()}
	return &sqliteConnector{driver: d, name: name.String()}, nil
}

// Connect opens a connection.
func (c *sqliteConnector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.name) }

// Driver gives the driver.
func (c *sqliteConnector) Driver() driver.Driver { return c.driver }

func (e *sqliteEngine) dialect() Dialect { return SQLite }

func (e *sqliteEngine) begin(ctx context.Context, m mode) (session, context.Context, error) {
	home, run := e.readers, ctx
	if m == writing {
		home, run = e.writer, context.WithoutCancel(ctx)
	}
	var c *sqliteConn
	select {
	case c = <-home:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	c, err := e.opened(ctx, c, m)
	if err != nil {
		home <- nil
		return nil, nil, err
	}
	c.home, c.mode = home, m
	if err := c.begin(run); err != nil {
		c.rollback()
		return nil, nil, err
	}
	return c, run, nil
}

// opened gives c, or a new connection when that is nil.
func (e *sqliteEngine) opened(ctx context.Context, c *sqliteConn, m mode) (*sqliteConn, error) {
	if c != nil {
		return c, nil
	}
	conn, err := e.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	c = &sqliteConn{conn: conn, unique: e.unique, stmts: make(map[string]*sql.Stmt)}
	if m == writing {
		return c, nil
	}
	if _, err := conn.ExecContext(ctx, "PRAGMA query_only = 1; PRAGMA cache_size = -2048"); err != nil {
		c.drop()
		return nil, err
	}
	return c, nil
}

// close closes all connections, the last of which folds the log into the file,
// and lets go of the directory. No session is open any more.
func (e *sqliteEngine) close() error {
	var errs []error
	for _, idle := range []chan *sqliteConn{e.readers, e.writer} {
		for range cap(idle) {
			if c := <-idle; c != nil {
				errs = append(errs, c.close())
			}
		}
	}
	return errors.Join(append(errs, e.pool.Close(), e.lock.Close())...)
}
