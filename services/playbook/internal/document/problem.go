package document

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says how bad a problem is.
type Severity int

// The severities.
const (
	Error  Severity = iota // the document cannot be stored
	Advice                 // it can; experience speaks against it
)

// Problem is something in a document that is wrong, or that deserves a thought.
type Problem struct {
	Severity Severity
	// Line and Column count from 1, columns in characters; 0 if the problem is at no place, as in a document that was
	// not written as YAML.
	Line, Column int
	// Field is the path of the field, such as `sla.clocks.accept.within`; empty for the whole document.
	Field string
	// Message says what is wrong and how to mend it.
	Message string
}

// String returns "12:13: sla.clocks.accept.within: ...".
func (p Problem) String() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "%d:%d: ", p.Line, p.Column)
	}
	if p.Severity == Advice {
		b.WriteString("advice: ")
	}
	if p.Field != "" {
		b.WriteString(p.Field + ": ")
	}
	return b.String() + p.Message
}

// HasErrors says whether one of the problems keeps a document from being stored.
func HasErrors(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity == Error })
}

// Arrange sorts problems as their places follow each other in the text, and cuts them at MaxProblems: advice goes first.
// Problems at one place keep their order.
func Arrange(problems []Problem) []Problem {
	slices.SortStableFunc(problems, byPlace)
	if len(problems) > MaxProblems {
		slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Compare(a.Severity, b.Severity) })
		problems = problems[:MaxProblems]
		slices.SortStableFunc(problems, byPlace)
	}
	return problems
}

func byPlace(a, b Problem) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// unblamed drops the problems of fields that are already to blame, or that lie inside one that is: whoever mends the
// first problem of a field will see whether there is a second.
func unblamed(problems []Problem, blamed map[string]bool) []Problem {
	return slices.DeleteFunc(problems, func(p Problem) bool {
		for path := p.Field; path != ""; path = parent(path) {
			if blamed[path] {
				return true
			}
		}
		return blamed[""]
	})
}

// unechoed drops what is said of a list because elements of it were left empty: two of these are the same.
func unechoed(problems []Problem, blamed map[string]bool) []Problem {
	return slices.DeleteFunc(problems, func(p Problem) bool {
		if p.Message != heldTwice {
			return false
		}
		for path := range blamed {
			if strings.HasPrefix(path, p.Field+"[") {
				return true
			}
		}
		return false
	})
}

// blamedFields collects the fields that have an error.
func blamedFields(problems []Problem) map[string]bool {
	blamed := make(map[string]bool)
	for _, p := range problems {
		if p.Severity == Error {
			blamed[p.Field] = true
		}
	}
	return blamed
}
