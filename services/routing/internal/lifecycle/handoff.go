package lifecycle

import "slices"

// Handoff is what the machine must know of one. The zero value is a handoff that
// is not open yet.
type Handoff struct {
	State State
	// Assignments are all there were, assignment 1 first.
	Assignments []Assignment
	// Cover is the rep who stands in for the assignee at the moment; empty for
	// none.
	Cover string
	// Outcome is set when the state is StateClosed.
	Outcome Outcome
}

// Assignment is one rep's turn at a handoff.
type Assignment struct {
	Rep string
	// Answer is the first verdict: accept, decline, reject or recycle.
	Answer Verdict
	// Disposition is the second one, after an acceptance: dispose or recycle.
	Disposition Verdict
	// Over says that the rep no longer has the handoff: it was declined, held or
	// given to someone else. It stays false when the handoff closes.
	Over bool
}

// Verdict is what a rep said of an assignment, whoever of assignee and cover it
// was. The zero value is none.
type Verdict struct {
	Step Step
	// Reason belongs to a rejection, Outcome to a disposition and Destination to
	// a recycle.
	Reason      Reason
	Outcome     Outcome
	Destination Destination
}

// Step is the kind of a verdict.
type Step uint8

const (
	_ Step = iota
	// StepAccept takes the lead on.
	StepAccept
	// StepDecline gives it to someone else.
	StepDecline
	// StepReject sends it back to marketing.
	StepReject
	// StepRecycle lets it rest, to come again.
	StepRecycle
	// StepDispose closes it after work.
	StepDispose
)

var stepNames = [...]string{"NONE", "ACCEPT", "DECLINE", "REJECT", "RECYCLE", "DISPOSE"}

// String gives the step's name in capitals.
func (s Step) String() string { return nameOf(stepNames[:], int(s)) }

// View is what a caller saw of a handoff. A step that names one is refused once
// the handoff has moved on.
type View struct {
	State      State
	Assignment int
}

// View gives what there is to see now. Assignment 0 means that there was none.
func (h Handoff) View() View { return View{State: h.State, Assignment: len(h.Assignments)} }

// current is the assignment whose rep has, or had at the close, the handoff.
func (h Handoff) current() (Assignment, bool) {
	if len(h.Assignments) == 0 {
		return Assignment{}, false
	}
	last := h.Assignments[len(h.Assignments)-1]
	return last, !last.Over
}

// holds says whether a rep is the assignee or the assignee's cover.
func (h Handoff) holds(rep string) bool {
	current, ok := h.current()
	return ok && (rep == current.Rep || rep == h.Cover)
}

// held says whether a rep is or ever was the assignee.
func (h Handoff) held(rep string) bool {
	return slices.ContainsFunc(h.Assignments, func(a Assignment) bool { return a.Rep == rep })
}

// said finds out whether this verdict has been given on the assignment already,
// by the rep themselves or by someone who may speak for them.
func (h Handoff) said(rep string, assignment int, v Verdict) bool {
	if assignment < 1 || assignment > len(h.Assignments) {
		return false
	}
	a := h.Assignments[assignment-1]
	may := rep == a.Rep || assignment == len(h.Assignments) && h.holds(rep)
	return may && (v == a.Answer || v == a.Disposition)
}

// revise gives a copy whose last assignment is changed.
func (h Handoff) revise(change func(*Assignment)) Handoff {
	h.Assignments = slices.Clone(h.Assignments)
	if last := len(h.Assignments) - 1; last >= 0 {
		change(&h.Assignments[last])
	}
	return h
}

// assign gives a copy with the next assignment.
func (h Handoff) assign(rep string) Handoff {
	h = h.takeAway()
	h.State = StateAssigned
	h.Assignments = append(h.Assignments, Assignment{Rep: rep})
	return h
}

// takeAway gives a copy in which nobody has the handoff.
func (h Handoff) takeAway() Handoff {
	h = h.revise(func(a *Assignment) { a.Over = true })
	h.State = StateHeld
	h.Cover = ""
	return h
}

// close gives a copy that is over.
func (h Handoff) close(outcome Outcome) Handoff {
	h.State = StateClosed
	h.Outcome = outcome
	return h
}
