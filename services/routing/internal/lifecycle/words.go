package lifecycle

import "fmt"

// State is where a handoff is in its life.
type State uint8

const (
	// StateNew is a handoff that is not open yet.
	StateNew State = iota
	// StateHeld is open with nobody to work on it.
	StateHeld
	// StateAssigned waits for the assignee's answer.
	StateAssigned
	// StateAccepted is being worked on.
	StateAccepted
	// StateClosed is over, with an outcome.
	StateClosed
)

var stateNames = [...]string{"NEW", "HELD", "ASSIGNED", "ACCEPTED", "CLOSED"}

// String gives the state's name in capitals.
func (s State) String() string { return nameOf(stateNames[:], int(s)) }

// Outcome is how a handoff ended. The zero value is none.
type Outcome uint8

const (
	_ Outcome = iota
	// OutcomeSQL means that sales has qualified the lead.
	OutcomeSQL
	// OutcomeNurture means that the lead goes back to be nurtured.
	OutcomeNurture
	// OutcomeDisqualified means that the lead will not buy from us.
	OutcomeDisqualified
	// OutcomeRecycled means that the lead may come again, in a new handoff.
	OutcomeRecycled
	// OutcomeBadData means that the lead could not be reached as recorded.
	OutcomeBadData
	// OutcomeDuplicate means that another lead stands for this one.
	OutcomeDuplicate
)

var outcomeNames = [...]string{"NONE", "SQL", "NURTURE", "DISQUALIFIED", "RECYCLED", "BAD_DATA", "DUPLICATE"}

// String gives the outcome's name in capitals.
func (o Outcome) String() string { return nameOf(outcomeNames[:], int(o)) }

// Reason is why a rep rejects a lead.
type Reason uint8

const (
	_ Reason = iota
	// ReasonBadFitFirmographic: the company is outside the ideal customer profile.
	ReasonBadFitFirmographic
	// ReasonBadFitBudget: no budget, or below the deal size.
	ReasonBadFitBudget
	// ReasonNotReady: too early, needs nurture.
	ReasonNotReady
	// ReasonBadData: wrong contact, disconnected, bounced.
	ReasonBadData
	// ReasonCompetitor: under contract with a competitor.
	ReasonCompetitor
	// ReasonDuplicate: already in the system.
	ReasonDuplicate
)

var reasonNames = [...]string{
	"NONE", "BAD_FIT_FIRMOGRAPHIC", "BAD_FIT_BUDGET", "NOT_READY", "BAD_DATA", "COMPETITOR", "DUPLICATE",
}

// String gives the reason's name in capitals.
func (r Reason) String() string { return nameOf(reasonNames[:], int(r)) }

// Outcome is how a handoff ends that is rejected for this reason. It is none for
// a reason that does not exist.
func (r Reason) Outcome() Outcome {
	switch r {
	case ReasonBadFitFirmographic, ReasonBadFitBudget, ReasonCompetitor:
		return OutcomeDisqualified
	case ReasonNotReady:
		return OutcomeRecycled
	case ReasonBadData:
		return OutcomeBadData
	case ReasonDuplicate:
		return OutcomeDuplicate
	default:
		return 0
	}
}

// Destination is where a recycled lead goes.
type Destination uint8

const (
	_ Destination = iota
	// ToNurture sends it to a nurture programme.
	ToNurture
	// ToOutboundRework sends it back to outbound, to be approached anew.
	ToOutboundRework
	// ToNoContact rests it, as nobody could be reached.
	ToNoContact
)

var destinationNames = [...]string{"NONE", "NURTURE", "OUTBOUND_REWORK", "NO_CONTACT"}

// String gives the destination's name in capitals.
func (d Destination) String() string { return nameOf(destinationNames[:], int(d)) }

func (d Destination) known() bool { return d > 0 && int(d) < len(destinationNames) }

// Event is something that a step makes known.
type Event uint8

const (
	_ Event = iota
	// EventOpened: the handoff is open.
	EventOpened
	// EventHeld: nobody works on it, or another reason now says why not.
	EventHeld
	// EventAssigned: a new assignment began.
	EventAssigned
	// EventAccepted: the assignee took it on.
	EventAccepted
	// EventDeclined: the assignee gave it away.
	EventDeclined
	// EventRejected: the assignee sent it back to marketing.
	EventRejected
	// EventClosed: the handoff is over.
	EventClosed
)

var eventNames = [...]string{"NONE", "OPENED", "HELD", "ASSIGNED", "ACCEPTED", "DECLINED", "REJECTED", "CLOSED"}

// String gives the event's name in capitals.
func (e Event) String() string { return nameOf(eventNames[:], int(e)) }

func nameOf(names []string, i int) string {
	if i >= len(names) {
		return fmt.Sprintf("UNKNOWN(%d)", i)
	}
	return names[i]
}
