package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// item is a row of the table item.
type item struct {
	ID  string
	N   *int64
	R   *float64
	Doc *string // the bytes; SQLite's driver reads empty ones as nil, not as NULL
}

// doc gives the bytes as they are bound.
func (i item) doc() []byte {
	if i.Doc == nil {
		return nil
	}
	return []byte(*i.Doc)
}

func readItems(ctx context.Context, q sqldb.Querier) ([]item, error) {
	var got []item
	for row, err := range q.Query(ctx, `SELECT id, n, r, doc FROM item ORDER BY id`) {
		if err != nil {
			return nil, err
		}
		var i item
		if err := row.Scan(&i.ID, &i.N, &i.R, &i.Doc); err != nil {
			return nil, err
		}
		got = append(got, i)
	}
	return got, nil
}

func TestInsertWritesAnyNumberOfRows(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		for _, n := range []int{1, 2, 3, 63, 64, 65, 100, 3000, 5000} {
			var want []item
			err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				if _, err := tx.Exec(ctx, `DELETE FROM item`); err != nil {
					return err
				}
				for i := range n {
					row := rowOf(i)
					tx.Insert(items, row.ID, row.N, row.R, row.doc())
					want = append(want, row)
				}
				return nil
			})
			if err != nil {
				t.Fatalf("%d rows: %v", n, err)
			}
			got, err := readItems(t.Context(), db)
			if diff := cmp.Diff(got, want); diff != "" || err != nil {
				t.Fatalf("%d rows: %v (-got +want):\n%s", n, err, diff)
			}
		}
	})
}

// rowOf is a row with NULLs in all places.
func rowOf(i int) item {
	row := item{ID: fmt.Sprintf("%05d", i)}
	if i%2 == 0 {
		row.N = new(int64(i) << 40)
	}
	if i%3 == 0 {
		row.R = new(float64(i) / 7)
	}
	switch i % 5 {
	case 0:
		row.Doc = new("")
	case 1:
		row.Doc = new(string([]byte{0, 0xff, byte(i)}))
	}
	return row
}

func TestATransactionReadsWhatItInserted(t *testing.T) {
	mails := &sqldb.Table{Name: "mail", Columns: []sqldb.Column{
		{Name: "id", Type: sqldb.Int}, {Name: "source", Type: sqldb.Text}, {Name: "source_id", Type: sqldb.Text},
	}}
	replies := &sqldb.Table{Name: "reply", Columns: []sqldb.Column{{Name: "id", Type: sqldb.Int}, {Name: "mail", Type: sqldb.Int}}}
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			for i := range 3 {
				tx.Insert(mails, i, "web", fmt.Sprint(i))
				tx.Insert(replies, i, i)
				tx.Insert(items, fmt.Sprint(i), nil, nil, nil)
				if got := one[int](t, tx, `SELECT count(*) FROM reply`); got != i+1 {
					t.Errorf("replies: got %d, want %d", got, i+1)
				}
			}
			if n, err := tx.Exec(ctx, "UPDATE item SET n = 1"); n != 3 || err != nil {
				t.Errorf("update of buffered rows: got %d, %v; want 3", n, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestInsertNowCountsAndReturnsWhatWasWritten(t *testing.T) {
	quiet := &sqldb.Table{Name: "item", Columns: items.Columns, Suffix: "ON CONFLICT (id) DO NOTHING"}
	loud := &sqldb.Table{Name: "item", Columns: items.Columns,
		Suffix: "ON CONFLICT (id) DO UPDATE SET n = item.n + excluded.n RETURNING id, n"}
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		got := map[string]int{}
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			rows := [][]any{{"a", 1, nil, nil}, {"b", 2, nil, nil}, {"c", 3, nil, nil}}
			tx.Insert(items, "b", 10, nil, nil)
			if n, err := tx.InsertNow(ctx, quiet, rows...); n != 2 || err != nil {
				t.Errorf("insert now: got %d, %v; want 2", n, err)
			}
			return tx.InsertReturning(ctx, loud, func(row sqldb.Row) error {
				var id string
				var n int
				err := row.Scan(&id, &n)
				got[id] = n
				return err
			}, rows...)
		})
		if diff := cmp.Diff(got, map[string]int{"a": 2, "b": 12, "c": 6}); diff != "" || err != nil {
			t.Errorf("returned: %v (-got +want):\n%s", err, diff)
		}
	})
}

func TestInsertRefusesWhatDoesNotFit(t *testing.T) {
	rows := map[string]struct {
		row  []any
		want error
	}{
		"too few values":      {[]any{"a"}, sqldb.ErrType},
		"number as text":      {[]any{1, nil, nil, nil}, sqldb.ErrType},
		"text as number":      {[]any{"a", "1", nil, nil}, sqldb.ErrType},
		"text as bytes":       {[]any{"a", nil, nil, "doc"}, sqldb.ErrType},
		"fraction as integer": {[]any{"a", 1.5, nil, nil}, sqldb.ErrType},
		"a time":              {[]any{"a", time.Unix(0, 0), nil, nil}, sqldb.ErrType},
		"NUL":                 {[]any{"a\x00", nil, nil, nil}, sqldb.ErrNUL},
		"broken UTF-8":        {[]any{"a\xff", nil, nil, nil}, sqldb.ErrUTF8},
		"NaN":                 {[]any{"a", nil, math.NaN(), nil}, sqldb.ErrNotFinite},
	}
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		for name, c := range rows {
			err := db.InTx(t.Context(), func(_ context.Context, tx *sqldb.Tx) error {
				tx.Insert(items, "before", nil, nil, nil)
				tx.Insert(items, c.row...)
				return nil
			})
			if !errors.Is(err, c.want) {
				t.Errorf("%s: got %v, want %v", name, err, c.want)
			}
		}
		if got := one[int](t, db, `SELECT count(*) FROM item`); got != 0 {
			t.Errorf("items: got %d, want 0", got)
		}
	})
}

