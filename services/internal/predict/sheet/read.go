package sheet

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/predict"
)

// Anything as a positive value means: whatever is filled in.
const Anything = "*"

// Spec says which columns of a file are what. Names of columns may be patterns with * in Exclude and Only.
type Spec struct {
	Label    string   // the column with the outcome
	Positive []string // values of it that are positive; none: 1, true, yes, y, won, converted
	Negative []string // values of it that are negative; none: all others, also blank ones
	ID       string   // the column that names a row; no feature
	Time     string   // the column with the instant of a row; no feature
	From, To time.Time
	Exclude  []string // no features
	Only     []string // the only features; none: all columns
	Blank    []string // texts that count as missing
}

// usual are the texts that are positive unless told otherwise.
var usual = []string{"1", "true", "yes", "y", "t", "won", "converted"}

// Taken is what became of the rows of a file.
type Taken struct {
	Rows    int // in the file
	Outside int // not between From and To
	Open    int // without an outcome: neither positive nor negative
}

// Read makes a sample of a file.
func Read(r *Reader, spec Spec) (*predict.Sample, Taken, error) {
	var taken Taken
	p, err := newPlan(r, spec)
	if err != nil {
		return nil, taken, err
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return p.sample, taken, nil
		}
		if err != nil {
			return nil, taken, err
		}
		taken.Rows++
		if err := p.take(r, row, &taken); err != nil {
			return nil, taken, err
		}
	}
}

// plan is which columns are what, by number; -1 for none.
type plan struct {
	spec            Spec
	label, id, time int
	features        []int
	sample          *predict.Sample
	fields          []string
}

func newPlan(r *Reader, spec Spec) (*plan, error) {
	p := &plan{spec: spec, id: -1, time: -1}
	var err error
	if p.label, err = r.Column(spec.Label); err != nil {
		return nil, err
	}
	for _, c := range []struct {
		name string
		into *int
	}{{spec.ID, &p.id}, {spec.Time, &p.time}} {
		if c.name == "" {
			continue
		}
		if *c.into, err = r.Column(c.name); err != nil {
			return nil, err
		}
	}
	if p.features, err = p.choose(r); err != nil {
		return nil, err
	}
	names := make([]string, len(p.features))
	for i, c := range p.features {
		names[i] = r.header[c]
	}
	table, err := predict.NewTable(names, spec.Blank)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.name, err)
	}
	p.sample, p.fields = &predict.Sample{Table: table}, make([]string, len(names))
	return p, nil
}

// choose is which columns are features. A pattern that fits no column is refused: it is a typing mistake.
func (p *plan) choose(r *Reader) (features []int, err error) {
	excluded, err := matching(r, p.spec.Exclude)
	if err != nil {
		return nil, err
	}
	only, err := matching(r, p.spec.Only)
	if err != nil {
		return nil, err
	}
	for i := range r.header {
		if i == p.label || i == p.id || i == p.time || excluded[i] || len(p.spec.Only) > 0 && !only[i] {
			continue
		}
		features = append(features, i)
	}
	return features, nil
}

func matching(r *Reader, patterns []string) (map[int]bool, error) {
	found := map[int]bool{}
	for _, pattern := range patterns {
		n := len(found)
		for i, h := range r.header {
			if ok, err := path.Match(folded(pattern), folded(h)); err != nil {
				return nil, fmt.Errorf("%q: %w", pattern, err)
			} else if ok || strings.EqualFold(h, pattern) {
				found[i] = true
			}
		}
		if len(found) == n && !slices.ContainsFunc(r.header, func(h string) bool { ok, _ := path.Match(folded(pattern), folded(h)); return ok }) {
			return nil, fmt.Errorf("%s: %w: no column is called %q; there are %s", r.name, ErrFile, pattern, strings.Join(r.header, ", "))
		}
	}
	return found, nil
}

// take adds a row to the sample, unless it is outside the period or has no outcome.
func (p *plan) take(r *Reader, row []string, taken *Taken) error {
	positive, known := p.outcome(row[p.label])
	if !known {
		taken.Open++
		return nil
	}
	var at time.Time
	if p.time >= 0 {
		var ok bool
		if at, ok = predict.ParseTime(row[p.time]); !ok {
			return fmt.Errorf("%s:%d: %w: %s: %q is no time such as 2026-05-01, 2026-05-01 09:30:00 or RFC 3339", r.name, r.Line(), ErrFile, p.spec.Time, row[p.time])
		}
		if !p.spec.From.IsZero() && at.Before(p.spec.From) || !p.spec.To.IsZero() && !at.Before(p.spec.To) {
			taken.Outside++
			return nil
		}
	}
	key := ""
	if p.id >= 0 {
		key = strings.Clone(row[p.id])
	}
	for i, c := range p.features {
		p.fields[i] = row[c]
	}
	if err := p.sample.Table.Append(p.fields); err != nil {
		return fmt.Errorf("%s:%d: %w", r.name, r.Line(), err)
	}
	s := p.sample
	s.Positive, s.Keys = append(s.Positive, positive), append(s.Keys, key)
	if p.time >= 0 {
		s.Times = append(s.Times, at)
	}
	return nil
}

// outcome reads a label. It is not known when negatives are named and it is none of them.
func (p *plan) outcome(label string) (positive, known bool) {
	is := func(list []string) bool {
		return slices.ContainsFunc(list, func(v string) bool {
			return v == Anything && folded(label) != "" || folded(v) == folded(label)
		})
	}
	positives := p.spec.Positive
	if len(positives) == 0 {
		positives = usual
	}
	if is(positives) {
		return true, true
	}
	return false, len(p.spec.Negative) == 0 || is(p.spec.Negative)
}
