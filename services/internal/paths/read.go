package paths

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Journeys are journeys over the same path. What they say is valid until the function that got them returns.
type Journeys struct {
	Steps       []uint16 // the channels, by the reader's numbers
	Times       []int64  // of the steps, in microseconds since 1970; nil where the file does not say
	Conversions int64    // how many of them converted
	Nulls       int64    // how many did not
	Value       Value    // what they were worth together
}

// Options say how to read.
type Options struct {
	Readers  int // side by side; at least one
	Columns  Columns
	SkipBad  bool          // leave rows with problems out and count them
	Progress func(n int64) // told from time to time how many bytes were read; may be nil
}

// Reading is what was read.
type Reading struct {
	Rows     int64
	Bad      int64      // that were left out
	FirstBad *LineError // the first of them
	Channels [][]string // by reader: the names of its channels
	Journeys int64
}

// LineError is a problem with a row.
type LineError struct {
	Line int64 // from 1
	Err  error
}

// Error names the line.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap gives the problem.
func (e *LineError) Unwrap() error { return e.Err }

// ErrTotal says that a file holds more than its sums have room for.
var ErrTotal = errors.New("more than 7·10¹³ journeys, or worth more than 3·10¹⁴")

// Read reads a path file. begin is called once for each reader, before any reads, and gives what gets its journeys.
//
// It fails with a [*LineError] for the first row that has a problem, with [ErrTotal], or with what reading failed with.
func Read(in io.Reader, o Options, begin func(reader int) func(*Journeys)) (Reading, error) {
	b := blocks{in: in, progress: o.Progress}
	header, err := b.header()
	if err != nil {
		return Reading{}, err
	}
	l, err := layOut(header, o.Columns)
	if err != nil {
		return Reading{}, &LineError{1, err}
	}
	readers := make([]*reader, max(1, o.Readers))
	filled, empty := make(chan block, len(readers)), make(chan []byte, 2*len(readers)+1)
	stop := make(chan struct{})
	var once sync.Once
	var running sync.WaitGroup
	for i := range readers {
		readers[i] = &reader{layout: l, skip: o.SkipBad, channels: newDictionary(), tell: begin(i)}
		running.Go(func() {
			for one := range filled {
				if readers[i].err == nil {
					readers[i].read(one)
				}
				if readers[i].err != nil {
					once.Do(func() { close(stop) })
				}
				empty <- one.bytes
			}
		})
	}
	err = b.all(filled, empty, stop)
	running.Wait()
	return gathered(readers, err)
}

// gathered puts together what readers found. Of problems the first of the file counts: blocks are handed out in order, and
// each that was handed out has been read up to its first problem.
func gathered(readers []*reader, err error) (Reading, error) {
	var out Reading
	var first *LineError
	var worth Value
	for _, r := range readers {
		out.Rows += r.rows
		out.Bad += r.bad
		out.Journeys += r.journeys
		out.Channels = append(out.Channels, r.channels.names)
		worth.Add(r.worth)
		if r.err != nil && (first == nil || r.err.Line < first.Line) {
			first = r.err
		}
		if r.firstBad != nil && (out.FirstBad == nil || r.firstBad.Line < out.FirstBad.Line) {
			out.FirstBad = r.firstBad
		}
	}
	switch {
	case first != nil:
		return Reading{}, first
	case err != nil:
		return Reading{}, err
	case out.Journeys > MaxTotal || worth.High >= maxWorth:
		return Reading{}, ErrTotal
	}
	return out, nil
}

// maxWorth bounds what all journeys are worth, in units of 2⁶⁴·10⁻¹⁸: times [MaxSteps] it is still a [Value].
const maxWorth = 1 << 44

// reader reads blocks.
type reader struct {
	layout   layout
	skip     bool
	channels *dictionary
	tell     func(*Journeys)
	journey  Journeys
	rows     int64
	bad      int64
	journeys int64
	worth    Value
	firstBad *LineError
	err      *LineError
}

func (r *reader) read(b block) {
	records := records{block: b.bytes, end: b.end, comma: r.layout.comma, quotes: bytes.IndexByte(b.bytes[:b.end], '"') >= 0, line: b.line}
	for {
		line, err := records.next()
		if err == nil {
			if len(records.fields) == 0 {
				return
			}
			err = r.row(records.fields)
		}
		r.rows++
		if err == nil {
			continue
		}
		problem := &LineError{line, err}
		if !r.skip || errors.Is(err, ErrTotal) {
			r.err = problem
			return
		}
		r.bad++
		if r.firstBad == nil || line < r.firstBad.Line {
			r.firstBad = problem
		}
	}
}

// row hands the journeys of a row on.
func (r *reader) row(fields [][]byte) (err error) {
	l, j := &r.layout, &r.journey
	if len(fields) != l.fields {
		return fmt.Errorf("%d fields, and the header has %d", len(fields), l.fields)
	}
	if j.Conversions, err = parseCount(fields[l.conversions]); err != nil {
		return fieldError(l.columns.Conversions, fields[l.conversions], err)
	}
	j.Nulls, j.Value = 0, Value{}
	if l.nulls >= 0 {
		if j.Nulls, err = parseCount(fields[l.nulls]); err != nil {
			return fieldError(l.columns.Nulls, fields[l.nulls], err)
		}
	}
	if l.value >= 0 {
		if j.Value, err = parseValue(fields[l.value]); err != nil {
			return fieldError(l.columns.Value, fields[l.value], err)
		}
	}
	if j.Steps, err = r.channels.steps(fields[l.path], j.Steps[:0]); err != nil {
		return fieldError(l.columns.Path, fields[l.path], err)
	}
	r.journeys += j.Conversions + j.Nulls
	r.worth.Add(j.Value)
	if r.journeys > MaxTotal || r.worth.High >= maxWorth {
		return ErrTotal
	}
	r.tell(j)
	return nil
}

func fieldError(column string, field []byte, err error) error {
	return fmt.Errorf("%s: %q %w", column, shortened(field), err)
}

// shortened is the beginning of a text that may be long.
func shortened(text []byte) string {
	if len(text) > 60 {
		return string(text[:60]) + "…"
	}
	return string(text)
}
