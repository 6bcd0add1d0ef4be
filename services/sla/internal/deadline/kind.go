package deadline

import (
	"cmp"
	"maps"
	"slices"
)

// Kind is the sort of a clock, by its name in the playbook: one of those below, or one that the playbook made up.
type Kind string

// The kinds that every playbook knows.
const (
	Assign      Kind = "assign"
	Accept      Kind = "accept"
	FirstTouch  Kind = "first_touch"
	SpeedToLead Kind = "speed_to_lead"
	Disposition Kind = "disposition"
	DemoBooked  Kind = "demo_booked"
)

// Attempted is the kind of the clocks of a plan of attempts, one for each step.
const Attempted Kind = "attempts"

// Kinds lists the kinds that every playbook knows, in the order of reports.
func Kinds() []Kind {
	return []Kind{Assign, Accept, FirstTouch, SpeedToLead, Disposition, DemoBooked}
}

// Own says whether the playbook made the kind up.
func (k Kind) Own() bool { return k.rank() == own }

// String gives the kind's name in the playbook.
func (k Kind) String() string { return string(k) }

// Compare orders kinds as reports do: those that every playbook knows, attempts, then the playbook's own by name.
func (k Kind) Compare(other Kind) int {
	return cmp.Or(cmp.Compare(k.rank(), other.rank()), cmp.Compare(k, other))
}

func (k Kind) rank() int {
	switch k {
	case Assign:
		return 0
	case Accept:
		return 1
	case FirstTouch:
		return 2
	case SpeedToLead:
		return 3
	case Disposition:
		return 4
	case DemoBooked:
		return 5
	case Attempted:
		return 6
	default:
		return own
	}
}

// own is the rank of kinds that a playbook made up.
const own = 7

// Kinds are the kinds that have a clock, in their order.
func (p Policy) Kinds() []Kind { return slices.SortedFunc(maps.Keys(p.Rules), Kind.Compare) }

// State is where a clock stands.
type State int

// The states.
const (
	Running   State = iota + 1
	Met             // answered in time
	Overdue         // past its deadline, and nobody has acted yet
	Missed          // answered too late, or ended unanswered
	Cancelled       // it no longer matters
	Paused          // it stands still
)

var stateNames = [...]string{"", "RUNNING", "MET", "OVERDUE", "MISSED", "CANCELLED", "PAUSED"}

// String gives the state's name in capitals.
func (s State) String() string {
	if s < Running || s > Paused {
		return "UNKNOWN"
	}
	return stateNames[s]
}

// Open says whether the clock has not come to an end.
func (s State) Open() bool { return s == Running || s == Overdue || s == Paused }

// Reason says why a clock was cancelled.
type Reason string

// The reasons.
const (
	Reassigned   Reason = "REASSIGNED"   // another rep got the handoff
	Held         Reason = "HELD"         // it was taken away, and nobody has it
	Rejected     Reason = "REJECTED"     // sales sent the lead back with a reason
	Recycled     Reason = "RECYCLED"     // it closed, to come again
	Duplicate    Reason = "DUPLICATE"    // the lead is another one
	Disqualified Reason = "DISQUALIFIED" // the lead is not a customer for us
	Nurture      Reason = "NURTURE"      // it went back to marketing's nurture
	TierChanged  Reason = "TIER_CHANGED" // its new tier does not have the clock
	Closed       Reason = "CLOSED"       // it closed in another way
	Reached      Reason = "REACHED"      // the lead was reached, and no further attempt is needed
)
