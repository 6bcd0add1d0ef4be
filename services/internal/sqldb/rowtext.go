package sqldb

import (
	"iter"
	"math/bits"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

const (
	// valuesRows is how many rows one VALUES statement carries on SQLite. More
	// gain nothing and make prepared statements that fill the memory.
	valuesRows = 64
	// unnestRows is how many rows one unnest statement carries on PostgreSQL.
	unnestRows = 4096
)

// statements cuts bound values into INSERT statements. On SQLite each is a
// VALUES list of a power of two of rows, so that few texts exist; on PostgreSQL
// it is one array a column, so that one text serves any number of rows.
func (tx *Tx) statements(t *Table, values []any) iter.Seq2[string, []any] {
	width := len(t.Columns)
	return func(yield func(string, []any) bool) {
		for rest := len(values) / max(width, 1); rest > 0; {
			var n int
			var text string
			var args []any
			if tx.Dialect() == PostgreSQL {
				n = min(rest, unnestRows)
				text, args = t.unnestText(), t.arrays(values[:n*width])
			} else {
				n = 1 << (bits.Len(uint(min(rest, valuesRows, maxParams/width))) - 1)
				text, args = t.valuesText(n), values[:n*width]
			}
			if !yield(text, args) {
				return
			}
			values, rest = values[n*width:], rest-n
		}
	}
}

// valuesText is the INSERT of n rows by a VALUES list. Its placeholders have no
// numbers: SQLite looks numbered ones up one by one at every execution.
func (t *Table) valuesText(n int) string {
	if text, ok := t.texts.Load(n); ok {
		return text.(string)
	}
	var b strings.Builder
	t.writeInto(&b)
	b.WriteString("VALUES ")
	width := len(t.Columns)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("(?" + strings.Repeat(",?", width-1) + ")")
	}
	return t.keep(n, &b)
}

// unnestText is the INSERT of any number of rows by one array a column.
func (t *Table) unnestText() string {
	if text, ok := t.texts.Load(0); ok {
		return text.(string)
	}
	var b strings.Builder
	t.writeInto(&b)
	b.WriteString("SELECT * FROM unnest(")
	for i, c := range t.Columns {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("$" + strconv.Itoa(i+1) + "::" + PostgreSQL.cast(c.Type) + "[]")
	}
	b.WriteByte(')')
	return t.keep(0, &b)
}

func (t *Table) writeInto(b *strings.Builder) {
	b.WriteString("INSERT INTO " + t.Name + " (")
	for i, c := range t.Columns {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(c.Name)
	}
	b.WriteString(") ")
}

func (t *Table) keep(n int, b *strings.Builder) string {
	if t.Suffix != "" {
		b.WriteString(" " + t.Suffix)
	}
	t.texts.Store(n, b.String())
	return b.String()
}

// arrays turns rows into one array a column.
func (t *Table) arrays(values []any) []any {
	args := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		column := column{values: values[i:], step: len(t.Columns)}
		switch c.Type {
		case Text:
			args[i] = array(column, func(v string) pgtype.Text { return pgtype.Text{String: v, Valid: true} })
		case Int:
			args[i] = array(column, func(v int64) pgtype.Int8 { return pgtype.Int8{Int64: v, Valid: true} })
		case Real:
			args[i] = array(column, func(v float64) pgtype.Float8 { return pgtype.Float8{Float64: v, Valid: true} })
		default:
			args[i] = array(column, func(v []byte) []byte { return v })
		}
	}
	return args
}

// column is every step-th value, from the first.
type column struct {
	values []any
	step   int
}

// array gives a column as an array for PostgreSQL. The zero E is NULL.
func array[V, E any](c column, valid func(V) E) pgtype.FlatArray[E] {
	out := make(pgtype.FlatArray[E], 0, len(c.values)/c.step+1)
	for i := 0; i < len(c.values); i += c.step {
		var e E
		if v, ok := c.values[i].(V); ok {
			e = valid(v)
		}
		out = append(out, e)
	}
	return out
}
