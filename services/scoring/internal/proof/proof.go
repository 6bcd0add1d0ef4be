package proof

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

// Finding is what follows. The numbers are those of the API, here and of causes.
type Finding uint8

// The findings.
const (
	Supported Finding = iota + 1
	Contradicted
	Unverifiable
)

// Cause is why.
type Cause uint8

// The causes.
const (
	CriterionFails    Cause = iota + 1 // supported
	SameAsRecorded                     // supported
	WouldPass                          // contradicted
	RecordDiffers                      // contradicted
	FieldUnknown                       // unverifiable, as are the rest
	ValueUnreadable                    //
	NotAboutCriterion                  //
	FactsMissing                       //
	NotOnRecord                        //
)

// Item is what somebody saw.
type Item struct {
	Criterion string // or disqualifier; empty for none
	Field     string // such as `account.employees`
	Observed  string // such as `12`
}

// Check is what is found of an item.
type Check struct {
	Finding  Finding
	Cause    Cause
	Missing  []string // the facts that the criterion needs and nobody knows
	Recorded string   // what is on record instead, where that differs and is about the account
}

// Of checks an item by rules and facts as of an instant. Disqualifiers are the conditions that are called so, with that word and
// a dot before their names.
func Of(rules *criteria.Set, facts *criteria.Facts, asOf time.Time, item Item) Check {
	claimed := *facts
	switch err := criteria.Observe(&claimed, item.Field, item.Observed); {
	case errors.Is(err, criteria.ErrField):
		return unverifiable(FieldUnknown)
	case err != nil:
		return unverifiable(ValueUnreadable)
	case item.Criterion == "":
		return compared(&claimed, facts, item.Field)
	}
	rule, reads := find(rules, item.Criterion)
	if !slices.Contains(reads, item.Field) {
		return unverifiable(NotAboutCriterion)
	}
	seen := rule(rules.Evaluate(&claimed, asOf))
	switch seen.Truth {
	case criteria.True:
		return Check{Finding: Contradicted, Cause: WouldPass}
	case criteria.Unknown:
		return Check{Finding: Unverifiable, Cause: FactsMissing, Missing: seen.Missing}
	}
	value, known := criteria.Recorded(facts, item.Field)
	if known && rule(rules.Evaluate(facts, asOf)).Truth == criteria.True {
		return differs(item.Field, value)
	}
	return Check{Finding: Supported, Cause: CriterionFails}
}

// compared is what the record alone says.
func compared(claimed, facts *criteria.Facts, field string) Check {
	said, _ := criteria.Recorded(claimed, field)
	value, known := criteria.Recorded(facts, field)
	switch {
	case !known:
		return unverifiable(NotOnRecord)
	case said == value:
		return Check{Finding: Supported, Cause: SameAsRecorded}
	default:
		return differs(field, value)
	}
}

func differs(field, value string) Check {
	c := Check{Finding: Contradicted, Cause: RecordDiffers}
	if strings.HasPrefix(field, "account.") {
		c.Recorded = value
	}
	return c
}

func unverifiable(cause Cause) Check { return Check{Finding: Unverifiable, Cause: cause} }

// find gives how to ask for a criterion, or for a disqualifier turned round, and the facts that it reads; none for neither.
func find(rules *criteria.Set, name string) (ask func(*criteria.Evaluation) *criteria.Result, reads []string) {
	if at, ok := rules.Place(name); ok {
		return func(e *criteria.Evaluation) *criteria.Result { return e.Criteria().Result(at) }, rules.Reads(name)
	}
	disqualifier := "disqualify." + name
	return func(e *criteria.Evaluation) *criteria.Result {
		for r := range e.Conditions().All() {
			if r.Name == disqualifier {
				return turned(r)
			}
		}
		return &criteria.Result{Name: name}
	}, rules.Reads(disqualifier)
}

// turned is a result with its answer turned round.
func turned(r *criteria.Result) *criteria.Result {
	other := *r
	switch r.Truth {
	case criteria.True:
		other.Truth = criteria.False
	case criteria.False:
		other.Truth = criteria.True
	default:
	}
	return &other
}
