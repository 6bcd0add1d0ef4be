package deadline

import (
	"math"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

// Policy is what the playbook says of clocks, complete with its defaults.
type Policy struct {
	Calendar    string // of everybody who has none of their own
	Rules       map[Kind]Rule
	Trusted     []string // systems whose acts count at the time they happened, however late they are recorded
	Pauses      Pauses
	LateLogging time.Duration // how late an activity may be recorded and still count at the time it happened
}

// Rule is what the playbook says of one kind of clock.
type Rule struct {
	Terms
	Business   bool   // counts working time, not wall time
	From       Anchor // from when it counts
	Tiers      map[string]Terms
	Only       []string // the tiers that have the clock; all if empty
	OnReassign OnReassign
	Strict     bool // whether an answer that uses the whole budget is late
	// MetBy is what meets a clock of an own kind: any of these. The other kinds have their own.
	MetBy []Deed
	// Plan is the steps of a plan of attempts. Each has its own budget; the warning, the ladder and the rest are those of the rule.
	Plan []Planned
	// CancelledBy is the ways of closing that cancel a clock of an own kind; all if empty.
	CancelledBy []End
	// Ladder is the shares of the budget at which somebody is told or something is done, in their order; 1 is the whole. At
	// most MaxSteps.
	Ladder []float64
}

// Terms are what can differ from tier to tier.
type Terms struct {
	Within Budget
	Warn   Warning
	Goal   Budget // within which an answer is as soon as wanted; none if nobody says. It decides nothing
}

// binds says whether terms ask for the same as others. What is only wanted does not matter.
func (t Terms) binds(others Terms) bool { return t.Within == others.Within && t.Warn == others.Warn }

// Budget is a length of time as people agree on it: a time, or a number of days, which are 24 hours each of wall time and
// the calendar's day hours of working time.
type Budget struct {
	Time time.Duration
	Days int
}

// Warning says when a clock warns: at a share of its budget, or after a while if that is given.
type Warning struct {
	Share float64
	After Budget
}

// Anchor is the instant from which a clock counts.
type Anchor int

// The anchors.
const (
	FromMQL      Anchor = iota + 1 // the lead became an MQL
	FromAssigned                   // the handoff was assigned
	FromAccepted                   // a rep accepted
	FromTouch                      // a person first touched the lead
	FromBooked                     // a meeting was booked
	FromHeld                       // a meeting took place
	FromSQL                        // the handoff was closed as SQL
)

// asksForNews says whether what was done before the anchor does not meet a clock: it counts from something that was done itself.
func (a Anchor) asksForNews() bool { return a >= FromTouch }

// AfterAssignment are the kinds of clocks that begin with what a rep does, in their order.
func (p Policy) AfterAssignment() []Kind {
	return slices.DeleteFunc(p.Kinds(), func(kind Kind) bool { return p.Rules[kind].From < FromAccepted })
}

// terms are the terms for a tier; none if the tier does not have the clock.
func (r Rule) terms(tier string) (Terms, bool) {
	if len(r.Only) > 0 && !slices.Contains(r.Only, tier) {
		return Terms{}, false
	}
	if special, ok := r.Tiers[tier]; ok {
		return special, true
	}
	return r.Terms, true
}

// exceeded says whether a clock that used so much of its budget is late.
func (r Rule) exceeded(used, budget time.Duration) bool {
	return used > budget || r.Strict && used == budget
}

// in is the length of the budget in the time of a calendar.
func (b Budget) in(c *worktime.Calendar) time.Duration {
	if b.Days > 0 {
		return c.Days(b.Days)
	}
	return b.Time
}

// point is how much of a budget is used when the clock warns, to the microsecond.
func (w Warning) point(budget time.Duration, c *worktime.Calendar) time.Duration {
	if w.After != (Budget{}) {
		return w.After.in(c)
	}
	return part(budget, w.Share)
}

// part is a share of a budget, to the microsecond.
func part(budget time.Duration, share float64) time.Duration {
	return time.Duration(math.RoundToEven(float64(budget.Microseconds())*share)) * time.Microsecond
}

// Calendars are the ids of the calendars in which the clocks of a handoff may count; none if all of them count wall time.
func (p Policy) Calendars(f Facts) []string {
	if !p.business() {
		return nil
	}
	ids := []string{p.Calendar}
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, a := range f.Assignments {
		add(a.Calendar)
	}
	for _, c := range f.Covers {
		add(c.Calendar)
	}
	return ids
}

func (p Policy) business() bool {
	for _, r := range p.Rules {
		if r.Business {
			return true
		}
	}
	return false
}
