package statement

import (
	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
)

// State is what became of a meeting. The numbers are those of the API.
type State uint8

// The states; see the picture of the package.
const (
	Pending State = iota + 1
	Accepted
	Rejected
	Disputed
	Recycled
	Duplicate
	Withdrawn
)

// Facts are what is known of a meeting.
type Facts struct {
	Repeated bool             // another meeting was brought with the same handoff before
	Step     verdict.Step     // of the answer of whoever answered last: accept, reject or recycle; 0 if nobody did
	Standing dispute.Standing // of that answer
	Counted  verdict.Reason   // of that answer; 0 if none counts
	Ended    bool             // the handoff is over
	Another  bool             // it ended because the lead was another one
}

// Result is what became of a meeting, and the reason if it was rejected.
type Result struct {
	State  State
	Reason verdict.Reason // 0 without a rejection that stands or is disputed
}

// Result is what became of the meeting.
func (f Facts) Result() Result {
	switch {
	case f.Repeated:
		return Result{State: Duplicate}
	case f.Step == verdict.Accept:
		return Result{State: Accepted}
	case f.Step == verdict.Recycle:
		return Result{State: Recycled}
	case f.Step == verdict.Reject:
		return f.rejection()
	case f.Ended && f.Another:
		return Result{State: Duplicate}
	case f.Ended:
		return Result{State: Withdrawn}
	default:
		return Result{State: Pending}
	}
}

func (f Facts) rejection() Result {
	switch f.Standing {
	case dispute.Overturned:
		return Result{State: Accepted}
	case dispute.Disputed:
		return Result{State: Disputed, Reason: f.Counted}
	case dispute.Stands, dispute.Reclassified:
		return Result{State: Rejected, Reason: f.Counted}
	default:
		return Result{State: Rejected, Reason: f.Counted}
	}
}
