package store

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"strings"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

//go:embed migrations/*.sql
var embedded embed.FS

// Migrations makes the tables of the routing service.
func Migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil { // the directory is embedded above
		return embedded
	}
	return sub
}

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("no such row")

// PassGate lets one transaction at a time look again for what it did not find, or make what others may be looking for.
// Without it, both could happen at once, unseen by each other: a lead would be held for want of a pool that exists.
func PassGate(ctx context.Context, tx *sqldb.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE gate SET visits = visits + 1 WHERE id = 0`)
	return err
}

// row is a record whose columns can be scanned and written in one order.
type row interface{ fields() []any }

// record makes a *T of which fields can be taken.
type record[T any] interface {
	*T
	row
}

// one scans the only row of a query.
func one[T any, R record[T]](r sqldb.Row) (R, error) {
	found := R(new(T))
	err := r.Scan(found.fields()...)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	return found, err
}

// all scans the rows of a query.
func all[T any, R record[T]](rows func(yield func(sqldb.Row, error) bool)) ([]R, error) {
	var found []R
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		r := R(new(T))
		if err := row.Scan(r.fields()...); err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, nil
}

// texts scans a query of one column.
func texts(rows func(yield func(sqldb.Row, error) bool)) ([]string, error) {
	var found []string
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		var text string
		if err := row.Scan(&text); err != nil {
			return nil, err
		}
		found = append(found, text)
	}
	return found, nil
}

// put inserts rows, or writes over those that are there.
func put[R row](ctx context.Context, tx *sqldb.Tx, t *sqldb.Table, rows []R) error {
	if len(rows) == 0 {
		return nil
	}
	values := make([][]any, len(rows))
	for i, r := range rows {
		values[i] = r.fields()
	}
	_, err := tx.InsertNow(ctx, t, values...)
	return err
}

// plain describes rows that are only inserted. The columns are given as `id text, rank int`, in the order of fields.
func plain(name, columns string) *sqldb.Table {
	t := &sqldb.Table{Name: name}
	for column := range strings.SplitSeq(columns, ",") {
		column, kind, _ := strings.Cut(strings.TrimSpace(column), " ")
		t.Columns = append(t.Columns, sqldb.Column{Name: column, Type: types[kind]})
	}
	return t
}

// table describes rows that put writes. The columns of the key come first.
func table(name string, keys int, columns string) *sqldb.Table {
	t := plain(name, columns)
	var key, set []string
	for i, c := range t.Columns {
		if i < keys {
			key = append(key, c.Name)
		} else {
			set = append(set, c.Name+" = excluded."+c.Name)
		}
	}
	t.Suffix = "ON CONFLICT (" + strings.Join(key, ", ") + ") DO UPDATE SET " + strings.Join(set, ", ")
	return t
}

var types = map[string]sqldb.Type{"text": sqldb.Text, "int": sqldb.Int, "bytes": sqldb.Bytes}

// columns are the names of a table's columns, for a SELECT.
func columns(t *sqldb.Table) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}
