package table_test

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/importer/table"
)

// seen is a row as a test compares it; one that is no CSV has an error instead of cells.
type seen struct {
	Line  int
	Cells []string
	Err   error
}

func open(t *testing.T, text string) *table.Table {
	t.Helper()
	tab, err := table.Open(strings.NewReader(text), ',')
	if err != nil {
		t.Fatalf("Open() error: %v", err)
	}
	return tab
}

// next reads a row; ok is false at the end.
func next(t *testing.T, tab *table.Table) (seen, bool) {
	t.Helper()
	row, err := tab.Next()
	var bad *table.RowError
	switch {
	case errors.Is(err, io.EOF):
		return seen{}, false
	case errors.As(err, &bad):
		return seen{Line: bad.Line, Err: bad.Err}, true
	case err != nil:
		t.Fatalf("Next() error: %v", err)
	}
	return seen{Line: row.Line, Cells: slices.Clone(row.Cells)}, true
}

func all(t *testing.T, tab *table.Table) (rows []seen) {
	t.Helper()
	for row, ok := next(t, tab); ok; row, ok = next(t, tab) {
		rows = append(rows, row)
	}
	return rows
}

func TestRowsAreAtTheLineWhereTheyBegin(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []seen
	}{
		{"header alone", "a,b\n", nil},
		{"rows", "a,b\n1,2\n3,4", []seen{{2, []string{"1", "2"}, nil}, {3, []string{"3", "4"}, nil}}},
		{"empty lines", "a\n\n\n1\n\n2\n", []seen{{4, []string{"1"}, nil}, {6, []string{"2"}, nil}}},
		{"line breaks in cells", "a,b\n\"x\ny\",1\r\n\"p\r\nq\r\n\",2\n3,4\n", []seen{
			{2, []string{"x\ny", "1"}, nil}, {4, []string{"p\nq\n", "2"}, nil}, {7, []string{"3", "4"}, nil}}},
		{"line breaks in the header", "\"a\nb\",c\n1,2\n", []seen{{3, []string{"1", "2"}, nil}}},
		{"any number of cells", "a,b\n1\n1,2,3\n", []seen{{2, []string{"1"}, nil}, {3, []string{"1", "2", "3"}, nil}}},
		{"a byte order mark", "\xEF\xBB\xBFa,b\n1,2\n", []seen{{2, []string{"1", "2"}, nil}}},
		{"a quote inside", "a\nx\"y\n1\n", []seen{{2, nil, csv.ErrBareQuote}, {3, []string{"1"}, nil}}},
		{"text after a quote", "a\n\"p\nq\"r\n1\n", []seen{{2, nil, csv.ErrQuote}, {4, []string{"1"}, nil}}},
		{"a quote that is not closed", "a\n1\n\"x\n2\n", []seen{{2, []string{"1"}, nil}, {3, nil, csv.ErrQuote}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, all(t, open(t, tt.text)), cmp.Comparer(errors.Is)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHeaderAndDelimiter(t *testing.T) {
	t.Parallel()
	tab, err := table.Open(strings.NewReader("a;b,c\n1;2\n"), ';')
	if err != nil {
		t.Fatalf("Open() error: %v", err)
	}
	if diff := cmp.Diff([]string{"a", "b,c"}, tab.Header()); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	if _, err := table.Open(strings.NewReader(""), ','); !errors.Is(err, table.ErrNoHeader) {
		t.Errorf("empty file: got %v, want %v", err, table.ErrNoHeader)
	}
}

func TestAQuoteThatIsNotClosedDoesNotTakeInTheFile(t *testing.T) {
	t.Parallel()
	file := &endless{head: strings.NewReader("a\n1\n\"")}
	tab, err := table.Open(file, ',')
	if err != nil {
		t.Fatalf("Open() error: %v", err)
	}
	if row, ok := next(t, tab); !ok || row.Line != 2 {
		t.Fatalf("first row: got %v", row)
	}
	if _, err := tab.Next(); !errors.Is(err, table.ErrLongRow) {
		t.Errorf("got %v, want %v", err, table.ErrLongRow)
	}
	if file.read > 2*table.MaxRow {
		t.Errorf("%d bytes were read", file.read)
	}
}

// endless is a file that goes on for ever.
type endless struct {
	head *strings.Reader
	read int
}

func (e *endless) Read(p []byte) (int, error) {
	if n, err := e.head.Read(p); err == nil {
		return n, nil
	}
	for i := range p {
		p[i] = "x\n"[i%2]
	}
	e.read += len(p)
	return len(p), nil
}

func (e *endless) Seek(offset int64, whence int) (int64, error) { return e.head.Seek(offset, whence) }

func TestManySmallRowsAreNotALongOne(t *testing.T) {
	t.Parallel()
	const rows = 400_000
	if got := len(all(t, open(t, "a,b\n"+strings.Repeat("1,2\n", rows)))); got != rows {
		t.Errorf("got %d rows, want %d", got, rows)
	}
}

func FuzzReadingOnGivesTheSameRows(f *testing.F) {
	for _, text := range []string{
		"a,b\n1,2\n\n3,4\n", "\xEF\xBB\xBFa\n\"x\r\n\ny\"\r\n2", "a\nx\"y\n1\n\"p\nq\"r\n1\n", "a\n\"x\n2\n", "\n\n\"a\n\"\n\n1\r\r\n2", "\"\"\"\n\"\n\"\n1",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		through, err := table.Open(strings.NewReader(text), ',')
		if err != nil {
			return
		}
		for {
			place := through.Place()
			on := open(t, text)
			if err := on.Seek(place); err != nil {
				t.Fatalf("Seek(%v) error: %v", place, err)
			}
			want, more := next(t, through)
			got, _ := next(t, on)
			if diff := cmp.Diff(want, got, cmp.Comparer(errors.Is)); diff != "" {
				t.Fatalf("from %v (-through +on):\n%s", place, diff)
			}
			if !more {
				return
			}
			if at := through.Place(); at.Offset < int64(len(text)) && at.Line != 1+strings.Count(text[:at.Offset], "\n") {
				t.Fatalf("%v is not the place of that line", at)
			}
		}
	})
}
