package deadline

import "time"

// Goal is within what time both teams want an answer. It is reported; no clock is late for it. The zero value is none.
type Goal struct {
	Budget Budget
	Span   time.Duration // the budget in the clock's own time
	At     time.Time     // when it is over; zero if it never is
}

// goal is the goal of a clock that began at an instant.
func goal(wanted Budget, t timeline, start time.Time) Goal {
	if wanted == (Budget{}) {
		return Goal{}
	}
	span := wanted.in(t.first().calendar)
	return Goal{Budget: wanted, Span: span, At: t.due(start, span)}
}

// GoalMet says whether a clock was answered within its goal; not known of one that has none, that was cancelled, or whose goal can
// still be met at an instant.
func (c Clock) GoalMet(now time.Time) (met, known bool) {
	switch {
	case c.Goal.Span == 0, c.State == Cancelled:
		return false, false
	case c.Answered:
		return c.Elapsed <= c.Goal.Span, true
	default:
		return false, c.State == Missed || !c.Goal.At.IsZero() && now.After(c.Goal.At)
	}
}
