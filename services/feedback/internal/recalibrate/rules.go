package recalibrate

import (
	"maps"
	"slices"
)

// LinePath is where a playbook draws the line to MQL.
const LinePath = "stages.mql"

// Rules are what a playbook says of who qualifies, as far as it may be changed.
type Rules struct {
	Line     string             // the expression of the line to MQL
	Criteria map[string]string  // expressions by name
	Points   map[string]float64 // by path, such as `scoring.fit.size.points`
	Movable  []string           // paths of points that may be moved from one rule to another: those of fit
}

// Bound is a number that an expression compares a field with. Start and End are the place of the number in the text, in bytes.
type Bound struct {
	Field      string
	Op         string // >, >=, < or <=, with the field on the left
	Value      float64
	Start, End int
}

// Edit says what stands at a path: a text, or points.
type Edit struct {
	Path   string
	Text   string
	Points float64
}

// With are the rules after an edit.
func (r Rules) With(edits ...Edit) Rules {
	r.Criteria, r.Points = maps.Clone(r.Criteria), maps.Clone(r.Points)
	for _, e := range edits {
		switch {
		case e.Path == LinePath:
			r.Line = e.Text
		case e.Text != "":
			r.Criteria[e.Path[len(criteria):]] = e.Text
		default:
			r.Points[e.Path] = e.Points
		}
	}
	return r
}

// criteria is what the paths of criteria begin with.
const criteria = "criteria."

// Edits are what makes these rules of others, by path.
func (r Rules) Edits(from Rules) []Edit {
	var all []Edit
	if r.Line != from.Line {
		all = append(all, Edit{Path: LinePath, Text: r.Line})
	}
	for _, name := range slices.Sorted(maps.Keys(r.Criteria)) {
		if r.Criteria[name] != from.Criteria[name] {
			all = append(all, Edit{Path: criteria + name, Text: r.Criteria[name]})
		}
	}
	for _, path := range slices.Sorted(maps.Keys(r.Points)) {
		if r.Points[path] != from.Points[path] {
			all = append(all, Edit{Path: path, Points: r.Points[path]})
		}
	}
	return all
}
