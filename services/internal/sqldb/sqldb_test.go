package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// schema is what most tests work on.
var schema = migrations(
	`CREATE TABLE counter (id {int} NOT NULL PRIMARY KEY, n {int} NOT NULL) {strict};
	INSERT INTO counter (id, n) VALUES (1, 0)`,
	`CREATE TABLE item (id {text} NOT NULL PRIMARY KEY, n {int}, r {real}, doc {bytes}) {keyed}`,
	`CREATE TABLE mail (id {int} NOT NULL PRIMARY KEY, source {text} NOT NULL, source_id {text} NOT NULL, address {text} UNIQUE) {strict};
	CREATE UNIQUE INDEX mail_source ON mail (source, source_id);
	CREATE TABLE reply (id {int} NOT NULL PRIMARY KEY, mail {int} NOT NULL REFERENCES mail) {strict}`,
)

var items = &sqldb.Table{Name: "item", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "n", Type: sqldb.Int}, {Name: "r", Type: sqldb.Real}, {Name: "doc", Type: sqldb.Bytes},
}}

// migrations gives texts as files for goose.
func migrations(texts ...string) fs.FS {
	files := fstest.MapFS{}
	for i, text := range texts {
		files[fmt.Sprintf("%05d_step.sql", i+1)] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text + ";\n")}
	}
	return files
}

// do is a transaction of one statement.
func do(tb testing.TB, db *sqldb.DB, query string, args ...any) {
	tb.Helper()
	err := db.InTx(tb.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// one reads a single value.
func one[T any](tb testing.TB, q sqldb.Querier, query string, args ...any) T {
	tb.Helper()
	var v T
	if err := q.QueryRow(tb.Context(), query, args...).Scan(&v); err != nil {
		tb.Fatal(err)
	}
	return v
}

// all reads a column.
func all[T any](ctx context.Context, q sqldb.Querier, query string, args ...any) ([]T, error) {
	var vs []T
	for row, err := range q.Query(ctx, query, args...) {
		if err != nil {
			return nil, err
		}
		var v T
		if err := row.Scan(&v); err != nil {
			return nil, err
		}
		vs = append(vs, v)
	}
	return vs, nil
}

func TestCloseWaitsAndThenRefuses(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		closed := make(chan error)
		ended := false
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			go func() {
				err := db.Close()
				if !ended {
					err = errors.Join(err, errors.New("did not wait for the transaction"))
				}
				closed <- err
			}()
			for !errors.Is(db.QueryRow(t.Context(), `SELECT 1`).Scan(new(int)), sqldb.ErrClosed) {
				runtime.Gosched()
			}
			_, err := tx.Exec(ctx, `UPDATE counter SET n = 1`)
			ended = true
			return err
		})
		if err := errors.Join(err, <-closed); err != nil {
			t.Error(err)
		}
		for name, err := range map[string]error{
			"InTx":  db.InTx(t.Context(), func(context.Context, *sqldb.Tx) error { return nil }),
			"Group": db.Group(t.Context(), func(context.Context, *sqldb.Tx) error { return nil }),
			"Query": db.QueryRow(t.Context(), `SELECT 1`).Scan(new(int)),
		} {
			if !errors.Is(err, sqldb.ErrClosed) || !sqldb.IsUnavailable(err) {
				t.Errorf("%s after Close: got %v, want %v", name, err, sqldb.ErrClosed)
			}
		}
	})
}

func TestConfigReportsAllProblems(t *testing.T) {
	_, err := sqldb.Open(t.Context(), sqldb.Config{Service: "Bad-Name", MaxConns: -1})
	for _, want := range []string{"Bad-Name", "either a directory or a URL", "max conns -1"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to say %q", err, want)
		}
	}
}
