package sqldb

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// txLimit is how long a write transaction may take: the end of a wait on a
// server that has fallen silent, while the caller's cancellation is ignored.
const txLimit = 30 * time.Second

// connectLimit is how long one attempt to connect may take.
const connectLimit = 5 * time.Second

var startBackoff = backoff{first: 50 * time.Millisecond, most: 2 * time.Second}

// postgresEngine is one schema of a PostgreSQL database.
type postgresEngine struct {
	pool     *sql.DB
	maxConns int
	limit    time.Duration // of a write transaction
}

func openPostgres(ctx context.Context, cfg Config) (engine, error) {
	config, err := postgresConfig(cfg)
	if err != nil {
		return nil, err
	}
	if err := prepareSchema(ctx, config, cfg); err != nil {
		return nil, err
	}
	e := &postgresEngine{pool: openPool(config), maxConns: cfg.MaxConns, limit: txLimit}
	e.pool.SetMaxOpenConns(cfg.MaxConns)
	e.pool.SetMaxIdleConns(cfg.MaxConns)
	e.pool.SetConnMaxIdleTime(5 * time.Minute)
	return e, nil
}

// postgresConfig reads the URL and adds what every connection needs. The server
// ends a transaction whose client is gone without a word, which would hold its
// locks, a little after the client itself would have.
func postgresConfig(cfg Config) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(cfg.URL)
	if err != nil {
		return nil, err
	}
	config.ConnectTimeout = cmp.Or(config.ConnectTimeout, connectLimit)
	config.RuntimeParams["search_path"] = cfg.Service
	for name, value := range map[string]string{
		"application_name":                    "handoff/" + cfg.Service,
		"idle_in_transaction_session_timeout": strconv.FormatInt((txLimit + 5*time.Second).Milliseconds(), 10),
	} {
		config.RuntimeParams[name] = cmp.Or(config.RuntimeParams[name], value)
	}
	return config, nil
}

// sessionSettings are what every connection asks of the server, if it knows them; not every platform and relative of PostgreSQL
// does. Now and then the server looks whether the client is still there: otherwise a statement of a killed process that waits
// for a lock goes on to hold its own. And it compiles no statements. Ours read some hundred rows by their indices, however
// many the planner expects where it has no statistics yet; to compile one takes it longer than to run it a hundred times.
var sessionSettings = []string{`SET client_connection_check_interval = '2s'`, `SET jit = off`}

// openPool gives connections with these settings.
func openPool(config *pgx.ConnConfig) *sql.DB {
	return stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		for _, setting := range sessionSettings {
			_, err := conn.Exec(ctx, setting)
			if _, refused := errors.AsType[*pgconn.PgError](err); err != nil && !refused {
				return err
			}
		}
		return nil
	}))
}

// prepareSchema waits for the server, creates the schema and migrates it, under
// a lock that keeps other replicas waiting meanwhile. The lock belongs to the
// session, so all is done on a single connection and ends with it.
func prepareSchema(ctx context.Context, config *pgx.ConnConfig, cfg Config) (err error) {
	pool := openPool(config)
	pool.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, pool.Close()) }()
	if err := awaitServer(ctx, pool, cfg.Logger); err != nil {
		return err
	}
	if err := lockSchema(ctx, pool, cfg.Service); err != nil {
		return fmt.Errorf("lock schema: %w", err)
	}
	if err := createSchema(ctx, pool, cfg.Service); err != nil {
		return fmt.Errorf("create schema: %w", err)
	}
	return migrate(ctx, pool, PostgreSQL, cfg.Migrations, cfg.Logger)
}

// awaitServer connects, again and again while the server is not there yet.
func awaitServer(ctx context.Context, pool *sql.DB, log *slog.Logger) error {
	for n := 0; ; n++ {
		err := pool.PingContext(ctx)
		if err == nil || !IsUnavailable(err) {
			return err
		}
		log.WarnContext(ctx, "waiting for PostgreSQL", "error", err)
		if startBackoff.wait(ctx, n) != nil {
			return err
		}
	}
}

