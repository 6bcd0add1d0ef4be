package criteria

import "time"

// Facts is everything an expression may look at: one lead, the account it
// belongs to, and what its people did. A zero Lead or Account is legal and means
// that nothing is known about it.
type Facts struct {
	Lead        Lead
	Account     Account
	Engagements []Event
}

// Lead holds what is known about the person.
type Lead struct {
	Seniority       Opt[string]
	Function        Opt[string]
	Title           Opt[string]
	Country         Opt[string]
	EmailDomain     Opt[string]
	EmailDomainKind Opt[string]
	Source          Opt[string]
	Campaign        Opt[string]
	Attributes      map[string]Value
}

// Account holds what is known about the company.
type Account struct {
	Domain             Opt[string]
	Employees          Opt[int64]
	AnnualRevenue      Opt[Money]
	Industry           Opt[string]
	Country            Opt[string]
	Technologies       Opt[[]string]
	IsTarget           Opt[bool]
	IsCustomer         Opt[bool]
	HasOpenOpportunity Opt[bool]
	HasOwner           Opt[bool]
	Attributes         map[string]Value
}

// Event is one engagement: a page view, a form, a click. The order of events in
// Facts does not matter.
type Event struct {
	Type       string
	OccurredAt time.Time
	Properties map[string]string // "form": "demo_request", "page": "/pricing"
}

// Opt is a value that may be unknown. The zero value is unknown, so a fact that
// nobody filled in can never be mistaken for "no", zero or "".
type Opt[T any] struct {
	Value T
	Known bool
}

// Known returns an Opt that holds v.
func Known[T any](v T) Opt[T] { return Opt[T]{Value: v, Known: true} }

// Value is an open attribute of a lead or an account: a text, a number, a flag or
// a list of texts. Its zero value is the empty text.
type Value struct {
	kind   valueKind
	text   string
	number float64
	flag   bool
	texts  []string
}

type valueKind uint8

const (
	textValue valueKind = iota
	numberValue
	flagValue
	textsValue
)

// Text returns an attribute that is a text.
func Text(s string) Value { return Value{kind: textValue, text: s} }

// Number returns an attribute that is a number.
func Number(f float64) Value { return Value{kind: numberValue, number: f} }

// Flag returns an attribute that is true or false.
func Flag(b bool) Value { return Value{kind: flagValue, flag: b} }

// Texts returns an attribute that is a list of texts. The list is kept, not copied.
func Texts(list ...string) Value { return Value{kind: textsValue, texts: list} }

// Scores are the figures that a gate compares, in micro-points: 1 point is
// 1,000,000, so a score of 70.000001 is above 70 and a score of 70 is not.
type Scores struct {
	Fit        int64
	Engagement int64
	Combined   int64
}
