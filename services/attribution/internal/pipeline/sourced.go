package pipeline

import (
	"cmp"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/credit"
)

// SourceRule is a way to tell which team sourced an opportunity. The teams agree on one.
type SourceRule uint8

// The rules. Each also gives its answer when it is not the agreed one.
const (
	// RecordedSource takes the source field of the opportunity.
	RecordedSource SourceRule = iota + 1
	// FirstTouch takes the team of the first eligible touch.
	FirstTouch
	// BeforeSales says marketing when a marketing touch precedes sales' first activity on the account,
	// and sales when none does.
	BeforeSales
)

// String returns the rule's stable name.
func (r SourceRule) String() string {
	switch r {
	case RecordedSource:
		return "RECORDED_SOURCE"
	case FirstTouch:
		return "FIRST_TOUCH_MARKETING"
	case BeforeSales:
		return "MARKETING_BEFORE_SALES"
	default:
		return "UNSPECIFIED"
	}
}

// SourceField is a value that the opportunity's source field was given.
type SourceField struct {
	Team       credit.Team
	RecordedAt time.Time
}

// Activity is something that sales did on the account, whomever it reached.
type Activity struct {
	OccurredAt time.Time
	RecordedAt time.Time
}

// SourceFacts are what the sourcing of one opportunity is decided on, in any order.
type SourceFacts struct {
	CreatedAt  time.Time // the opportunity's creation; what happened later cannot have sourced it
	Fields     []SourceField
	Touches    []credit.Touch // the eligible ones
	Activities []Activity
}

// Sourcing is the answer of every rule to the same facts. NoTeam means that a rule found nothing.
type Sourcing struct {
	RecordedSource credit.Team
	FirstTouch     credit.Team
	BeforeSales    credit.Team
}

// By returns the answer of one rule, and NoTeam for a rule that does not exist.
func (s Sourcing) By(rule SourceRule) credit.Team {
	switch rule {
	case RecordedSource:
		return s.RecordedSource
	case FirstTouch:
		return s.FirstTouch
	case BeforeSales:
		return s.BeforeSales
	default:
		return credit.NoTeam
	}
}

// Source applies all rules to what was on record at the given instant. The instant itself counts.
func Source(facts SourceFacts, knownAt time.Time) Sourcing {
	known := facts.known(knownAt)
	return Sourcing{
		RecordedSource: known.lastField(),
		FirstTouch:     known.firstTouch(),
		BeforeSales:    known.beforeSales(),
	}
}

// Decision is the sourcing team of an opportunity and what speaks for it.
type Decision struct {
	Rule    SourceRule
	Frozen  Sourcing // on what was on record when it was decided
	Current Sourcing // on what is on record now
}

// Decide freezes the sourcing of an opportunity and sets the present state of knowledge beside it. It
// freezes when the opportunity was put on record, which is its creation, or a little later where
// another system reports it.
func Decide(facts SourceFacts, rule SourceRule, frozenAt, now time.Time) Decision {
	return Decision{Rule: rule, Frozen: Source(facts, frozenAt), Current: Source(facts, now)}
}

// Team returns the one team that sourced the opportunity. Facts that
// arrive later do not change it.
func (d Decision) Team() credit.Team { return d.Frozen.By(d.Rule) }

// Gap reports whether the agreed rule would say otherwise on what is known now.
func (d Decision) Gap() bool { return d.Team() != d.Current.By(d.Rule) }

// known leaves the facts that had happened before the opportunity was created and were on record at
// the given instant.
func (f SourceFacts) known(at time.Time) SourceFacts {
	unknown := func(occurred, recorded time.Time) bool {
		return occurred.After(f.CreatedAt) || recorded.After(at)
	}
	f.Fields = slices.DeleteFunc(slices.Clone(f.Fields), func(v SourceField) bool {
		return v.RecordedAt.After(at)
	})
	f.Touches = slices.DeleteFunc(slices.Clone(f.Touches), func(t credit.Touch) bool {
		return unknown(t.OccurredAt, t.RecordedAt)
	})
	f.Activities = slices.DeleteFunc(slices.Clone(f.Activities), func(a Activity) bool {
		return unknown(a.OccurredAt, a.RecordedAt)
	})
	return f
}

// lastField returns the value that the source field was given last. Of two at one instant the higher
// team wins, so that their order does not matter.
func (f SourceFacts) lastField() credit.Team {
	if len(f.Fields) == 0 {
		return credit.NoTeam
	}
	return slices.MaxFunc(f.Fields, func(a, b SourceField) int {
		return cmp.Or(a.RecordedAt.Compare(b.RecordedAt), cmp.Compare(a.Team, b.Team))
	}).Team
}

func (f SourceFacts) firstTouch() credit.Team {
	if len(f.Touches) == 0 {
		return credit.NoTeam
	}
	return slices.MinFunc(f.Touches, credit.Compare).Team
}

func (f SourceFacts) beforeSales() credit.Team {
	var sold time.Time
	for _, a := range f.Activities {
		sold = earlier(sold, a.OccurredAt)
	}
	marketed := slices.ContainsFunc(f.Touches, func(t credit.Touch) bool {
		return t.Team == credit.Marketing && (sold.IsZero() || t.OccurredAt.Before(sold))
	})
	switch {
	case marketed:
		return credit.Marketing
	case !sold.IsZero():
		return credit.Sales
	default:
		return credit.NoTeam
	}
}
