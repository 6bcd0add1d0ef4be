package lifecycle

// Command is a step that somebody wants to take: one of the types of this
// package.
type Command interface {
	apply(Handoff) (Transition, error)
}

// Hold opens a handoff without an assignee, or takes it away from its assignee
// because nobody else can have it yet, or gives another reason for holding it.
type Hold struct{ Seen View }

// Assign gives a new or held handoff to a rep.
type Assign struct{ To string }

// Reassign takes an open assignment from its rep and gives the handoff to
// another. An escalation that must not disturb work names StateAssigned in what
// it saw.
type Reassign struct {
	Seen View
	To   string
}

// Nurture opens a handoff and closes it at once: there is nothing to sell yet.
type Nurture struct{}

// Withdraw ends a handoff because of its lead, not of a rep's verdict: the lead
// was disqualified or turned out to be a duplicate.
type Withdraw struct{ Outcome Outcome }

// Accept takes the lead on.
type Accept struct {
	By         string
	Assignment int
}

// Decline says "not mine". The handoff is held for the next assignment.
type Decline struct {
	By         string
	Assignment int
}

// Reject sends the lead back to marketing. The reason decides the outcome.
type Reject struct {
	By         string
	Assignment int
	Reason     Reason
}

// Recycle ends the handoff, before or after acceptance, so that the lead can come
// again in a new one.
type Recycle struct {
	By          string
	Seen        View
	Destination Destination
}

// Dispose ends an accepted handoff as SQL, nurture or disqualified.
type Dispose struct {
	By         string
	Assignment int
	Outcome    Outcome
}

// Transition is a step taken.
type Transition struct {
	// From is what was to see before, and names the assignment that a verdict or
	// TurnBack is about.
	From View
	// Handoff is the state after the step.
	Handoff Handoff
	// Events are what the step makes known, in order.
	Events []Event
	// TurnBack says that the assignment must not count as a turn of its rep: the
	// lead was taken away before acceptance, or was a duplicate or bad data. A
	// decline is not among these; what it costs is a matter of the pool's policy.
	TurnBack bool
}

// Next takes a step. The handoff given stays as it is. The error is a *Refusal.
func Next(h Handoff, c Command) (Transition, error) {
	if c == nil {
		return Transition{}, refuse(h, ErrCommand, "no command")
	}
	return c.apply(h)
}

// move records a step from h to next. A handoff that was new is opened by it.
func move(h, next Handoff, events ...Event) Transition {
	if h.State == StateNew {
		events = append([]Event{EventOpened}, events...)
	}
	return Transition{From: h.View(), Handoff: next, Events: events}
}
