package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"iter"
	"time"
)

// mode is what a session is for.
type mode uint8

const (
	writing  mode = iota + 1 // a write transaction
	snapshot                 // a read-only transaction that sees one moment
	single                   // one read-only statement without a transaction
)

// engine is a database: what the two do differently behind one text.
type engine interface {
	dialect() Dialect
	// begin takes a connection and begins what m names. Waiting honours ctx;
	// run is what the statements of the session run under, which in a write
	// transaction no longer ends with ctx.
	begin(ctx context.Context, m mode) (s session, run context.Context, err error)
	close() error
}

// session is one transaction on one connection. It ends with commit or
// rollback, which give the connection back, or close it when its state is not
// known for sure.
type session interface {
	exec(ctx context.Context, query string, args []any) (int64, error)
	query(ctx context.Context, query string, args []any) (*sql.Rows, error)
	// explain turns a driver's error into one of ours where there is one.
	explain(err error) error
	// probe fails when the database takes no writes.
	probe(ctx context.Context) error
	commit() error
	rollback()
}

// forget has database/sql close a connection instead of taking it back. Where the context of its transaction has ended,
// database/sql may be closing it at this very moment. Raw looks before it locks, so it may then find the connection gone and
// panic; what it was asked for is done by then.
func forget(conn *sql.Conn) {
	defer func() { _ = recover() }()
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
}

// A lost race is run again at once at first, and at last after up to half a
// second: ten times take a few seconds at most.
const maxRetries = 10

var raceBackoff = backoff{first: 2 * time.Millisecond, most: 500 * time.Millisecond}

// InTx runs fn in a write transaction and commits.
//
// An error of fn rolls back and is returned; a panic rolls back and goes on.
// Waiting to begin honours ctx, and nothing begins once ctx is done. From then
// on the transaction runs to its end whatever becomes of ctx: fn's own ctx
// keeps the values but not the cancellation. On PostgreSQL a transaction is cut
// off after 30 s.
//
// A transaction that loses a race on PostgreSQL runs again, up to 10 times:
// only the last run counts, so fn must not leave traces outside the
// transaction. ErrCommitUnknown is the one error after which the transaction
// may have happened.
func (db *DB) InTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	for n := 0; ; n++ {
		err := db.attempt(ctx, fn)
		if !IsSerialization(err) {
			return err
		}
		db.tally.races.Add(1)
		if n == maxRetries || raceBackoff.wait(ctx, n) != nil {
			return err
		}
	}
}

func (db *DB) attempt(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	tx, err := db.begin(ctx, writing)
	if err != nil {
		return err
	}
	defer tx.rollback()
	if err := fn(tx.run, tx); err != nil {
		if IsSerialization(tx.failed) && !IsSerialization(err) {
			return errors.Join(err, tx.failed) // fn hides that it only lost a race
		}
		return err
	}
	if err := tx.commit(); err != nil {
		return err
	}
	tx.told()
	return nil
}

// Read runs fn on a snapshot: everything that it reads is of one moment. It
// ends with ctx.
func (db *DB) Read(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	tx, err := db.begin(ctx, snapshot)
	if err != nil {
		return err
	}
	defer tx.rollback()
	if err := fn(tx.run, tx); err != nil {
		return err
	}
	return tx.failed
}

// Query reads by a single statement, in one round trip where Read takes three.
// It is used like Tx.Query; a connection is held until the loop ends.
func (db *DB) Query(ctx context.Context, query string, args ...any) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		tx, err := db.begin(ctx, single)
		if err != nil {
			yield(nil, err)
			return
		}
		defer tx.rollback()
		tx.Query(ctx, query, args...)(yield)
	}
}

// QueryRow reads the first row of a single statement. It runs when Scan is
// called, which gives ErrNoRows when there is none.
func (db *DB) QueryRow(ctx context.Context, query string, args ...any) Row {
	return firstRow{db.Query(ctx, query, args...)}
}

// inside marks the contexts of a database's own transactions.
type inside struct{ db *DB }

func (db *DB) begin(ctx context.Context, m mode) (*Tx, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if ctx.Value(inside{db}) != nil {
		return nil, ErrNested
	}
	if !db.enter() {
		return nil, ErrClosed
	}
	session, run, err := db.engine.begin(ctx, m)
	if err != nil {
		db.inUse.Done()
		return nil, err
	}
	return &Tx{db: db, session: session, mode: m, run: context.WithValue(run, inside{db}, true)}, nil
}
