package hindsight

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Change is the leads that one version has and the other has not.
type Change struct {
	Leads    int64
	reasons  map[string]int64
	examples []Example
	most     int
}

// Example is one of them.
type Example struct {
	Lead   string
	At     time.Time
	Tier   string
	Reason string
}

// Counted is how often something is the reason.
type Counted struct {
	Label string
	Leads int64
}

func newChange(examples int) Change { return Change{reasons: map[string]int64{}, most: examples} }

func (c *Change) add(l *Lead, q *Qualification) {
	c.Leads++
	c.reasons[l.Reason.Label]++
	c.examples = append(c.examples, Example{Lead: l.ID, At: q.At, Tier: q.Tier, Reason: l.Reason.Words})
	if len(c.examples) >= 2*c.most+1 {
		c.cut()
	}
}

// cut keeps the first examples.
func (c *Change) cut() {
	slices.SortFunc(c.examples, func(a, b Example) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Lead, b.Lead)) })
	c.examples = c.examples[:min(len(c.examples), c.most)]
}

// Examples are the first of the leads, by the time at which they qualify.
func (c *Change) Examples() []Example {
	c.cut()
	return c.examples
}

// Reasons are why, the most frequent first.
func (c *Change) Reasons() []Counted {
	var all []Counted
	for label, leads := range c.reasons {
		all = append(all, Counted{label, leads})
	}
	slices.SortFunc(all, func(a, b Counted) int { return cmp.Or(cmp.Compare(b.Leads, a.Leads), cmp.Compare(a.Label, b.Label)) })
	return all
}

// Sorted are the moves, by the tier they lead from and then to.
func (k Kept) Sorted() []Move {
	var all []Move
	for move := range k.Moves {
		all = append(all, move)
	}
	slices.SortFunc(all, func(a, b Move) int { return cmp.Or(compareTiers(a.From, b.From), compareTiers(a.To, b.To)) })
	return all
}

// compareTiers orders tiers by name; none comes last.
func compareTiers(a, b string) int {
	if (a == "") != (b == "") {
		return strings.Compare(b, a)
	}
	return strings.Compare(a, b)
}
