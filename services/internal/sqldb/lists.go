package sqldb

import (
	"math/bits"
	"strconv"
	"strings"
)

// maxParams is how many parameters a statement may have: SQLite takes 32,766,
// PostgreSQL 65,535.
const maxParams = 32766

// In gives the inside of an IN list and its arguments; the first placeholder
// is $first.
//
//	list, args := sqldb.In(2, ids)
//	tx.Query(ctx, `SELECT … WHERE kind = $1 AND id IN (`+list+`)`, append([]any{kind}, args...)...)
//
// The last item is repeated up to a power of two, so that lists of any length
// share few statement texts. An empty list gives NULL, which no value is in;
// no value is outside it either, so ask NOT IN only of a list with items.
//
// A statement takes 32,766 parameters at most. Number them in the order in
// which they stand, each once: else SQLite looks each up among all, and lists of
// more than some hundreds must be cut.
func In[T any](first int, items []T) (list string, args []any) {
	if len(items) == 0 {
		return "NULL", nil
	}
	n := padded(len(items))
	args = make([]any, n)
	for i := range args {
		args[i] = items[min(i, len(items)-1)]
	}
	var b strings.Builder
	placeholders(&b, first, n)
	return b.String(), args
}

// Values gives the rows of a VALUES list and its arguments; the first
// placeholder is $first. It carries many rows into one UPDATE or DELETE:
//
//	list, args := tx.Dialect().Values(1, []sqldb.Type{sqldb.Text, sqldb.Int}, rows)
//	tx.Exec(ctx, `WITH v(id, score) AS (VALUES `+list+`)
//		UPDATE lead SET score = v.score FROM v WHERE lead.id = v.id`, args...)
//
// Rows of NULLs fill up to a power of two, so that any number of rows shares
// few statement texts: join v by equality, which NULL never meets. Every row
// must be as long as types. The limits of In hold here too.
func (d Dialect) Values(first int, types []Type, rows [][]any) (list string, args []any) {
	n, width := padded(max(len(rows), 1)), len(types)
	args = make([]any, n*width)
	for i, row := range rows {
		copy(args[i*width:(i+1)*width], row)
	}
	var b strings.Builder
	b.WriteByte('(')
	for j, t := range types { // the casts of the first row give the columns their types
		if j > 0 {
			b.WriteByte(',')
		}
		b.WriteString("CAST($" + strconv.Itoa(first+j) + " AS " + d.cast(t) + ")")
	}
	b.WriteByte(')')
	for i := 1; i < n; i++ {
		b.WriteString(",(")
		placeholders(&b, first+i*width, width)
		b.WriteByte(')')
	}
	return b.String(), args
}

// padded is the smallest power of two that is not below n, or n itself where
// that power is more than a statement takes.
func padded(n int) int {
	if p := 1 << bits.Len(uint(n-1)); p <= maxParams {
		return p
	}
	return n
}

// placeholders writes $first,…, n of them.
func placeholders(b *strings.Builder, first, n int) {
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(first + i))
	}
}
