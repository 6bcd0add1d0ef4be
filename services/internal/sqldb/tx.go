package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"strings"
)

// Tx is one transaction, given to the function of InTx, Group or Read. It is
// for one goroutine and ends with that function.
//
// After a statement failed, the transaction can only be rolled back: every
// later statement, and the commit, give the same error.
type Tx struct {
	db      *DB
	session session
	mode    mode
	run     context.Context // what statements run under

	failed  error // the first error of a statement
	done    bool
	reading bool  // rows of a statement are still open
	dirty   bool  // something was written or registered since the flag was last cleared
	wrote   int64 // rows

	buffers []*buffer // rows of Insert, in order of their table's first one
	before  [stages][]func(ctx context.Context) error
	after   []func()
	locals  map[any]any
}

// Row is one row of a result. Scan copies its columns into dest, as
// sql.Rows.Scan does.
type Row interface {
	Scan(dest ...any) error
}

// Querier is what reads: a Tx, or a DB for a single statement.
type Querier interface {
	Query(ctx context.Context, query string, args ...any) iter.Seq2[Row, error]
	QueryRow(ctx context.Context, query string, args ...any) Row
}

// Dialect names the database.
func (tx *Tx) Dialect() Dialect { return tx.db.Dialect() }

// Exec runs a statement and gives the number of rows that it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	args, err := tx.prepare(ctx, query, args)
	if err != nil {
		return 0, err
	}
	tx.dirty = true
	n, err := tx.session.exec(ctx, query, args)
	tx.wrote += n
	return n, tx.fail(err)
}

// Query runs a statement when the loop over it begins, and closes it when the
// loop ends:
//
//	for row, err := range tx.Query(ctx, `SELECT id FROM lead WHERE …`) {
//		if err != nil { return err }
//		if err := row.Scan(&id); err != nil { return err }
//	}
//
// A row is valid for its turn of the loop. An error is the last turn. Inside
// the loop the transaction takes no other statement.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) iter.Seq2[Row, error] {
	return tx.rows(!reads(query), func() (*sql.Rows, error) { return tx.query(ctx, query, args) })
}

// rows gives the rows that open opens, when the loop over them begins; written says that they were written, too.
func (tx *Tx) rows(written bool, open func() (*sql.Rows, error)) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		rows, err := open()
		if err != nil {
			yield(nil, tx.fail(err))
			return
		}
		tx.reading = true
		defer func() {
			tx.reading = false
			_ = tx.fail(tx.session.explain(rows.Close())) // kept for the commit
		}()
		for rows.Next() {
			if written {
				tx.wrote++
			}
			if !yield(rows, nil) {
				return
			}
		}
		if err := tx.fail(tx.session.explain(rows.Err())); err != nil {
			yield(nil, err)
		}
	}
}

// QueryRow runs a statement for its first row. It runs when Scan is called,
// which gives ErrNoRows when there is none.
func (tx *Tx) QueryRow(ctx context.Context, query string, args ...any) Row {
	return firstRow{tx.Query(ctx, query, args...)}
}

// firstRow is the first row of a query.
type firstRow struct {
	rows iter.Seq2[Row, error]
}

// Scan runs the query and copies the columns of its first row.
func (r firstRow) Scan(dest ...any) error {
	for row, err := range r.rows {
		if err != nil {
			return err
		}
		return row.Scan(dest...)
	}
	return ErrNoRows
}

func (tx *Tx) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	args, err := tx.prepare(ctx, query, args)
	if err != nil {
		return nil, err
	}
	tx.dirty = tx.dirty || !reads(query)
	tx.db.tally.reads.Add(1)
	rows, err := tx.session.query(ctx, query, args)
	return rows, tx.fail(err)
}

// prepare checks that a statement may run now, writes the buffered rows that it
// could want to see, and binds its arguments.
func (tx *Tx) prepare(ctx context.Context, query string, args []any) ([]any, error) {
	if err := tx.ready(); err != nil {
		return nil, err
	}
	if err := tx.flushFor(ctx, query); err != nil {
		return nil, err
	}
	args, err := bindAll(args)
	return args, tx.fail(err)
}

// ready reports why the transaction cannot take a statement.
func (tx *Tx) ready() error {
	switch {
	case tx.done:
		return ErrTxDone
	case tx.failed != nil:
		return tx.failed
	case tx.reading:
		return tx.fail(ErrBusyRows)
	default:
		return nil
	}
}

// writable reports why the transaction cannot write.
func (tx *Tx) writable() error {
	if err := tx.ready(); err != nil {
		return err
	}
	if tx.mode != writing {
		return tx.fail(ErrReadOnly)
	}
	return nil
}

// fail keeps the first error and gives err back.
func (tx *Tx) fail(err error) error {
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}

// reads reports whether a query surely only reads. A WITH may end in an UPDATE.
func reads(query string) bool {
	query = strings.TrimSpace(query)
	return len(query) > 6 && strings.EqualFold(query[:6], "SELECT")
}

// commit writes what is buffered, runs the hooks of BeforeCommit and commits.
func (tx *Tx) commit() error {
	if err := tx.finish(); err != nil {
		return err
	}
	tx.done = true
	defer tx.db.inUse.Done()
	err := tx.session.commit()
	if err == nil {
		tx.db.tally.add(tx)
	}
	if err == nil || definite(err) {
		return err
	}
	return errors.Join(ErrCommitUnknown, err)
}

// rollback undoes the transaction unless it is over already.
func (tx *Tx) rollback() {
	if tx.done {
		return
	}
	tx.done = true
	tx.session.rollback()
	tx.db.inUse.Done()
}
