package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// ErrFile says that a file is not as it must be. The message names the file, and the line where there is one.
var ErrFile = errors.New("not a table")

// Reader reads a CSV file with a header, row by row.
type Reader struct {
	name   string
	rows   *csv.Reader
	header []string
	own    int // how many columns the file itself has
	lookup []*Lookup
	keys   []int
	row    []string
}

// Open reads the header of a file. The name is for messages.
func Open(name string, from io.Reader) (*Reader, error) {
	text := bufio.NewReaderSize(from, 1<<16)
	if mark, err := text.Peek(3); err == nil && bytes.Equal(mark, []byte("\ufeff")) {
		_, _ = text.Discard(3)
	}
	start, err := text.Peek(1 << 16)
	if len(start) == 0 {
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return nil, fmt.Errorf("%s: %w: it is empty", name, ErrFile)
	}
	r := &Reader{name: name, rows: csv.NewReader(text)}
	r.rows.Comma = separator(start)
	r.rows.ReuseRecord = true
	header, err := r.read()
	if err != nil {
		return nil, err
	}
	r.own = len(header)
	for _, h := range header {
		r.header = append(r.header, strings.TrimSpace(strings.Clone(h)))
	}
	return r, nil
}

// separator is what most often stands in the first line outside quotes: a comma, a semicolon or a tab.
func separator(start []byte) rune {
	counts, quoted := map[byte]int{}, false
line:
	for _, b := range start {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '\n':
			break line
		default:
			counts[b]++
		}
	}
	best := byte(',')
	for _, b := range []byte{';', '\t'} {
		if counts[b] > counts[best] {
			best = b
		}
	}
	return rune(best)
}

// Header is the names of the columns, those of joined files after the file's own.
func (r *Reader) Header() []string { return r.header }

// Line is where the row that was read last begins.
func (r *Reader) Line() int {
	line, _ := r.rows.FieldPos(0)
	return line
}

// Next gives the next row; io.EOF when there is none. The slice is valid until the next call.
func (r *Reader) Next() ([]string, error) {
	row, err := r.read()
	if err != nil {
		return nil, err
	}
	r.row = append(r.row[:0], row...)
	for i, l := range r.lookup {
		r.row = append(r.row, l.find(row[r.keys[i]])...)
	}
	return r.row, nil
}

func (r *Reader) read() ([]string, error) {
	row, err := r.rows.Read()
	var wrong *csv.ParseError
	switch {
	case errors.As(err, &wrong) && errors.Is(err, csv.ErrFieldCount):
		return nil, fmt.Errorf("%s:%d: %w: %d fields, and the header has %d", r.name, wrong.StartLine, ErrFile, len(row), r.own)
	case errors.As(err, &wrong):
		return nil, fmt.Errorf("%s:%d: %w: column %d: %w", r.name, wrong.Line, ErrFile, wrong.Column, wrong.Err)
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case err != nil:
		return nil, fmt.Errorf("%s: %w", r.name, err)
	}
	for _, field := range row {
		if !utf8.ValidString(field) {
			return nil, fmt.Errorf("%s:%d: %w: the text is not UTF-8; save the file as UTF-8", r.name, r.Line(), ErrFile)
		}
	}
	return row, nil
}

// Column is where a column stands. Its name is taken as it is written, or in another case.
func (r *Reader) Column(name string) (int, error) { return find(r.name, r.header, name) }

func find(file string, header []string, name string) (int, error) {
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		for i, h := range header {
			if same(h, strings.TrimSpace(name)) {
				return i, nil
			}
		}
	}
	return 0, fmt.Errorf("%s: %w: there is no column %q; there are %s", file, ErrFile, name, strings.Join(header, ", "))
}
