package sheet

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Lookup is a file whose columns are joined to another by a key.
type Lookup struct {
	name, key string
	header    []string // without the key
	rows      map[string][]string
	absent    []string
}

// NewLookup reads a file wholly. A key that stands in two rows is refused.
func NewLookup(name string, from io.Reader, key string) (*Lookup, error) {
	r, err := Open(name, from)
	if err != nil {
		return nil, err
	}
	at, err := r.Column(key)
	if err != nil {
		return nil, err
	}
	l := &Lookup{name: name, key: key, header: slices.Delete(slices.Clone(r.header), at, at+1), rows: map[string][]string{}}
	l.absent = make([]string, len(l.header))
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil {
			return nil, err
		}
		value := folded(row[at])
		if _, twice := l.rows[value]; twice && value != "" {
			return nil, fmt.Errorf("%s:%d: %w: %s %q stands in an earlier row too", name, r.Line(), ErrFile, key, row[at])
		}
		kept := make([]string, 0, len(l.header))
		for i, field := range row {
			if i != at {
				kept = append(kept, strings.Clone(field))
			}
		}
		if value != "" {
			l.rows[value] = kept
		}
	}
}

func folded(key string) string { return strings.ToLower(strings.TrimSpace(key)) }

func (l *Lookup) find(key string) []string {
	if row, ok := l.rows[folded(key)]; ok {
		return row
	}
	return l.absent
}

// Join adds the columns of another file to each row that has its key; they are blank in the others.
func (r *Reader) Join(l *Lookup) error {
	at, err := r.Column(l.key)
	if err != nil {
		return err
	}
	if at >= r.own {
		return fmt.Errorf("%s: %w: %s is joined by %q, which is no column of the file itself", r.name, ErrFile, l.name, l.key)
	}
	r.lookup, r.keys = append(r.lookup, l), append(r.keys, at)
	r.header = append(r.header, l.header...)
	return nil
}
