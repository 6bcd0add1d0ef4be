package scoring

import (
	"context"
	"time"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// ruled notes how the teams decided what they make of the end of a handoff. What is upheld changes nothing.
func (s *Service) ruled(ctx context.Context, tx *sqldb.Tx, e *eventv1.DisputeResolved, now time.Time) error {
	if e.GetRuling() == feedbackv1.Dispute_RULING_UPHELD {
		return nil
	}
	return s.restate(ctx, tx, e.GetLead(), now, func(p *dossier.Dossier, edges []*record.Edge) {
		p.Rule(handoffID(e.GetHandoff()), endedFor(e.GetReasonAfter()), now, edges)
	})
}

// endedFor is how a handoff ends that is rejected for a reason; it does not end for none.
func endedFor(reason playbookv1.RejectionReason) standing.Outcome {
	switch reason {
	case playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC, playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_BUDGET,
		playbookv1.RejectionReason_REJECTION_REASON_COMPETITOR:
		return standing.EndedDisqualified
	case playbookv1.RejectionReason_REJECTION_REASON_NOT_READY:
		return standing.EndedRecycled
	case playbookv1.RejectionReason_REJECTION_REASON_BAD_DATA:
		return standing.EndedBadData
	case playbookv1.RejectionReason_REJECTION_REASON_DUPLICATE:
		return standing.EndedDuplicate
	default:
		return standing.NotEnded
	}
}