func TestArgumentsAreStoredAlike(t *testing.T) {
	type name string
	cases := map[string]struct {
		column    string
		arg, want any
	}{
		"bool":             {"n", true, int64(1)},
		"int":              {"n", 7, int64(7)},
		"uint32":           {"n", uint32(7), int64(7)},
		"pointer":          {"n", new(int32(7)), int64(7)},
		"nil pointer":      {"n", (*int32)(nil), nil},
		"named text":       {"id", name("x"), "x"},
		"float32":          {"r", float32(0.5), 0.5},
		"integer as real":  {"r", 2.0, 2.0},
		"bytes":            {"doc", []byte{0, 1}, []byte{0, 1}},
		"nil bytes":        {"doc", []byte(nil), nil},
		"smallest integer": {"n", int64(math.MinInt64), int64(math.MinInt64)},
	}
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		do(t, db, `INSERT INTO item (id) VALUES ('')`)
		for what, c := range cases {
			do(t, db, `UPDATE item SET `+c.column+` = $1`, c.arg)
			if diff := cmp.Diff(one[any](t, db, `SELECT `+c.column+` FROM item`), c.want); diff != "" {
				t.Errorf("%s (-got +want):\n%s", what, diff)
			}
		}
	})
}

func TestArgumentsAreRefusedAlike(t *testing.T) {
	cases := map[string]struct {
		arg  any
		want error
	}{
		"NUL":            {"a\x00b", sqldb.ErrNUL},
		"NUL at the end": {new("a\x00"), sqldb.ErrNUL},
		"lone surrogate": {"\xed\xa0\x80", sqldb.ErrUTF8},
		"infinity":       {math.Inf(-1), sqldb.ErrNotFinite},
		"time":           {time.Time{}, sqldb.ErrType},
		"64 bits":        {uint64(math.MaxInt64 + 1), sqldb.ErrType},
		"slice":          {[]string{"a"}, sqldb.ErrType},
		"struct":         {struct{}{}, sqldb.ErrType},
	}
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		for what, c := range cases {
			err := db.QueryRow(t.Context(), `SELECT count(*) FROM item WHERE id = $1`, c.arg).Scan(new(int))
			if !errors.Is(err, c.want) {
				t.Errorf("%s: got %v, want %v", what, err, c.want)
			}
		}
	})
}

func TestInFindsExactlyItsItems(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		err := db.InTx(t.Context(), func(_ context.Context, tx *sqldb.Tx) error {
			for i := range 40 {
				tx.Insert(items, fmt.Sprintf("%02d", i), i, nil, nil)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for n := range 35 {
			var want []string
			for i := range n {
				want = append(want, fmt.Sprintf("%02d", i))
			}
			list, args := sqldb.In(2, want)
			got, err := all[string](t.Context(), db,
				`SELECT id FROM item WHERE n < $1 AND id IN (`+list+`) ORDER BY id`, append([]any{1000}, args...)...)
			if diff := cmp.Diff(got, want); diff != "" || err != nil {
				t.Errorf("%d items: %v (-got +want):\n%s", n, err, diff)
			}
		}
	})
}

func TestValuesCarriesRowsIntoAnUpdate(t *testing.T) {
	types := []sqldb.Type{sqldb.Text, sqldb.Int, sqldb.Real, sqldb.Bytes}
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		for _, n := range []int{0, 1, 3, 17} {
			var want []item
			var rows [][]any
			for i := range n {
				row := rowOf(i)
				want = append(want, row)
				rows = append(rows, []any{row.ID, row.N, row.R, row.doc()})
			}
			err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				if _, err := tx.Exec(ctx, `DELETE FROM item`); err != nil {
					return err
				}
				for _, row := range want {
					tx.Insert(items, row.ID, -1, -1, []byte("old"))
				}
				list, args := tx.Dialect().Values(1, types, rows)
				changed, err := tx.Exec(ctx, `WITH v(id, n, r, doc) AS (VALUES `+list+`)
					UPDATE item SET n = v.n, r = v.r, doc = v.doc FROM v WHERE item.id = v.id`, args...)
				if changed != int64(n) {
					t.Errorf("changed: got %d, want %d", changed, n)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			got, err := readItems(t.Context(), db)
			if diff := cmp.Diff(got, want); diff != "" || err != nil {
				t.Errorf("%d rows: %v (-got +want):\n%s", n, err, diff)
			}
		}
	})
}
