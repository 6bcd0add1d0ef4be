package predict

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// The limits of a table.
const (
	MaxColumns = 1000
	MaxRows    = 5_000_000
)

// ErrTable says that a table cannot be made so.
var ErrTable = errors.New("table")

// Table is rows of text, kept by column. Each distinct text of a column is kept once.
type Table struct {
	columns []*column
	blank   map[string]bool
	rows    int
}

// column holds the texts of a column as codes; code 0 is blank.
type column struct {
	name  string
	codes []uint32
	known map[string]uint32 // folded text → code
	texts []string          // by code: the spelling that sorts first
}

// NewTable makes a table without rows. Texts that are blank or one of the given, in any case, count as missing.
func NewTable(names, blank []string) (*Table, error) {
	if len(names) > MaxColumns {
		return nil, fmt.Errorf("%w: %d columns, and at most %d are taken", ErrTable, len(names), MaxColumns)
	}
	t := &Table{blank: map[string]bool{"": true}}
	for _, b := range blank {
		t.blank[plain(b)] = true
	}
	seen := map[string]bool{}
	for _, name := range names {
		if seen[plain(name)] {
			return nil, fmt.Errorf("%w: two columns are called %q", ErrTable, name)
		}
		seen[plain(name)] = true
		t.columns = append(t.columns, &column{name: name, known: map[string]uint32{}, texts: []string{""}})
	}
	return t, nil
}

// Append adds a row.
func (t *Table) Append(row []string) error {
	switch {
	case len(row) != len(t.columns):
		return fmt.Errorf("%w: a row of %d fields among %d columns", ErrTable, len(row), len(t.columns))
	case t.rows == MaxRows:
		return fmt.Errorf("%w: more than %d rows", ErrTable, MaxRows)
	}
	for i, text := range row {
		c := t.columns[i]
		c.codes = append(c.codes, c.code(text, t.blank))
	}
	t.rows++
	return nil
}

// Rows is how many rows there are.
func (t *Table) Rows() int { return t.rows }

// code is what a text is kept as. Of several spellings the one that sorts first is shown, so that the order of rows
// changes nothing.
func (c *column) code(text string, blank map[string]bool) uint32 {
	folded := plain(text)
	if blank[folded] {
		return 0
	}
	shown := strings.TrimSpace(text)
	code, ok := c.known[folded]
	if !ok {
		code = uint32(len(c.texts))
		c.known[folded] = code
		c.texts = append(c.texts, strings.Clone(shown))
	} else if shown < c.texts[code] {
		c.texts[code] = strings.Clone(shown)
	}
	return code
}

// plain makes texts that differ in case, outer blanks or the coding of accents alone the same.
func plain(text string) string { return strings.ToLower(norm.NFC.String(strings.TrimSpace(text))) }
