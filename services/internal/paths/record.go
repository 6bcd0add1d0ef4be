package paths

import (
	"bytes"
	"errors"
)

var (
	errBareQuote = errors.New(`a quote stands in a field that does not begin with one`)
	errOpenQuote = errors.New(`a quoted field does not end`)
	errAfter     = errors.New(`something follows the quote at the end of a field`)
)

// records cuts a block into records and those into fields. The block holds whole records, and [padding] bytes behind its
// end, which belong to nothing.
type records struct {
	block  []byte
	end    int // of the records
	at     int
	comma  byte
	quotes bool     // whether there are any in the block
	line   int64    // at which the next record begins
	fields [][]byte // of the last record; with padding behind each
	plain  []byte   // what quoted fields say
}

// next finds the next record that is not an empty line, and the line at which it begins. It has no fields at the end.
func (r *records) next() (line int64, err error) {
	r.fields = r.fields[:0]
	for r.at < r.end {
		line = r.line
		if r.quotes {
			err = r.quoted()
		} else {
			r.unquoted()
		}
		if err != nil || len(r.fields) > 1 || len(r.fields) == 1 && (len(r.fields[0]) > 0 || r.plain != nil) {
			return line, err
		}
		r.fields = r.fields[:0]
	}
	return line, nil
}

// unquoted takes the next line apart.
func (r *records) unquoted() {
	rest := r.block[r.at:r.end]
	if n := bytes.IndexByte(rest, '\n'); n >= 0 {
		r.at += n + 1
		rest = rest[:n]
	} else {
		r.at = r.end
	}
	r.line++
	if n := len(rest); n > 0 && rest[n-1] == '\r' {
		rest = rest[:n-1]
	}
	for {
		n := indexNear(rest, r.comma)
		if n < 0 {
			r.fields = append(r.fields, rest)
			return
		}
		r.fields = append(r.fields, rest[:n])
		rest = rest[n+1:]
	}
}

// indexNear is where a byte first stands. Numbers are short, and looking at a few bytes costs less than a call.
func indexNear(text []byte, c byte) int {
	const near = 4
	for i, b := range text[:min(near, len(text))] {
		if b == c {
			return i
		}
	}
	if len(text) <= near {
		return -1
	}
	if n := bytes.IndexByte(text[near:], c); n >= 0 {
		return near + n
	}
	return -1
}

// quoted takes the next record apart, which may have quotes and go on over lines.
func (r *records) quoted() error {
	r.plain = nil
	// What all fields say together is no longer than the rest of the block, so that fields stay where they are.
	for {
		if r.at < r.end && r.block[r.at] == '"' {
			r.at++
			if err := r.quotedField(); err != nil {
				return err
			}
		} else if err := r.plainField(); err != nil {
			return err
		}
		if r.at == r.end {
			return nil
		}
		c := r.block[r.at]
		r.at++
		if c == '\n' {
			r.line++
			return nil
		}
	}
}

// plainField ends before the next comma, the end of the line or that of the block.
func (r *records) plainField() error {
	from := r.at
	for r.at < r.end && r.block[r.at] != r.comma && r.block[r.at] != '\n' {
		r.at++
	}
	field := r.block[from:r.at]
	if n := len(field); n > 0 && field[n-1] == '\r' && (r.at == r.end || r.block[r.at] == '\n') {
		field = field[:n-1]
	}
	if bytes.IndexByte(field, '"') >= 0 {
		r.skipLine()
		return errBareQuote
	}
	r.fields = append(r.fields, field)
	return nil
}

// quotedField ends with a quote that no other follows.
func (r *records) quotedField() error {
	field := make([]byte, 0, 64)
	for {
		n := bytes.IndexByte(r.block[r.at:r.end], '"')
		if n < 0 {
			r.line += int64(bytes.Count(r.block[r.at:r.end], []byte{'\n'}))
			r.at = r.end
			return errOpenQuote
		}
		part := r.block[r.at : r.at+n]
		r.line += int64(bytes.Count(part, []byte{'\n'}))
		field = append(field, bytes.ReplaceAll(part, []byte("\r\n"), []byte("\n"))...)
		r.at += n + 1
		if r.at == r.end || r.block[r.at] != '"' {
			break
		}
		field = append(field, '"')
		r.at++
	}
	field = append(field, make([]byte, padding)...)
	r.plain = field
	r.fields = append(r.fields, field[:len(field)-padding])
	if r.at < r.end && r.block[r.at] == '\r' && (r.at+1 == r.end || r.block[r.at+1] == '\n') {
		r.at++
	}
	if r.at < r.end && r.block[r.at] != r.comma && r.block[r.at] != '\n' {
		r.skipLine()
		return errAfter
	}
	return nil
}

// skipLine goes on to the next line, where the next record is looked for.
func (r *records) skipLine() {
	if n := bytes.IndexByte(r.block[r.at:r.end], '\n'); n >= 0 {
		r.at += n + 1
		r.line++
	} else {
		r.at = r.end
	}
}

// wholeRecords says how much of a block is whole records: up to behind the last line end that is not within quotes.
func wholeRecords(block []byte) int {
	quotes := bytes.Count(block, []byte{'"'})
	for end := len(block); ; {
		n := bytes.LastIndexByte(block[:end], '\n')
		if quotes == 0 || n < 0 {
			return n + 1
		}
		quotes -= bytes.Count(block[n:end], []byte{'"'})
		if quotes%2 == 0 {
			return n + 1
		}
		end = n
	}
}
