package sqldb

import (
	"fmt"
	"strings"
)

// Dialect names the database that a DB stands on.
type Dialect uint8

// The two databases.
const (
	SQLite Dialect = iota + 1
	PostgreSQL
)

// String gives the database's name.
func (d Dialect) String() string {
	switch d {
	case SQLite:
		return "SQLite"
	case PostgreSQL:
		return "PostgreSQL"
	default:
		return fmt.Sprintf("Dialect(%d)", uint8(d))
	}
}

// ForUpdate is the clause that locks the rows of a SELECT until the end of a
// write transaction. It is empty on SQLite, where a write transaction already
// keeps every other writer out.
//
//	`SELECT turn FROM pool WHERE id = $1` + tx.Dialect().ForUpdate()
func (d Dialect) ForUpdate() string {
	if d == PostgreSQL {
		return " FOR UPDATE"
	}
	return ""
}

// ForUpdateFree is ForUpdate for the rows that nobody else has locked; the
// others are left out, and not waited for.
func (d Dialect) ForUpdateFree() string {
	if d == PostgreSQL {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// ForShare is the clause that keeps others from changing the rows of a SELECT
// until the end of a write transaction, while they may read and share them. It
// is empty on SQLite, as ForUpdate is.
func (d Dialect) ForShare() string {
	if d == PostgreSQL {
		return " FOR SHARE"
	}
	return ""
}

// Type is the type of a column. Both databases keep exactly these four:
// booleans and enums are small Ints, times are Ints of microseconds, documents
// are Text or Bytes.
type Type uint8

// The column types, with the Go values that they take and the word that
// declares them in a migration.
const (
	Text  Type = iota + 1 // string, {text}: sorted by bytes
	Int                   // int64, bool as 0 and 1, {int}
	Bytes                 // []byte, nil for NULL, {bytes}; an empty one may be read as nil
	Real                  // finite float64, {real}
)

// String gives the word of t in a migration.
func (t Type) String() string {
	switch t {
	case Text:
		return "text"
	case Int:
		return "int"
	case Bytes:
		return "bytes"
	case Real:
		return "real"
	default:
		return fmt.Sprintf("Type(%d)", uint8(t))
	}
}

// cast is the name of t in CAST and in array types. SQLite reads BIGINT and
// DOUBLE PRECISION as INTEGER and REAL, but knows no BYTEA.
func (d Dialect) cast(t Type) string {
	switch {
	case t == Text:
		return "TEXT"
	case t == Int:
		return "BIGINT"
	case t == Real:
		return "DOUBLE PRECISION"
	case d == PostgreSQL:
		return "BYTEA"
	default:
		return "BLOB"
	}
}

// words turns the words of a migration into what d calls them.
func (d Dialect) words() *strings.Replacer {
	if d == PostgreSQL {
		return strings.NewReplacer(
			"{text}", `TEXT COLLATE "C"`,
			"{int}", "BIGINT",
			"{bytes}", "BYTEA",
			"{real}", "DOUBLE PRECISION",
			"{strict}", "",
			"{keyed}", "",
			"{roomy}", "WITH (fillfactor = 50)",
		)
	}
	return strings.NewReplacer(
		"{text}", "TEXT",
		"{int}", "INTEGER",
		"{bytes}", "BLOB",
		"{real}", "REAL",
		"{strict}", "STRICT",
		"{keyed}", "STRICT, WITHOUT ROWID",
		"{roomy}", "STRICT",
	)
}
