package criteria

import (
	"errors"
	"fmt"
)

// Truth is the answer of a rule. Unknown is the zero value: a rule that was never
// asked has not been refuted.
type Truth int8

// The three answers.
const (
	Unknown Truth = iota
	False
	True
)

// String returns UNKNOWN, FALSE or TRUE.
func (t Truth) String() string {
	switch t {
	case True:
		return "TRUE"
	case False:
		return "FALSE"
	case Unknown:
		return "UNKNOWN"
	default:
		return fmt.Sprintf("Truth(%d)", int8(t))
	}
}

// Result is what one rule answered.
type Result struct {
	Name  string
	Truth Truth
	// Missing names the facts whose absence made the answer Unknown, sorted and
	// without repeats: `account.employees`, `lead.attributes["budget"]`. A rule
	// over a criterion inherits what the criterion missed; a criterion that failed
	// is named itself.
	Missing []string
	// Err is set when the rule could not be evaluated; Truth is then Unknown.
	Err *RuleError
}

// The reasons for which a rule fails at run time.
var (
	// ErrCost: the evaluation took more than MaxCost steps.
	ErrCost = errors.New("the expression costs too much to evaluate")
	// ErrCurrency: two amounts of different currencies were compared.
	ErrCurrency = errors.New("amounts in different currencies cannot be compared")
	// ErrValue: a value had a form that the expression cannot use, such as an
	// attribute that should be a number and is not.
	ErrValue = errors.New("a value does not have the form that the expression needs")
)

// RuleError says that one rule could not be evaluated. It never quotes a fact, so
// that it may be logged: facts can be personal data.
type RuleError struct {
	Rule   string
	Reason error // ErrCost, ErrCurrency or ErrValue
}

// Error names the rule and the reason.
func (e *RuleError) Error() string { return "evaluate " + e.Rule + ": " + e.Reason.Error() }

// Unwrap returns the reason.
func (e *RuleError) Unwrap() error { return e.Reason }
