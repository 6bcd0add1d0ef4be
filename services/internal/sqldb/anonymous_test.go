package sqldb

import (
	"strings"
	"testing"
)

func TestNumbersThatSayNoMoreThanPlacesAreLeftOut(t *testing.T) {
	tests := map[string]struct{ query, want string }{
		"none":                   {"SELECT 1", "SELECT 1"},
		"in order":               {"SELECT a FROM t WHERE b = $1 AND c IN ($2,$3) LIMIT $4", "SELECT a FROM t WHERE b = ? AND c IN (?,?) LIMIT ?"},
		"more than nine":         {strings.Join(numbered(12), ","), strings.Repeat("?,", 11) + "?"},
		"one twice":              {"SELECT $1, $1, $2", "SELECT $1, $1, $2"},
		"out of order":           {"SELECT $2, $1", "SELECT $2, $1"},
		"begins later":           {"SELECT $2", "SELECT $2"},
		"leading zero":           {"SELECT $01", "SELECT $01"},
		"a text":                 {"SELECT a FROM t WHERE b <> '' AND c = $1 AND d <> '$2'", "SELECT a FROM t WHERE b <> '' AND c = ? AND d <> '$2'"},
		"a mark in a text":       {"SELECT 'it''s $9', $1", "SELECT 'it''s $9', ?"},
		"a name":                 {`SELECT "$3" FROM t WHERE a = $1`, `SELECT "$3" FROM t WHERE a = ?`},
		"a text without end":     {"SELECT $1, 'x", "SELECT $1, 'x"},
		"without numbers":        {"INSERT INTO t VALUES (?,?)", "INSERT INTO t VALUES (?,?)"},
		"a comment":              {"SELECT $1 -- and $2", "SELECT $1 -- and $2"},
		"a comment in a line":    {"SELECT /* $2 */ $1", "SELECT /* $2 */ $1"},
		"a minus and a quotient": {"SELECT $1 - $2 / $3", "SELECT ? - ? / ?"},
		"a dollar by itself":     {"SELECT $, $1", "SELECT $, $1"},
	}
	for name, tt := range tests {
		if got := anonymous(tt.query); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

func numbered(n int) []string {
	var b strings.Builder
	placeholders(&b, 1, n)
	return strings.Split(b.String(), ",")
}