// lockSchema takes the advisory lock of a schema's migrations. It asks again
// and again rather than waiting inside the server, where a waiting statement's
// snapshot would hold up CREATE INDEX CONCURRENTLY.
func lockSchema(ctx context.Context, pool *sql.DB, schema string) error {
	key := fnv.New64a()
	_, _ = key.Write([]byte("handoff migrations of " + schema)) // a hash takes everything
	for n := 0; ; n++ {
		var locked bool
		err := pool.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, int64(key.Sum64())).Scan(&locked)
		if err != nil || locked {
			return err
		}
		if err := startBackoff.wait(ctx, n); err != nil {
			return err
		}
	}
}

// createSchema looks first, because CREATE SCHEMA IF NOT EXISTS asks for the
// right to create one even when there is nothing to create.
func createSchema(ctx context.Context, pool *sql.DB, schema string) error {
	there, err := hasSchema(ctx, pool, schema)
	if err != nil || there {
		return err
	}
	_, err = pool.ExecContext(ctx, `CREATE SCHEMA `+pgx.Identifier{schema}.Sanitize())
	return err
}

func (e *postgresEngine) dialect() Dialect { return PostgreSQL }

func (e *postgresEngine) close() error { return e.pool.Close() }

// begin takes a connection and begins. Connections that died while they were
// idle, as all do when the server restarts, are thrown away here: nothing has
// happened on them yet.
func (e *postgresEngine) begin(ctx context.Context, m mode) (session, context.Context, error) {
	for n := 0; ; n++ {
		conn, err := e.pool.Conn(ctx)
		if err != nil {
			return nil, nil, err
		}
		s, run, err := e.beginOn(ctx, conn, m)
		if err == nil {
			return s, run, nil
		}
		s.drop()
		if n == e.maxConns || !IsUnavailable(err) || ctx.Err() != nil {
			return nil, nil, err
		}
	}
}

// postgresConn is one transaction on a connection of the pool, which caches
// prepared statements by itself.
type postgresConn struct {
	conn   *sql.Conn
	tx     *sql.Tx // nil for a single statement
	on     runner  // tx if there is one
	cancel context.CancelFunc
}

// runner is a sql.Conn or a sql.Tx.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func (e *postgresEngine) beginOn(ctx context.Context, conn *sql.Conn, m mode) (*postgresConn, context.Context, error) {
	s := &postgresConn{conn: conn, on: conn, cancel: func() {}}
	var options sql.TxOptions
	switch m {
	case single:
		return s, ctx, nil
	case snapshot:
		options = sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	case writing:
		options = sql.TxOptions{Isolation: sql.LevelReadCommitted}
		ctx, s.cancel = context.WithTimeout(context.WithoutCancel(ctx), e.limit)
	}
	tx, err := conn.BeginTx(ctx, &options)
	s.tx, s.on = tx, tx
	return s, ctx, err
}

func (s *postgresConn) exec(ctx context.Context, query string, args []any) (int64, error) {
	result, err := s.on.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, s.explain(err)
	}
	return result.RowsAffected()
}

func (s *postgresConn) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	rows, err := s.on.QueryContext(ctx, query, args...)
	return rows, s.explain(err)
}

// explain gives a violated unique index its name.
func (s *postgresConn) explain(err error) error {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "23505" { // unique_violation
		return &UniqueError{Index: e.ConstraintName, err: err}
	}
	return err
}

// probe asks whether the server is a standby or set to read-only.
func (s *postgresConn) probe(ctx context.Context) error {
	var readOnly string
	err := s.tx.QueryRowContext(ctx, `SELECT current_setting('transaction_read_only')`).Scan(&readOnly)
	if err == nil && readOnly == "on" {
		return ErrReadOnly
	}
	return err
}

func (s *postgresConn) commit() error {
	err := s.tx.Commit()
	if err != nil && !definite(err) {
		s.drop()
		return err
	}
	s.release()
	return err
}

func (s *postgresConn) rollback() {
	if s.tx != nil && s.tx.Rollback() != nil {
		s.drop()
		return
	}
	s.release()
}

func (s *postgresConn) release() {
	s.cancel()
	_ = s.conn.Close() // goes back to the pool
}

// drop closes the connection.
func (s *postgresConn) drop() {
	forget(s.conn)
	s.release()
}
