package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Table describes what Insert writes. Make one of each kind and keep it: it
// remembers its statement texts.
type Table struct {
	Name    string
	Columns []Column
	// Suffix ends the statement: ON CONFLICT …, RETURNING …. Rows that are
	// written together must not meet under ON CONFLICT DO UPDATE, which
	// PostgreSQL refuses.
	Suffix string

	texts sync.Map // rows of one VALUES statement (0 for unnest) to its text
}

// Column is one column of a Table.
type Column struct {
	Name string
	Type Type
}

// buffer holds rows of one table, their values one after another.
type buffer struct {
	table  *Table
	values []any
}

// Insert buffers one row, a value for each column of t; nil is NULL.
//
// Buffered rows are written many at a time: by Flush, before the hooks of
// BeforeCommit, and before any statement that names their table or one whose
// rows came after theirs, so that a transaction reads what it wrote. Tables
// are written in order of their first row: insert parents first.
//
// An error, also of a value that does not fit, fails the transaction.
func (tx *Tx) Insert(t *Table, values ...any) {
	if tx.writable() != nil {
		return
	}
	tx.dirty = true
	i := slices.IndexFunc(tx.buffers, func(b *buffer) bool { return b.table == t })
	if i < 0 {
		i = len(tx.buffers)
		tx.buffers = append(tx.buffers, &buffer{table: t})
	}
	var err error
	if tx.buffers[i].values, err = t.appendRow(tx.buffers[i].values, values); err != nil {
		_ = tx.fail(err) // kept for the flush
	}
}

// Flush writes the buffered rows now.
func (tx *Tx) Flush(ctx context.Context) error {
	if err := tx.ready(); err != nil {
		return err
	}
	return tx.flush(ctx, len(tx.buffers))
}

// InsertNow writes rows at once and gives the number of rows that were written:
// fewer than given when ON CONFLICT left some out.
func (tx *Tx) InsertNow(ctx context.Context, t *Table, rows ...[]any) (int64, error) {
	values, err := tx.startInsert(ctx, t, rows)
	if err != nil {
		return 0, err
	}
	return tx.write(ctx, t, values)
}

// InsertReturning writes rows at once and calls each with what RETURNING in
// the suffix of t gives of every row that was written, in no certain order.
func (tx *Tx) InsertReturning(ctx context.Context, t *Table, each func(Row) error, rows ...[]any) error {
	values, err := tx.startInsert(ctx, t, rows)
	if err != nil {
		return err
	}
	for text, args := range tx.statements(t, values) {
		written := tx.rows(true, func() (*sql.Rows, error) { return tx.session.query(ctx, text, args) })
		for row, err := range written {
			if err == nil {
				err = each(row)
			}
			if err != nil {
				return tx.fail(fmt.Errorf("insert %s: %w", t.Name, err))
			}
		}
	}
	return nil
}

// startInsert checks and binds rows that are written at once.
func (tx *Tx) startInsert(ctx context.Context, t *Table, rows [][]any) (values []any, err error) {
	if err := tx.writable(); err != nil {
		return nil, err
	}
	tx.dirty = true
	if err := tx.flushFor(ctx, t.Name); err != nil {
		return nil, err
	}
	values = make([]any, 0, len(rows)*len(t.Columns))
	for _, row := range rows {
		if values, err = t.appendRow(values, row); err != nil {
			return nil, tx.fail(err)
		}
	}
	return values, nil
}

// flushFor writes the buffered rows that a statement could want to see: those
// of the tables that it names, and of all tables before them.
func (tx *Tx) flushFor(ctx context.Context, query string) error {
	for n := len(tx.buffers); n > 0; n-- {
		if b := tx.buffers[n-1]; len(b.values) > 0 && names(query, b.table.Name) {
			return tx.flush(ctx, n)
		}
	}
	return nil
}

// flush writes the rows of the first n buffers. An empty buffer keeps its
// place, so that parents go first as long as the transaction lasts.
func (tx *Tx) flush(ctx context.Context, n int) error {
	if tx.failed != nil {
		return tx.failed
	}
	for _, b := range tx.buffers[:n] {
		if _, err := tx.write(ctx, b.table, b.values); err != nil {
			return err
		}
		b.values = b.values[:0]
	}
	return nil
}

// write writes bound values and gives the number of rows written.
func (tx *Tx) write(ctx context.Context, t *Table, values []any) (int64, error) {
	var written int64
	for text, args := range tx.statements(t, values) {
		n, err := tx.session.exec(ctx, text, args)
		if err != nil {
			return written, tx.fail(fmt.Errorf("insert %s: %w", t.Name, err))
		}
		written += n
	}
	tx.wrote += written
	return written, nil
}

// appendRow binds the values of one row and appends them.
func (t *Table) appendRow(values, row []any) ([]any, error) {
	if len(row) != len(t.Columns) {
		return nil, fmt.Errorf("insert %s: %w: %d values for %d columns", t.Name, ErrType, len(row), len(t.Columns))
	}
	for i, c := range t.Columns {
		v, err := c.Type.bind(row[i])
		if err != nil {
			return nil, fmt.Errorf("insert %s: column %s: %w", t.Name, c.Name, err)
		}
		values = append(values, v)
	}
	return values, nil
}

// bind gives an argument as a column of type t takes it.
func (t Type) bind(arg any) (any, error) {
	v, _, err := bind(arg)
	if err != nil || v == nil {
		return nil, err
	}
	fits := false
	switch x := v.(type) {
	case string:
		fits = t == Text
	case int64:
		if t == Real {
			return float64(x), nil
		}
		fits = t == Int
	case []byte:
		fits = t == Bytes
	case float64:
		fits = t == Real
	}
	if !fits {
		return nil, fmt.Errorf("%w: %T in a column of %s", ErrType, arg, t)
	}
	return v, nil
}

// names reports whether a statement names a table: as a whole word, anywhere.
// A false alarm only writes buffered rows early.
func names(query, table string) bool {
	for at := 0; ; {
		i := strings.Index(query[at:], table)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(table)
		if (start == 0 || !wordByte(query[start-1])) && (end == len(query) || !wordByte(query[end])) {
			return true
		}
		at = start + 1
	}
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
