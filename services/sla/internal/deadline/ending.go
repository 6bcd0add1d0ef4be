package deadline

import "time"

// ending is what ends a clock. The zero value is none.
type ending struct {
	at     time.Time
	how    how
	reason Reason // of a cancellation
}

// how a clock ends.
type how int

const (
	answered  how = iota + 1 // somebody did what was asked
	lapsed                   // it was closed as done with nothing done
	cancelled                // it no longer matters
)

func answer(at time.Time) ending { return ending{at: at, how: answered} }
func lapse(at time.Time) ending  { return ending{at: at, how: lapsed} }
func cancel(at time.Time, reason Reason) ending {
	return ending{at: at, how: cancelled, reason: reason}
}

func (e ending) none() bool { return e.at.IsZero() }

// earliest is what ends a clock of all that would; of those at one instant it is the first in the list, so answers come
// first.
func earliest(candidates ...ending) ending {
	var first ending
	for _, c := range candidates {
		if !c.none() && (first.none() || c.at.Before(first.at)) {
			first = c
		}
	}
	return first
}

// ending is what ends a clock that began at an instant: the right half of the table of clocks. Accept has one for each assignment.
func (d *docket) ending(kind Kind, rule Rule, start time.Time) ending {
	merged := cancel(d.facts.Merged, Duplicate)
	closing := d.facts.Closing
	switch kind {
	case Assign:
		return earliest(answer(d.anchor(FromAssigned)), closing.cancel(), merged)
	case FirstTouch, SpeedToLead:
		return earliest(answer(d.first(Deed.touches)), closing.untouched(), merged)
	case Disposition:
		return earliest(closing.disposed(), closing.cancel(), merged)
	case DemoBooked:
		return earliest(answer(d.first(Deed.books)), closing.unsold(), merged)
	default:
		return earliest(d.own(rule, start), closing.cancelOwn(rule, start), merged)
	}
}

// acceptEnding is what ends the accept clock of the i-th assignment.
func (d *docket) acceptEnding(i int) ending {
	a, closing := d.facts.Assignments[i], d.facts.Closing
	reply := answer(a.Answered)
	if closing.Assignment == a.Number && (closing.Step == StepRecycle || closing.Step == StepReject) {
		reply = earliest(reply, answer(closing.At))
	}
	return earliest(reply, d.passedOn(i), closing.cancel(), cancel(d.facts.Merged, Duplicate))
}

// cancel is what closing the handoff means to a clock that it does not answer.
func (c Closing) cancel() ending { return cancel(c.At, c.reason()) }

// untouched is what closing means to a clock that waits for a touch: to dispose of a lead that nobody touched is a miss.
func (c Closing) untouched() ending {
	if c.Step == StepDispose {
		return lapse(c.At)
	}
	return c.cancel()
}

// disposed is what closing means to the clock that waits for it.
func (c Closing) disposed() ending {
	if c.Step == StepDispose || c.Step == StepRecycle {
		return answer(c.At)
	}
	return ending{}
}

// unsold is what closing means to the clock that waits for a demo: it outlives a sale that goes on.
func (c Closing) unsold() ending {
	if c.Outcome == OutcomeSQL {
		return ending{}
	}
	return c.cancel()
}

// reason says in which way closing cancels.
func (c Closing) reason() Reason {
	switch {
	case c.Step == StepReject:
		return Rejected
	case c.Step == StepRecycle:
		return Recycled
	case c.Outcome == OutcomeDuplicate:
		return Duplicate
	case c.Outcome == OutcomeDisqualified:
		return Disqualified
	case c.Outcome == OutcomeNurture:
		return Nurture
	default:
		return Closed
	}
}
