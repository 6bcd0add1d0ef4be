package routing

import (
	"context"
	"errors"
	"strconv"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
)

// answer is what a rep says of an assignment. Steps, reasons and outcomes are numbered as in the API.
type answer struct {
	name, handoff string
	assignment    int
	step          lifecycle.Step
	reason        lifecycle.Reason
	outcome       lifecycle.Outcome
}

// readAnswer reads a request, and refuses one whose parts do not belong together.
func readAnswer(req *routingv1.AdvanceHandoffRequest) (answer, error) {
	a := answer{name: req.GetName(), handoff: ident.ID(req.GetName(), "handoffs"), assignment: int(req.GetAssignment()),
		step: lifecycle.Step(req.GetStep()), reason: lifecycle.Reason(req.GetReason()), outcome: lifecycle.Outcome(req.GetOutcome())}
	var wrong []fault.Violation
	if (a.reason != 0) != (a.step == lifecycle.StepReject) {
		wrong = append(wrong, fault.Violation{Field: "reason", Message: "belongs to a rejection, which needs one"})
	}
	switch a.outcome {
	case lifecycle.OutcomeSQL, lifecycle.OutcomeNurture, lifecycle.OutcomeDisqualified:
		if a.step != lifecycle.StepDispose {
			wrong = append(wrong, fault.Violation{Field: "outcome", Message: "belongs to a disposition"})
		}
	default:
		if a.step == lifecycle.StepDispose || a.outcome != 0 {
			wrong = append(wrong, fault.Violation{Field: "outcome", Message: "of a disposition is SQL, NURTURE or DISQUALIFIED"})
		}
	}
	if len(wrong) > 0 {
		return answer{}, fault.Fields(wrong...)
	}
	return a, nil
}

// command is the answer as a step of the handoff as it stands. Where a recycled lead goes is Feedback's business.
func (a answer) command(by string, h lifecycle.Handoff) lifecycle.Command {
	switch a.step {
	case lifecycle.StepAccept:
		return lifecycle.Accept{By: by, Assignment: a.assignment}
	case lifecycle.StepDecline:
		return lifecycle.Decline{By: by, Assignment: a.assignment}
	case lifecycle.StepReject:
		return lifecycle.Reject{By: by, Assignment: a.assignment, Reason: a.reason}
	case lifecycle.StepRecycle:
		seen := lifecycle.View{State: lifecycle.StateAccepted, Assignment: a.assignment}
		if h.State == lifecycle.StateAssigned {
			seen.State = h.State
		}
		return lifecycle.Recycle{By: by, Seen: seen, Destination: lifecycle.ToNurture}
	default:
		return lifecycle.Dispose{By: by, Assignment: a.assignment, Outcome: a.outcome}
	}
}

// refuse says why an answer does not count. One that was given before counts already: it gets the handoff as it stands.
func (s *Service) refuse(ctx context.Context, q sqldb.Querier, p *passage, a answer, err error) (*routingv1.Handoff, error) {
	state := p.life.State.String()
	switch {
	case errors.Is(err, lifecycle.ErrAlreadyDecided):
		return s.show(ctx, q, p.row)
	case errors.Is(err, lifecycle.ErrNotYours):
		return nil, fault.Missing(a.name)
	case errors.Is(err, lifecycle.ErrSuperseded), errors.Is(err, lifecycle.ErrStale):
		return nil, superseded(p, a.name)
	case errors.Is(err, lifecycle.ErrWrongState) && a.late(p.life):
		return nil, fault.New(fault.Conflict, errorsv1.ErrorReason_ERROR_REASON_VERDICT_EXISTS,
			"another verdict on assignment %d of %s came first", a.assignment, a.name).With("resource", a.name).With("state", state)
	case errors.Is(err, lifecycle.ErrWrongState):
		return nil, fault.Refused(a.name, state, "%s is %s: %v", a.name, state, err)
	case errors.Is(err, lifecycle.ErrCommand):
		return nil, fault.Field("step", "%v", err)
	}
	return nil, err
}

// superseded says that a handoff has had another assignment since the caller saw it.
func superseded(p *passage, name string) error {
	return fault.New(fault.Aborted, errorsv1.ErrorReason_ERROR_REASON_ASSIGNMENT_SUPERSEDED, "%s has been reassigned since", name).
		With("resource", name).With("assignment", strconv.Itoa(len(p.assignments)))
}

// late says whether another verdict has taken the place of this one: an assignment gets one answer, and after an accept
// one more that ends it.
func (a answer) late(h lifecycle.Handoff) bool {
	given := h.Assignments[a.assignment-1]
	ends := a.step == lifecycle.StepDispose || a.step == lifecycle.StepRecycle
	if given.Answer.Step == 0 || ends && given.Answer.Step == lifecycle.StepAccept {
		return given.Disposition.Step != 0
	}
	return true
}
