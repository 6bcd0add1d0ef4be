package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// MaxRow is how many bytes a row can have.
const MaxRow = 1 << 20

// ErrLongRow says that a row has more than MaxRow bytes. Nothing can be read after it.
var ErrLongRow = errors.New("a row is longer than 1 MiB; is a quote not closed?")

// ErrNoHeader says that a file is empty.
var ErrNoHeader = errors.New("the file is empty; the first row has the names of the columns")

// RowError says that a row is not CSV.
type RowError struct {
	Line int // where the row begins
	Err  error
}

// Error names the line.
func (e *RowError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap gives what is wrong with the row.
func (e *RowError) Unwrap() error { return e.Err }

// Place is a place between two rows. The zero Place is before the first.
type Place struct {
	Offset int64 `json:"offset"` // in bytes from the beginning of the file
	Line   int   `json:"line"`   // of what comes next, from 1
}

// Row is a row and the line where it begins. Its cells are valid until the next row is read.
type Row struct {
	Line  int
	Cells []string
}

// Table is a CSV file that is being read.
type Table struct {
	file   io.ReadSeeker
	comma  rune
	csv    *csv.Reader
	limit  *limit
	header []string
	start  Place // where csv began
	next   Place // what the next row begins at
}

// Open reads the header of a file whose columns are parted by comma. A byte order mark is skipped.
func Open(file io.ReadSeeker, comma rune) (*Table, error) {
	t := &Table{file: file, comma: comma}
	mark := []byte("\xEF\xBB\xBF")
	head := make([]byte, len(mark))
	start := Place{Line: 1}
	if n, err := io.ReadFull(file, head); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	} else if bytes.Equal(head[:n], mark) {
		start.Offset = int64(n)
	}
	if err := t.begin(start); err != nil {
		return nil, err
	}
	header, err := t.Next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, ErrNoHeader
	case err != nil:
		return nil, err
	}
	t.header = slices.Clone(header.Cells)
	return t, nil
}

// Header is the names of the columns.
func (t *Table) Header() []string { return t.header }

// Place is where the next row begins.
func (t *Table) Place() Place { return t.next }

// Seek goes to a place. The zero Place is that of the first row after the header.
func (t *Table) Seek(p Place) error {
	if p == (Place{}) {
		return nil
	}
	return t.begin(p)
}

func (t *Table) begin(p Place) error {
	if _, err := t.file.Seek(p.Offset, io.SeekStart); err != nil {
		return err
	}
	t.limit = &limit{from: t.file}
	t.csv = csv.NewReader(bufio.NewReader(t.limit))
	t.csv.Comma, t.csv.FieldsPerRecord, t.csv.ReuseRecord = t.comma, -1, true
	t.start, t.next = p, p
	return nil
}

// Next reads a row. At the end of the file it gives io.EOF; of a row that is not CSV, a [*RowError].
func (t *Table) Next() (Row, error) {
	t.limit.left = MaxRow + readAhead
	cells, err := t.csv.Read()
	t.next.Offset = t.start.Offset + t.csv.InputOffset()
	var bad *csv.ParseError
	switch {
	case errors.As(err, &bad):
		t.next.Line = t.start.Line + bad.Line
		return Row{}, &RowError{Line: t.start.Line + bad.StartLine - 1, Err: bad.Err}
	case err != nil:
		return Row{}, err
	}
	row := Row{Cells: cells}
	line, _ := t.csv.FieldPos(0)
	row.Line = t.start.Line + line - 1
	t.next.Line = row.Line + 1
	for _, cell := range cells {
		t.next.Line += strings.Count(cell, "\n")
	}
	return row, nil
}

// readAhead is what the readers between the file and the rows may have taken in for the next row.
const readAhead = 64 << 10

// limit reads so much and no more until the next row is asked for.
type limit struct {
	from io.Reader
	left int
}

func (l *limit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, ErrLongRow
	}
	n, err := l.from.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}
