package importer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

// Reasons of rejected rows that the importer finds itself; those that the suite refuses have the suite's reasons. The first
// two are the suite's words, for the same things.
const (
	reasonField     = "FIELD_INVALID"
	reasonReference = "REFERENCE_NOT_FOUND"
	reasonMalformed = "ROW_MALFORMED" // it is not CSV
)

// rejection is a row that was rejected, and why.
type rejection struct {
	file    string
	line    int
	kind    mapping.Kind // of the resource that it could not become; empty if it is not CSV
	key     string       // of the resource
	reason  string
	field   string
	message string
}

// rejectFile is the list of rejected rows, as CSV.
type rejectFile struct {
	file    *os.File
	size    int64 // on disk
	pending []rejection
}

// openRejects opens the list as it was when it had a size.
func openRejects(path string, size int64) (*rejectFile, error) {
	file, err := openAt(path, size)
	if err != nil {
		return nil, err
	}
	return &rejectFile{file: file, size: size}, nil
}

// add lists a row.
func (r *rejectFile) add(row rejection) { r.pending = append(r.pending, row) }

// harmless is a text that no spreadsheet takes for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsAny(text[:1], "=+-@\t\r") {
		return "'" + text
	}
	return text
}

// flush makes the list durable. Rows that were rejected since the last time are listed by line, though some were found by
// looking at them and others by sending them.
func (r *rejectFile) flush() error {
	var text bytes.Buffer
	out := csv.NewWriter(&text)
	if r.size == 0 {
		if err := out.Write([]string{"file", "line", "resource", "key", "reason", "field", "message"}); err != nil {
			return err
		}
	}
	slices.SortStableFunc(r.pending, func(a, b rejection) int { return a.line - b.line })
	for _, row := range r.pending {
		err := out.Write([]string{row.file, strconv.Itoa(row.line), string(row.kind), harmless(row.key), row.reason, row.field, harmless(row.message)})
		if err != nil {
			return err
		}
	}
	if out.Flush(); text.Len() == 0 {
		return nil
	}
	n, err := text.WriteTo(r.file)
	r.size, r.pending = r.size+n, nil
	return errors.Join(err, r.file.Sync())
}
