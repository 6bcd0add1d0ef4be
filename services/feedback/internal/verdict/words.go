package verdict

// Step is what sales does with an assignment. The numbers are those of the API, here and in the types below.
type Step uint8

// The steps.
const (
	Accept Step = iota + 1
	Decline
	Reject
	Recycle
	Dispose
)

var steps = [...]string{"", "accept", "decline", "reject", "recycle", "dispose"}

// String is the step's word; empty for none.
func (s Step) String() string { return word(steps[:], int(s)) }

// ParseStep reads a step's word; 0 for what is none.
func ParseStep(text string) Step {
	for i, w := range steps {
		if w == text {
			return Step(i)
		}
	}
	return 0
}

// Reason is why a lead is rejected. The zero value is none.
type Reason uint8

// The six reasons.
const (
	BadFitFirmographic Reason = iota + 1
	BadFitBudget
	NotReady
	BadData
	Competitor
	Duplicate
)

var reasons = [...]string{"", "bad_fit_firmographic", "bad_fit_budget", "not_ready", "bad_data", "competitor", "duplicate"}

// String is the reason as a playbook spells it; empty for none.
func (r Reason) String() string { return word(reasons[:], int(r)) }

// Outcome is how a disposition ends the handoff. The zero value is none.
type Outcome uint8

// The outcomes of a disposition.
const (
	SQL Outcome = iota + 1
	Nurture
	Disqualified
)

// Target is where a recycled lead goes. The zero value is not said.
type Target uint8

// The targets.
const (
	ToNurture Target = iota + 1
	ToOutboundRework
	ToNoContact
)

// Quality is how good a lead was, in a word. The zero value is not said.
type Quality uint8

// The qualities.
const (
	Strong Quality = iota + 1
	Partial
	Low
)

var qualities = [...]string{"", "strong", "partial", "low"}

// String is the quality's word; empty for none.
func (q Quality) String() string { return word(qualities[:], int(q)) }

// QualityOf is what a rating says: 5 and 4 are strong, 3 is partial, 2 and 1 are low.
func QualityOf(rating int) Quality {
	switch {
	case rating >= 4:
		return Strong
	case rating == 3:
		return Partial
	case rating >= 1:
		return Low
	default:
		return 0
	}
}

// rating is the rating of a lead of which only the quality is said: the end of the scale, or its middle.
func (q Quality) rating() int {
	switch q {
	case Strong:
		return 5
	case Partial:
		return 3
	case Low:
		return 1
	default:
		return 0
	}
}

// Action is what sales thinks should be done next. The zero value is not said.
type Action uint8

// Match is what sales says of the campaign's message. The zero value is not said.
type Match uint8

// Accurate says that the message was right; every other word says that it was not.
const Accurate Match = 1

func word(words []string, i int) string {
	if i >= len(words) {
		return ""
	}
	return words[i]
}
