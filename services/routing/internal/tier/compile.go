package tier

import (
	"fmt"
	"math/bits"
	"strings"
)

// ProblemKind is what is wrong with a part of a policy.
type ProblemKind uint8

const (
	_ ProblemKind = iota
	// MissingOtherwise means that the policy is not total.
	MissingOtherwise
	// MissingName means a condition without a name or a row without a tier.
	MissingName
	// DuplicateName means that another condition or row has the same name.
	DuplicateName
	// DuplicateRow means that another row has exactly the same cells.
	DuplicateRow
	// OverlappingRow means that another row has some of the same cells.
	OverlappingRow
	// UnreachableRow means that the row has no cells, or none of its own.
	UnreachableRow
	// UnknownValue means a class or an intent that does not exist.
	UnknownValue
	// InvalidAssignment means an unknown kind, a name missing, or one too many.
	InvalidAssignment
)

// Problem is one thing that is wrong with a policy.
type Problem struct {
	Kind ProblemKind
	// Field is where it is, such as rows[2].classes[0].
	Field string
	// Detail says it to people.
	Detail string
}

// Error gives field and detail.
func (p Problem) Error() string { return p.Field + ": " + p.Detail }

// PolicyError holds everything that is wrong with a policy, in its order.
type PolicyError struct{ Problems []Problem }

// Error gives all problems in one line.
func (e *PolicyError) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = p.Error()
	}
	return "compile routing policy: " + strings.Join(texts, "; ")
}

// Compile checks a policy and makes a table of it. The error is a *PolicyError.
func Compile(p Policy) (*Table, error) {
	c := &compiler{}
	c.conditions(p.FirstMatch)
	c.rows(p.Rows)
	c.otherwise(p.Otherwise)
	if len(c.problems) > 0 {
		return nil, &PolicyError{Problems: c.problems}
	}
	return newTable(p), nil
}

type compiler struct{ problems []Problem }

func (c *compiler) report(kind ProblemKind, field, format string, args ...any) {
	c.problems = append(c.problems, Problem{Kind: kind, Field: field, Detail: fmt.Sprintf(format, args...)})
}

func (c *compiler) conditions(conditions []Condition) {
	seen := map[string]int{}
	for i, condition := range conditions {
		field := fmt.Sprintf("first_match[%d]", i)
		c.name(field, condition.Name, i, seen)
		c.assignment(field, condition.Then.Assign)
	}
}

func (c *compiler) rows(rows []Row) {
	seen := map[string]int{}
	covered := make([]cells, len(rows))
	for i, row := range rows {
		field := fmt.Sprintf("rows[%d]", i)
		c.name(field, row.Then.Tier, i, seen)
		c.values(field, row)
		covered[i] = cellsOf(row)
		c.reach(field, covered[i], rows, covered[:i])
		c.assignment(field, row.Then.Assign)
	}
}

func (c *compiler) otherwise(outcome *Outcome) {
	if outcome == nil {
		c.report(MissingOtherwise, "otherwise", "is missing: some leads would have nowhere to go")
		return
	}
	c.assignment("otherwise", outcome.Assign)
}

func (c *compiler) name(field, name string, i int, seen map[string]int) {
	first, duplicate := seen[name]
	switch {
	case name == "":
		c.report(MissingName, field, "has no name")
	case duplicate:
		c.report(DuplicateName, field, "%q is also the name of number %d", name, first)
	default:
		seen[name] = i
	}
}

func (c *compiler) values(field string, row Row) {
	for i, class := range row.Classes {
		if !class.known() {
			c.report(UnknownValue, fmt.Sprintf("%s.classes[%d]", field, i), "%v is no account class", class)
		}
	}
	for i, intent := range row.Intents {
		if !intent.known() {
			c.report(UnknownValue, fmt.Sprintf("%s.intents[%d]", field, i), "%v is no intent", intent)
		}
	}
}

// reach compares a row's cells with those of the rows before it.
func (c *compiler) reach(field string, own cells, rows []Row, before []cells) {
	if own == 0 {
		c.report(UnreachableRow, field, "covers no combination of class and intent")
		return
	}
	var taken cells
	for i, other := range before {
		switch shared := own & other; {
		case other == own:
			c.report(DuplicateRow, field, "covers the same as rows[%d] (%s)", i, rows[i].Then.Tier)
			return
		case shared != 0:
			c.report(OverlappingRow, field, "shares %v with rows[%d] (%s)", shared, i, rows[i].Then.Tier)
		}
		taken |= other
	}
	if own&^taken == 0 {
		c.report(UnreachableRow, field, "has nothing left that the rows before it do not cover")
	}
}

func (c *compiler) assignment(field string, a Assignment) {
	switch {
	case !a.Kind.known():
		c.report(InvalidAssignment, field+".assign", "%v is no kind of receiver", a.Kind)
	case a.Kind.named() && a.Name == "":
		c.report(InvalidAssignment, field+".assign", "%v needs a name", a.Kind)
	case !a.Kind.named() && a.Name != "":
		c.report(InvalidAssignment, field+".assign", "%v takes no name, got %q", a.Kind, a.Name)
	}
}

// cells is a set of table cells, one bit for each class and intent.
type cells uint32

func cellsOf(row Row) (set cells) {
	for _, class := range row.Classes {
		for _, intent := range row.Intents {
			if class.known() && intent.known() {
				set |= 1 << cellIndex(class, intent)
			}
		}
	}
	return set
}

// cellIndex numbers the cells of known classes and intents, the row of Unmatched
// being that of NonTarget.
func cellIndex(class Class, intent Intent) int {
	return int(class.counted())*len(intentNames) + int(intent)
}

// String lists the cells.
func (s cells) String() string {
	var texts []string
	for ; s != 0; s &= s - 1 {
		i := bits.TrailingZeros32(uint32(s))
		texts = append(texts, fmt.Sprintf("%v/%v", Class(i/len(intentNames)), Intent(i%len(intentNames))))
	}
	return strings.Join(texts, ", ")
}
