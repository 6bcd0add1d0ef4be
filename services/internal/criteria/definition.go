package criteria

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The limits of one definition.
const (
	MaxExpression = 4 << 10   // bytes of one expression
	MaxNesting    = 4         // exists, all, map and filter inside one another
	MaxCost       = 1_000_000 // steps of one evaluation, as CEL counts them
	MaxRules      = 500       // criteria, conditions, gates and checks together
	MaxName       = 128       // bytes of a name
)

// Definition is what one version of a playbook says in this language.
type Definition struct {
	// Lists are the names that may stand behind `lists.`. Nil leaves them unchecked,
	// for whoever compiles without knowing which lists there are.
	Lists []string
	// Models are the names that may stand behind `predicted.`. Nil leaves them
	// unchecked.
	Models []string
	// Criteria look at facts only. Each name is an identifier, and a boolean
	// variable in conditions and gates.
	Criteria []Rule
	// Conditions look at facts and criteria: disqualifiers, levels of intent,
	// routing rules. Their names are free text.
	Conditions []Rule
	// Gates look at facts, criteria and the three scores: the stages of a lead.
	// Their names are free text. In a gate `engagement` is the score; a gate that
	// counts events does so through a criterion.
	Gates []Rule
	// Checks look at facts, criteria and what was agreed with a prospect: what a meeting must be that a partner brings. Their
	// names are free text. They alone see `meeting`.
	Checks []Rule
}

// Rule is one named expression that answers true, false or unknown.
type Rule struct {
	Name       string
	Expression string
}

// Kind says which part of a definition a rule stands in, and so what it may look at.
type Kind uint8

// The kinds of rules.
const (
	Criterion Kind = iota + 1
	Condition
	Gate
	Check
)

// String returns criteria, conditions, gates or checks.
func (k Kind) String() string {
	switch k {
	case Criterion:
		return "criteria"
	case Condition:
		return "conditions"
	case Gate:
		return "gates"
	case Check:
		return "checks"
	default:
		return fmt.Sprintf("Kind(%d)", uint8(k))
	}
}

// Problem is one thing that is wrong with a definition. Line and Column count
// from 1 within the expression, columns in characters; both are 0 when the
// problem is not at a place in an expression.
type Problem struct {
	Kind    Kind
	Name    string
	Line    int
	Column  int
	Message string
}

// String returns "criteria.size_fit:1:9: undefined field 'employes' (did you mean employees?)".
func (p Problem) String() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s.%.128s: %s", p.Kind, p.Name, p.Message)
	}
	return fmt.Sprintf("%s.%.128s:%d:%d: %s", p.Kind, p.Name, p.Line, p.Column, p.Message)
}

// CompileError holds all problems of a definition, in the definition's order.
type CompileError struct{ Problems []Problem }

// Error lists the problems, one a line.
func (e *CompileError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return "compile criteria: " + strings.Join(lines, "\n")
}

// identifier is what CEL can name, in the spelling that playbooks use.
var identifier = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// reserved words cannot be criteria: CEL's own, its types, and the
// variables of this language.
var reserved = []string{
	"as", "bool", "break", "bytes", "const", "continue", "double", "else", "false", "for", "function", "if",
	"import", "in", "int", "let", "list", "loop", "map", "namespace", "null", "null_type", "package",
	"return", "string", "true", "type", "uint", "var", "void", "while",
	"account", "combined", "engagement", "fit", "lead", "lists", "meeting", "now", "predicted",
}

// checkNames reports names that are wrong, used twice or too many.
func (d *Definition) checkNames(report func(Problem)) {
	if rules := len(d.Criteria) + len(d.Conditions) + len(d.Gates) + len(d.Checks); rules > MaxRules {
		report(Problem{Kind: Criterion, Message: fmt.Sprintf("%d rules; at most %d", rules, MaxRules)})
	}
	for _, rule := range d.Criteria {
		if !identifier.MatchString(rule.Name) || slices.Contains(reserved, rule.Name) {
			report(Problem{Kind: Criterion, Name: rule.Name, Message: badName})
		}
	}
	checkUnique(Criterion, d.Criteria, report)
	checkUnique(Condition, d.Conditions, report)
	checkUnique(Gate, d.Gates, report)
	checkUnique(Check, d.Checks, report)
}

const badName = "a name has 1 to 63 lower-case letters, digits and _, starts with a letter, and is not a word of the language"

func checkUnique(kind Kind, rules []Rule, report func(Problem)) {
	seen := make(map[string]bool, len(rules))
	for _, rule := range rules {
		switch {
		case rule.Name == "" || len(rule.Name) > MaxName:
			report(Problem{Kind: kind, Name: rule.Name, Message: fmt.Sprintf("a name has 1 to %d bytes", MaxName)})
		case seen[rule.Name]:
			report(Problem{Kind: kind, Name: rule.Name, Message: "the name is used twice"})
		}
		seen[rule.Name] = true
	}
}
