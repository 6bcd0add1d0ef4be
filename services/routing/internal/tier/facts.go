package tier

import "fmt"

// Class says what the lead's account is to us. The zero value is Unmatched.
type Class uint8

const (
	// Unmatched means that no account is known. It counts as NonTarget.
	Unmatched Class = iota
	// NonTarget accounts are not on the target account list.
	NonTarget
	// Target accounts are on the target account list.
	Target
	// Customer accounts have bought.
	Customer
	// Competitor accounts compete with us.
	Competitor
	// OpenOpportunity accounts are in an active sales motion.
	OpenOpportunity
)

var classNames = [...]string{"UNMATCHED", "NON_TARGET", "TARGET", "CUSTOMER", "COMPETITOR", "OPEN_OPPORTUNITY"}

// String gives the class's name in capitals.
func (c Class) String() string { return nameOf(classNames[:], int(c)) }

func (c Class) known() bool { return int(c) < len(classNames) }

// counted is the class that the table knows this one as.
func (c Class) counted() Class {
	if c == Unmatched {
		return NonTarget
	}
	return c
}

// Intent says how strongly the lead shows that it wants to buy. The zero value
// is Low.
type Intent uint8

const (
	// Low intent.
	Low Intent = iota
	// Medium intent, such as a webinar attended.
	Medium
	// High intent, such as a demo requested.
	High
)

var intentNames = [...]string{"LOW", "MEDIUM", "HIGH"}

// String gives the intent's name in capitals.
func (i Intent) String() string { return nameOf(intentNames[:], int(i)) }

func (i Intent) known() bool { return int(i) < len(intentNames) }

// Facts are what a decision rests on.
type Facts struct {
	Class  Class
	Intent Intent
	// Holds says of each condition of the table, in the order of
	// [Table.Conditions], whether it holds. Missing ones do not hold.
	Holds []bool
}

func nameOf(names []string, i int) string {
	if i >= len(names) {
		return fmt.Sprintf("UNKNOWN(%d)", i)
	}
	return names[i]
}
