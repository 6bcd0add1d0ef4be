// Package store keeps campaigns, spend, opportunities and the facts that other services tell of leads and handoffs.
//
// Facts are written so that the order in which events of different senders arrive leaves no trace: a row is made by
// whichever event mentions it first, of two instants of one kind the earlier one stays, and touches are only ever added.
// Whose touch it is, is found when it is read:
//
//	touch ──lead──▶ lead ──survivor──▶ lead ──▶ account
//	                 what was told      the record that the person lives on in
//
// What changes is kept as it stood, with the time during which it did: who a lead is, and what an opportunity is. What only
// becomes known is kept with the instant since which it is. A [View] reads either the present or the past.
package store

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"math"
	"strconv"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

//go:embed migrations/*.sql
var embedded embed.FS

// Migrations makes the tables of the attribution service.
func Migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil { // the directory is embedded above
		return embedded
	}
	return sub
}

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("not found")

// micros is an instant as a column holds it: NULL for the zero instant.
func micros(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UnixMicro()
}

// instant is the instant of a column.
func instant(micros *int64) time.Time {
	if micros == nil {
		return time.Time{}
	}
	return at(*micros)
}

func at(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// Place is where a row lies in a list that is ordered by an instant and the id.
type Place struct {
	Micros int64 // Unix microseconds
	ID     string
}

// Last is behind every row: a list in reverse begins there.
func Last() Place { return Place{Micros: math.MaxInt64} }

// First is before every row.
func First() Place { return Place{Micros: math.MinInt64} }

// keyValues are natural keys as the rows of a VALUES list.
func keyValues(tx *sqldb.Tx, keys []Key) (list string, args []any) {
	rows := make([][]any, len(keys))
	for i, k := range keys {
		rows[i] = []any{k.Source, k.SourceID}
	}
	return tx.Dialect().Values(1, []sqldb.Type{sqldb.Text, sqldb.Text}, rows)
}

// placeholder is that of the last argument.
func placeholder(args []any) string { return "$" + strconv.Itoa(len(args)) }

// insertFresh writes rows into a table that leaves known keys alone and returns ids, and gives the records of the rows that
// were written, in their order.
func insertFresh[T any](ctx context.Context, tx *sqldb.Tx, table *sqldb.Table, rows [][]any, records []T, id func(T) string) ([]T, error) {
	written := make(map[string]bool, len(rows))
	err := tx.InsertReturning(ctx, table, func(row sqldb.Row) error {
		var id string
		err := row.Scan(&id)
		written[id] = true
		return err
	}, rows...)
	if err != nil {
		return nil, err
	}
	var fresh []T
	for _, r := range records {
		if written[id(r)] {
			fresh = append(fresh, r)
		}
	}
	return fresh, nil
}
