package recalibrate

import (
	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
)

// Answer is the last answer to a handoff, as far as it says how good the lead was.
type Answer struct {
	Step     verdict.Step
	Standing dispute.Standing
	Reason   verdict.Reason // that counts
	Outcome  verdict.Outcome
	Rating   int // 0 for none
}

// Label is what an answer says of a lead.
type Label struct {
	Counts bool // false where it says nothing: it may still come, or the lead is not what the answer is about
	Good   bool
	Word   string // what sales said
}

// goodRating is the rating from which a lead that was accepted is good.
const goodRating = 4

// Label reads an answer. Good is an SQL, or what was accepted and rated 4 or 5; bad is what was rejected for what the lead is,
// or disqualified. What was good but not now counts as bad only if that is asked for. A duplicate, and what the teams do not
// agree on, says nothing.
func (a Answer) Label(countNotReady bool) Label {
	if a.Standing == dispute.Disputed || a.Standing == dispute.Overturned {
		return Label{}
	}
	switch a.Step {
	case verdict.Accept:
		return Label{Counts: a.Rating >= goodRating, Good: true, Word: "accepted"}
	case verdict.Reject:
		if a.Reason == verdict.Duplicate || a.Reason == 0 {
			return Label{}
		}
		return Label{Counts: a.Reason != verdict.NotReady || countNotReady, Word: a.Reason.String()}
	case verdict.Recycle:
		return Label{Counts: countNotReady, Word: "recycled"}
	case verdict.Dispose:
		return a.disposed(countNotReady)
	default:
		return Label{}
	}
}

// disposed reads a disposition.
func (a Answer) disposed(countNotReady bool) Label {
	switch {
	case a.Outcome == verdict.SQL:
		return Label{Counts: true, Good: true, Word: "sql"}
	case a.Outcome == verdict.Disqualified:
		return Label{Counts: true, Word: "disqualified"}
	case a.Rating >= goodRating:
		return Label{Counts: true, Good: true, Word: "nurture"}
	default:
		return Label{Counts: countNotReady, Word: "nurture"}
	}
}
