package feedback

import (
	"context"
	"math"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/scope"
)

// read reads a handoff in the caller's name. To a rep who no longer has it, it is hidden like one that is not there; but
// when Routing refuses an answer, it tells the two apart. It surely refuses one to an assignment that there never is.
func (s *Service) read(ctx context.Context, name string) (*routingv1.Handoff, error) {
	h, err := s.cfg.Routing.GetHandoff(ctx, &routingv1.GetHandoffRequest{Name: name})
	if e := fault.As(err); e == nil || e.Kind != fault.NotFound {
		return h, err
	}
	_, refusal := s.cfg.Routing.AdvanceHandoff(ctx, &routingv1.AdvanceHandoffRequest{Name: name, Assignment: math.MaxInt32,
		Step: routingv1.Step_STEP_ACCEPT})
	if refusal == nil {
		return nil, err
	}
	return nil, refusal
}

// asked is the id of the request to Routing that a request here makes. Routing takes all steps by one method, and here each has
// its own: the same id serves each of them once.
func asked(requestID string, step verdict.Step) string {
	return idempotency.Derived(requestID, step.String())
}

// advance asks Routing to take the step of an answer. Only of a rejection it wants the reason.
func (s *Service) advance(ctx context.Context, a *store.Answer) (*routingv1.Handoff, error) {
	req := &routingv1.AdvanceHandoffRequest{
		Name:       ident.Name("handoffs", a.Handoff),
		Assignment: int32(a.Assignment),
		Step:       routingv1.Step(a.Step),
		Outcome:    routingv1.Handoff_Outcome(a.Outcome),
		RequestId:  a.Asked,
	}
	if a.Step == verdict.Reject {
		req.Reason = playbookv1.RejectionReason(a.Reason)
	}
	return s.cfg.Routing.AdvanceHandoff(ctx, req)
}

// verdictOf is the verdict that an answer becomes when Routing has taken it. The handoff may have gone further since: only
// of a decline it alone says where the step led.
func verdictOf(a *store.Answer, h *routingv1.Handoff) store.Verdict {
	state, at := routingv1.Handoff_STATE_CLOSED, h.GetCloseTime()
	switch a.Step {
	case verdict.Accept:
		state, at = routingv1.Handoff_STATE_ACCEPTED, h.GetAcceptTime()
	case verdict.Decline:
		state, at = h.GetState(), h.GetUpdateTime()
	}
	return store.Verdict{Handoff: a.Handoff, Assignment: a.Assignment, Rep: a.Rep, AnsweredBy: a.AnsweredBy, State: int32(state),
		AnsweredAt: at.AsTime().UnixMicro(), Cause: a.Cause, Answer: a.Answer}
}

// cover is the rep who answers in the assignee's stead, by id; empty where nobody stands in, or somebody who leads answers.
func (s *Service) cover(ctx context.Context, h *routingv1.Handoff) (string, error) {
	if h.GetCover() == "" || auth.Has(auth.ActorFrom(ctx), accessv1.Role_ROLE_SALES_MANAGER, accessv1.Role_ROLE_REVOPS) {
		return "", nil
	}
	rep, _, err := scope.Rep(ctx, s.cfg.Routing)
	if err != nil || rep != h.GetCover() {
		return "", err
	}
	return ident.ID(rep, "reps"), nil
}
