package lifecycle

import (
	"errors"
	"fmt"
	"slices"
)

// Why a step is refused.
var (
	// ErrCommand: the command itself is not possible, whatever the handoff.
	ErrCommand = errors.New("command is malformed")
	// ErrNotYours: the rep never had the handoff, nor stands in for who has it.
	ErrNotYours = errors.New("handoff is not yours")
	// ErrSuperseded: the rep had the handoff, and no longer has it.
	ErrSuperseded = errors.New("handoff has passed to someone else")
	// ErrAlreadyDecided: the same verdict stands already; nothing is lost.
	ErrAlreadyDecided = errors.New("the same verdict stands already")
	// ErrWrongState: the step does not exist in this state.
	ErrWrongState = errors.New("step is not possible in this state")
	// ErrStale: the handoff has moved on since the caller saw it.
	ErrStale = errors.New("handoff has moved on")
)

// Refusal is a step not taken. It unwraps to one of the reasons above.
type Refusal struct {
	Reason error
	// Now is what there is to see instead. It is zero for ErrNotYours.
	Now View
	// Detail says what exactly was refused; it can be empty.
	Detail string
}

// Error gives the reason and, where there is one, the detail.
func (r *Refusal) Error() string {
	if r.Detail == "" {
		return r.Reason.Error()
	}
	return fmt.Sprintf("%v: %s", r.Reason, r.Detail)
}

// Unwrap gives the reason.
func (r *Refusal) Unwrap() error { return r.Reason }

func refuse(h Handoff, reason error, detail string) error {
	return &Refusal{Reason: reason, Now: h.View(), Detail: detail}
}

// hear decides whether a verdict counts. It asks who speaks before anything that
// would tell a stranger about the handoff, and recognises a repetition before
// calling it late.
func (h Handoff) hear(by string, assignment int, v Verdict, in ...State) error {
	switch {
	case by == "":
		return refuse(h, ErrCommand, "verdict of nobody")
	case h.said(by, assignment, v):
		return refuse(h, ErrAlreadyDecided, "")
	case !h.holds(by) && h.held(by):
		return refuse(h, ErrSuperseded, "")
	case !h.holds(by):
		return refuse(Handoff{}, ErrNotYours, "")
	case assignment != len(h.Assignments):
		return refuse(h, ErrStale, fmt.Sprintf("verdict on assignment %d, now %d", assignment, len(h.Assignments)))
	}
	return h.allow(v.Step.String(), in...)
}

// allow refuses a step outside of its states.
func (h Handoff) allow(step string, in ...State) error {
	if slices.Contains(in, h.State) {
		return nil
	}
	return refuse(h, ErrWrongState, step+" when "+h.State.String())
}

// unmoved refuses a step when the handoff is not as its caller saw it.
func (h Handoff) unmoved(seen View) error {
	if seen == h.View() {
		return nil
	}
	return refuse(h, ErrStale, fmt.Sprintf("seen %v with assignment %d", seen.State, seen.Assignment))
}
