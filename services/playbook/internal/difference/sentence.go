package difference

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// pair is the two documents, complete with their defaults.
type pair struct {
	from, to *playbookv1.Document
	book     book
	terms    map[string][]term
}

// sentence says a change as people would.
func (p pair) sentence(f finding) string {
	before, after := p.said(f, f.was, f.old, p.from), p.said(f, f.is, f.new, p.to)
	if text, names, known := p.book.find(f.steps, f.kind); known {
		return fill(text, names, before, after)
	}
	subject := plain(strings.Join(f.steps, ", "))
	switch {
	case f.order:
		return capital(subject + ": in another order, " + after + " instead of " + before)
	case f.kind == Added:
		return capital(subject + " is now " + after)
	case f.kind == Removed:
		return capital(subject + " is gone; it was " + before)
	default:
		return capital(subject + ": " + after + " instead of " + before)
	}
}

// said is what a field says, in words. The document tells in what time a clock counts.
func (p pair) said(f finding, value protoreflect.Value, text string, doc *playbookv1.Document) string {
	if f.order || !value.IsValid() {
		return text
	}
	return speech{terms: p.terms, business: isBusiness(f, doc), percent: f.steps[0] == "attribution" && has(f.steps, "targets")}.value(f.field, value)
}

// isBusiness says whether the clock that a change belongs to counts business time.
func isBusiness(f finding, doc *playbookv1.Document) bool {
	switch {
	case len(f.steps) > 2 && f.steps[1] == "clocks":
		return doc.GetSla().GetClocks()[f.steps[2]].GetUnit() == playbookv1.TimeUnit_TIME_UNIT_BUSINESS
	case len(f.steps) > 2 && f.steps[1] == "attempts":
		return doc.GetSla().GetAttempts().GetUnit() == playbookv1.TimeUnit_TIME_UNIT_BUSINESS
	default:
		return false
	}
}

// wording says that a document was written in other words.
func wording(f finding) string {
	subject := capital(plain(strings.Join(f.steps, ", ")))
	switch {
	case f.order || f.kind == Changed:
		return subject + " is worded or ordered otherwise, and means the same"
	case f.kind == Added:
		return subject + " is written out: " + f.new + ", as it was by default"
	default:
		return subject + " is left to its default, " + f.old + " as it was"
	}
}
