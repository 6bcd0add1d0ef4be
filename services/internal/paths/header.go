package paths

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Columns are the names of the columns of a path file. Value and Nulls may be missing from the file; journeys are worth
// nothing then, or all of them converted.
type Columns struct {
	Path, Conversions, Value, Nulls string
}

// StandardColumns are those of the R package ChannelAttribution.
func StandardColumns() Columns {
	return Columns{Path: "path", Conversions: "total_conversions", Value: "total_conversion_value", Nulls: "total_null"}
}

// layout is where the columns are; -1 is nowhere.
type layout struct {
	path, conversions, value, nulls int
	fields                          int
	comma                           byte
	columns                         Columns
}

// layOut reads a header. The separator of fields is a comma, or a semicolon or a tab where there is no comma.
func layOut(header []byte, columns Columns) (layout, error) {
	l := layout{comma: separator(header), columns: columns}
	names, err := headerNames(header, l.comma)
	if err != nil {
		return layout{}, err
	}
	l.fields = len(names)
	for _, c := range []struct {
		into     *int
		name     string
		required bool
	}{{&l.path, columns.Path, true}, {&l.conversions, columns.Conversions, true}, {&l.value, columns.Value, false}, {&l.nulls, columns.Nulls, false}} {
		if *c.into = slices.Index(names, c.name); *c.into < 0 && c.required {
			return layout{}, missing(c.name, names)
		}
	}
	return l, nil
}

func separator(header []byte) byte {
	for _, comma := range []byte{',', ';', '\t'} {
		if bytes.IndexByte(header, comma) >= 0 {
			return comma
		}
	}
	return ','
}

func headerNames(header []byte, comma byte) ([]string, error) {
	header = bytes.TrimPrefix(header, []byte("\uFEFF"))
	r := records{block: append(slices.Clip(header), make([]byte, padding)...), end: len(header), comma: comma, quotes: true, line: 1}
	if _, err := r.next(); err != nil {
		return nil, err
	}
	names := make([]string, len(r.fields))
	for i, f := range r.fields {
		names[i] = strings.TrimSpace(string(f))
	}
	return names, nil
}

func missing(name string, names []string) error {
	for i, n := range names {
		names[i] = fmt.Sprintf("%q", n)
	}
	return fmt.Errorf("the header has no column %q; it has %s", name, strings.Join(names, ", "))
}
