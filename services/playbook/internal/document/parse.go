package document

import (
	"bytes"
	"slices"

	"buf.build/go/protoyaml"
	"go.yaml.in/yaml/v3"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// byteOrderMark is what some editors write in front of UTF-8.
const byteOrderMark = "\ufeff"

// Parse reads a playbook that people wrote as YAML, and holds it against the rules of the schema. All problems come at
// once, in the order of the text; every one of them is an Error. The document is what could be understood, nil if the
// source is not YAML at all; it can be stored if there is no problem.
//
// A misspelt name is reported and then read as the name that was probably meant, and what is wrong is left empty, so
// one mistake does not show as many.
func Parse(source []byte) (*playbookv1.Document, *Positions, []Problem) {
	r := read(source)
	return r.doc, r.positions, Arrange(r.problems)
}

// Check is Parse and Lint: it reads a playbook and reports everything that is wrong with it or deserves a thought, in
// the order of the text. What Lint finds in a field that could not be read is left out, and a document that is larger
// than the schema allows is not linted.
func Check(source []byte, check ExpressionChecker) (*playbookv1.Document, []Problem) {
	r := read(source)
	if r.doc != nil && !r.oversize {
		found := Lint(r.doc, r.positions, check)
		r.problems = append(r.problems, unblamed(found, blamedFields(r.problems))...)
	}
	return r.doc, Arrange(r.problems)
}

// reading is what could be understood of a source.
type reading struct {
	doc       *playbookv1.Document // nil if the source is not YAML
	positions *Positions
	problems  []Problem
	oversize  bool // something has more elements or characters than the schema allows
}

func read(source []byte) reading {
	source = bytes.TrimPrefix(source, []byte(byteOrderMark))
	if problem := checkSource(source); problem != nil {
		return reading{problems: []Problem{*problem}}
	}
	d := &decoder{positions: newPositions(string(source)), paths: make(map[*yaml.Node]string)}
	r := reading{doc: &playbookv1.Document{}, positions: d.positions}
	options := protoyaml.UnmarshalOptions{CustomUnmarshaler: d, AllowPartial: true}
	if err := options.Unmarshal(source, r.doc); err != nil {
		d.problems = append(d.problems, Problem{Message: "this cannot be read: " + err.Error()})
	}
	broken, oversize := brokenRules(r.doc, r.positions)
	blamed := blamedFields(d.problems)
	r.problems = slices.Concat(d.problems, unblamed(unechoed(broken, blamed), blamed))
	r.oversize = oversize
	return r
}
