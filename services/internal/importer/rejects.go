package importer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
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

// rejection is why a row was rejected.
type rejection struct {
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
	pending bytes.Buffer
	csv     *csv.Writer
}

// openRejects opens the list as it was when it had a size.
func openRejects(path string, size int64) (*rejectFile, error) {
	file, err := openAt(path, size)
	if err != nil {
		return nil, err
	}
	r := &rejectFile{file: file, size: size}
	r.csv = csv.NewWriter(&r.pending)
	if size == 0 {
		err = r.csv.Write([]string{"file", "line", "resource", "key", "reason", "field", "message"})
	}
	return r, err
}

// add lists a row.
func (r *rejectFile) add(file string, line int, why rejection) error {
	return r.csv.Write([]string{file, strconv.Itoa(line), string(why.kind), harmless(why.key), why.reason, why.field, harmless(why.message)})
}

// harmless is a text that no spreadsheet takes for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsAny(text[:1], "=+-@\t\r") {
		return "'" + text
	}
	return text
}

// flush makes the list durable.
func (r *rejectFile) flush() error {
	if r.csv.Flush(); r.csv.Error() != nil || r.pending.Len() == 0 {
		return r.csv.Error()
	}
	n, err := r.pending.WriteTo(r.file)
	r.size += n
	return errors.Join(err, r.file.Sync())
}
