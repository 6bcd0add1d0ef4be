package deadline

import (
	"slices"
	"time"
)

// End is a way in which a handoff ends.
type End int

// The ends.
const (
	EndReject       End = iota + 1 // sales sent it back with a reason
	EndRecycle                     // it comes again later
	EndSQL                         // need and timing are confirmed
	EndNurture                     // it goes back to marketing's nurture
	EndDisqualified                // not a customer for us
	EndWithdrawal                  // the suite closed it by itself
)

// end is the way in which the handoff ended.
func (c Closing) end() End {
	switch {
	case c.Step == StepReject:
		return EndReject
	case c.Step == StepRecycle:
		return EndRecycle
	case c.Step != StepDispose:
		return EndWithdrawal
	case c.Outcome == OutcomeSQL:
		return EndSQL
	case c.Outcome == OutcomeNurture:
		return EndNurture
	default:
		return EndDisqualified
	}
}

// anchor is the instant from which a clock counts; zero if it has not come.
func (d *docket) anchor(from Anchor) time.Time {
	closing := d.facts.Closing
	switch {
	case from == FromMQL:
		return d.facts.MQL
	case from == FromTouch:
		return d.first(Deed.touches)
	case from == FromBooked:
		return d.first(MeetingBooked.is)
	case from == FromHeld:
		return d.first(MeetingHeld.is)
	case from == FromSQL && closing.end() == EndSQL:
		return closing.At
	}
	for _, a := range d.facts.Assignments {
		switch {
		case from == FromAssigned && !a.At.IsZero():
			return a.At
		case from == FromAccepted && a.Accepted:
			return a.Answered
		}
	}
	return time.Time{}
}

// comesTooLate says whether an own clock would begin after the handoff was closed. Nobody works on it then, unless it was
// closed as SQL.
func (d *docket) comesTooLate(rule Rule, start time.Time) bool {
	closing := d.facts.Closing
	return !closing.At.IsZero() && closing.before(rule, start) && closing.end() != EndSQL
}

// own is what answers an own clock that began at an instant.
func (d *docket) own(rule Rule, start time.Time) ending {
	var after time.Time
	if rule.From.asksForNews() {
		after = start
	}
	var first ending
	for _, asked := range rule.MetBy {
		first = earliest(first, d.answer(asked, after))
	}
	return first
}

// answer is when what a clock asks for was done, after an instant.
func (d *docket) answer(asked Deed, after time.Time) ending {
	var e ending
	switch asked {
	case Accepted:
		for _, a := range d.facts.Assignments {
			if a.accepted().After(after) {
				return answer(a.accepted())
			}
		}
	case Disposed:
		e = d.facts.Closing.disposed()
	default:
		return answer(d.firstAfter(after, func(done Deed) bool { return done.does(asked) }))
	}
	if !e.at.After(after) {
		return ending{}
	}
	return e
}

// cancelOwn is what closing the handoff means to an own clock that began at an instant. What closed before does not matter.
func (c Closing) cancelOwn(rule Rule, start time.Time) ending {
	if c.before(rule, start) || len(rule.CancelledBy) > 0 && !slices.Contains(rule.CancelledBy, c.end()) {
		return ending{}
	}
	return c.cancel()
}

// before says whether the handoff was closed before a clock began. What happens at one instant happens in the order in which one
// thing leads to another: a clock that counts from what sales did begins after the close.
func (c Closing) before(rule Rule, start time.Time) bool {
	return c.At.Before(start) || rule.From.asksForNews() && c.At.Equal(start)
}
