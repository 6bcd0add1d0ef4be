package document

import (
	"maps"
	"slices"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// Kind says what an expression may look at.
type Kind int

// The kinds of expressions.
const (
	Criterion    Kind = iota // facts
	Condition                // facts and the names of criteria
	Gate                     // facts, the names of criteria, and scores
	MeetingCheck             // facts, the names of criteria, and what was agreed for a meeting
)

// Expression is one CEL expression of a document.
type Expression struct {
	Kind  Kind
	Name  string // of a criterion, by which other expressions use it; else empty
	Field string // the path of the field that holds it
	Text  string
}

// Finding is what an ExpressionChecker has against an expression.
type Finding struct {
	Expression   int // its index
	Line, Column int // within its text, from 1; 0 if the whole expression or its name is wrong
	Message      string
}

// ExpressionChecker compiles all expressions of a document together and returns what is wrong with them.
type ExpressionChecker func([]Expression) []Finding

// expressions collects every expression of a document: the criteria by name, then the others as the document has them.
func expressions(doc *playbookv1.Document) []Expression {
	var all []Expression
	add := func(kind Kind, field, text string) {
		if text != "" {
			all = append(all, Expression{Kind: kind, Field: field, Text: text})
		}
	}
	for name, text := range sorted(doc.GetCriteria()) { // an empty one too: its name is known
		all = append(all, Expression{Kind: Criterion, Name: name, Field: entry("criteria", name), Text: text})
	}
	for name, text := range sorted(doc.GetDisqualify()) {
		add(Condition, entry("disqualify", name), text)
	}
	add(Gate, "stages.mql", doc.GetStages().GetMql())
	add(Condition, "intent.high", doc.GetIntent().GetHigh())
	add(Condition, "intent.medium", doc.GetIntent().GetMedium())
	for i, rule := range doc.GetRouting().GetFirstMatch() {
		add(Condition, element("routing.first_match", i)+".when", rule.GetWhen())
	}
	for i, rule := range doc.GetRouting().GetRequirements() {
		add(Condition, element("routing.requirements", i)+".when", rule.GetWhen())
	}
	for name, persona := range sorted(doc.GetPersonas()) {
		add(Condition, entry("personas", name)+".when", persona.GetWhen())
	}
	for _, rule := range checks(doc.GetMeetings()) {
		add(MeetingCheck, rule.field, rule.text)
	}
	return all
}

// checkExpressions reports what the checker finds, at its place in the YAML.
func (l *linter) checkExpressions(check ExpressionChecker) {
	if check == nil {
		return
	}
	all := expressions(l.doc)
	for _, finding := range check(all) {
		if finding.Expression < 0 || finding.Expression >= len(all) {
			continue
		}
		problem := Problem{Field: all[finding.Expression].Field, Message: finding.Message}
		if finding.Line > 0 {
			problem.Line, problem.Column = l.positions.Within(problem.Field, finding.Line, finding.Column)
		} else {
			problem.Line, problem.Column = l.positions.OfKey(problem.Field)
		}
		l.problems = append(l.problems, problem)
	}
}

// sorted yields the entries of a map by key, so that problems come in the same order every time.
func sorted[V any](m map[string]V) func(yield func(string, V) bool) {
	return func(yield func(string, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}
