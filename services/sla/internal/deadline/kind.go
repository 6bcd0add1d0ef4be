package deadline

// Kind is the sort of a clock. The order is that of reports.
type Kind int

// The kinds.
const (
	Assign Kind = iota + 1
	Accept
	FirstTouch
	SpeedToLead
	Disposition
	DemoBooked
)

var kindNames = [...]string{"", "assign", "accept", "first_touch", "speed_to_lead", "disposition", "demo_booked"}

// Kinds lists all kinds in their order.
func Kinds() []Kind {
	return []Kind{Assign, Accept, FirstTouch, SpeedToLead, Disposition, DemoBooked}
}

// ParseKind reads the name of a kind, such as `first_touch`.
func ParseKind(name string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.String() == name {
			return k, true
		}
	}
	return 0, false
}

// String gives the kind's name in the playbook.
func (k Kind) String() string {
	if k < Assign || k > DemoBooked {
		return "unknown"
	}
	return kindNames[k]
}

// State is where a clock stands.
type State int

// The states.
const (
	Running   State = iota + 1
	Met             // answered in time
	Overdue         // past its deadline, and nobody has acted yet
	Missed          // answered too late, or ended unanswered
	Cancelled       // it no longer matters
)

var stateNames = [...]string{"", "RUNNING", "MET", "OVERDUE", "MISSED", "CANCELLED"}

// String gives the state's name in capitals.
func (s State) String() string {
	if s < Running || s > Cancelled {
		return "UNKNOWN"
	}
	return stateNames[s]
}

// Open says whether the clock has not come to an end.
func (s State) Open() bool { return s == Running || s == Overdue }

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
)
