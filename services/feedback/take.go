package feedback

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// answer takes an answer all the way: it is stored, Routing decides, and it becomes a verdict.
func (s *Service) answer(ctx context.Context, req answerRequest, given verdict.Answer) (*feedbackv1.Verdict, error) {
	a, err := s.stored(ctx, req, given)
	if err != nil {
		return nil, err
	}
	var v *store.Verdict
	if !a.Taken {
		h, err := s.advance(ctx, a)
		if err != nil {
			return nil, err
		}
		v = verdictOf(a, h)
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*feedbackv1.Verdict, error) {
		if v == nil { // the event was faster, in an earlier try
			return s.recall(ctx, tx, a)
		}
		return s.settle(ctx, tx, *v, cause{principal: a.Principal, kind: auth.ActorFrom(ctx).GetKind(), requestID: a.RequestID})
	})
}

// stored gives an answer as it is stored: by an earlier try of the same request, or now that it is checked.
func (s *Service) stored(ctx context.Context, req answerRequest, given verdict.Answer) (*store.Answer, error) {
	a := &store.Answer{Principal: auth.Principal(auth.ActorFrom(ctx)), RequestID: req.GetRequestId(),
		Handoff: ident.ID(req.GetName(), "handoffs"), Assignment: int64(req.GetAssignment()), Answer: given}
	if a.RequestID != "" {
		known, err := store.GetAnswer(ctx, s.cfg.DB, a.Principal, a.RequestID)
		if err == nil {
			return known, repeated(a, known)
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	now := s.cfg.Now()
	h, err := s.cfg.Routing.GetHandoff(ctx, &routingv1.GetHandoffRequest{Name: req.GetName()})
	if err != nil {
		return nil, err
	}
	if err := s.check(ctx, a, h); err != nil {
		return nil, err
	}
	return s.put(ctx, a, h, now)
}

// check makes sure that the answer is to the present assignment and holds what the handoff's playbook asks for.
func (s *Service) check(ctx context.Context, a *store.Answer, h *routingv1.Handoff) error {
	if int64(h.GetAssignment()) != a.Assignment {
		return superseded(h)
	}
	// The playbook is read for the suite's own sake, not for the caller's.
	asItself := auth.WithActor(ctx, auth.Service(eventlog.Feedback))
	policy, err := s.policies.Get(asItself, s.cfg.DB, shelf.Number(h.GetPlaybook()))
	if err != nil {
		return unreadable(h.GetPlaybook(), err)
	}
	a.Rep = ident.ID(h.GetRep(), "reps")
	a.Answer, err = policy.Policy.Check(a.Answer)
	return refused(err)
}

// put stores a checked answer. An answer without a request id gets one, for Routing and its events. If a twin of the
// request was faster, its answer stands.
func (s *Service) put(ctx context.Context, a *store.Answer, h *routingv1.Handoff, now time.Time) (*store.Answer, error) {
	var known *store.Answer
	err := s.cfg.DB.Group(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		row := *a
		store.Know(tx, fromHandoff(h))
		if row.RequestID == "" {
			n, err := store.NextAnswer(ctx, tx, a.Handoff)
			if err != nil {
				return err
			}
			row.RequestID = uuid(s.cfg.IDs.New(now, "answer", a.Handoff+"|"+strconv.FormatInt(n, 10)))
		}
		if err := store.PutAnswer(ctx, tx, &row, realTime()); err != nil {
			return err
		}
		var err error
		known, err = store.GetAnswer(ctx, tx, row.Principal, row.RequestID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return known, repeated(a, known)
}

// advance asks Routing to take the step. What Routing refuses has changed nothing, and the answer is dropped: another may
// be given under the same request id. After any other error it may have happened, and the answer stays.
func (s *Service) advance(ctx context.Context, a *store.Answer) (*routingv1.Handoff, error) {
	h, err := s.cfg.Routing.AdvanceHandoff(ctx, &routingv1.AdvanceHandoffRequest{
		Name:       ident.Name("handoffs", a.Handoff),
		Assignment: int32(a.Assignment),
		Step:       routingv1.Step(a.Step),
		Reason:     playbookv1.RejectionReason(a.Reason),
		Outcome:    routingv1.Handoff_Outcome(a.Outcome),
		RequestId:  a.RequestID,
	})
	if err == nil || !changedNothing(err) {
		return h, err
	}
	dropped := s.cfg.DB.Group(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return store.DropAnswer(ctx, tx, a.Principal, a.RequestID)
	})
	if dropped != nil { // it is forgotten later; until then the request id stands for it
		s.cfg.Logger.WarnContext(ctx, "refused answer is not dropped", slog.String("cause", dropped.Error()))
	}
	return nil, err
}

// verdictOf is the verdict that an answer becomes when Routing answers the call.
func verdictOf(a *store.Answer, h *routingv1.Handoff) *store.Verdict {
	at := h.GetUpdateTime()
	switch {
	case a.Step == verdict.Accept && h.GetAcceptTime() != nil:
		at = h.GetAcceptTime()
	case h.GetCloseTime() != nil:
		at = h.GetCloseTime()
	}
	return &store.Verdict{Handoff: a.Handoff, Assignment: a.Assignment, Rep: a.Rep, State: int32(h.GetState()),
		AnsweredAt: at.AsTime().UnixMicro(), Answer: a.Answer}
}

// uuid spells an id as request ids are spelt.
func uuid(id string) string {
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
}
