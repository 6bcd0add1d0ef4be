package feedback

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
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

// answer takes an answer all the way: it is stored, Routing decides, and it becomes a verdict. A refusal promises that
// nothing was changed; then the answer is dropped, and another may be given under the same request id. After any other
// error it may have happened, and the answer stays.
func (s *Service) answer(ctx context.Context, req answerRequest, given verdict.Answer) (*feedbackv1.Verdict, error) {
	a, err := s.stored(ctx, req, given)
	if err != nil {
		return nil, err
	}
	v, err := s.take(ctx, req, a)
	if changedNothing(err) {
		s.drop(ctx, a)
	}
	return v, err
}

// take asks Routing to take the step, unless its event has told already that it has, and records the verdict.
func (s *Service) take(ctx context.Context, req answerRequest, a *store.Answer) (*feedbackv1.Verdict, error) {
	v := store.Verdict{Handoff: a.Handoff, Assignment: a.Assignment, Cause: a.Cause, Answer: a.Answer}
	if !a.Taken {
		h, err := s.advance(ctx, a)
		if err != nil {
			return nil, err
		}
		v = verdictOf(a, h)
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*feedbackv1.Verdict, error) {
		stands, h, err := s.settle(ctx, tx, v)
		if err != nil {
			return nil, err
		}
		return shown(a, stands, h)
	})
}

// stored gives an answer as it is stored: by an earlier try of the same request, or now that it is checked.
func (s *Service) stored(ctx context.Context, req answerRequest, given verdict.Answer) (*store.Answer, error) {
	actor := auth.ActorFrom(ctx)
	a := &store.Answer{Cause: store.Cause{Principal: auth.Principal(actor), RequestID: req.GetRequestId(), Kind: int32(actor.GetKind())},
		Asked: asked(req.GetRequestId(), given.Step), Handoff: ident.ID(req.GetName(), "handoffs"), Assignment: int64(req.GetAssignment()), Answer: given}
	if known, err := s.twin(ctx, a); known != nil || err != nil {
		return known, err
	}
	now := s.cfg.Now()
	h, err := s.read(ctx, req.GetName())
	if err == nil {
		err = s.check(ctx, a, h, now)
	}
	if err != nil { // a twin whose step Routing took meanwhile had its answer stored before
		a.Answer = given
		if known, again := s.twin(ctx, a); known != nil || again != nil {
			return known, again
		}
		return nil, err
	}
	return s.put(ctx, a, h, now)
}

// twin is the answer that another try of the same request stored; nil if there is none.
func (s *Service) twin(ctx context.Context, a *store.Answer) (*store.Answer, error) {
	if a.RequestID == "" {
		return nil, nil
	}
	known, err := store.GetAnswer(ctx, s.cfg.DB, a.Principal, a.Asked)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return known, repeated(a, known)
}

// check makes sure that the answer is to the present assignment and holds what the handoff's playbook asks for, and finds what its
// evidence is worth.
func (s *Service) check(ctx context.Context, a *store.Answer, h *routingv1.Handoff, now time.Time) error {
	if int64(h.GetAssignment()) != a.Assignment {
		return superseded(h)
	}
	// The playbook and the record are read for the suite's own sake, not for the caller's.
	asItself := auth.WithActor(ctx, auth.Service(eventlog.Feedback))
	policy, err := s.policies.Get(asItself, s.cfg.DB, shelf.Number(h.GetPlaybook()))
	if err != nil {
		return unreadable(h.GetPlaybook(), err)
	}
	a.Rep = ident.ID(h.GetRep(), "reps")
	if a.Answer, err = policy.Policy.Check(a.Answer); err != nil {
		return refused(err)
	}
	if err = s.prove(asItself, a, h, now); err != nil {
		return err
	}
	if e := policy.Policy.Contradiction(a.Answer); e != nil {
		return contradicted(h, e)
	}
	a.AnsweredBy, err = s.cover(ctx, h)
	return err
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
			row.Asked = asked(row.RequestID, a.Step)
		}
		if err := store.PutAnswer(ctx, tx, &row, realTime()); err != nil {
			return err
		}
		var err error
		known, err = store.GetAnswer(ctx, tx, row.Principal, row.Asked)
		return err
	})
	if err != nil {
		return nil, err
	}
	return known, repeated(a, known)
}

// drop drops an answer that does not count.
func (s *Service) drop(ctx context.Context, a *store.Answer) {
	err := s.cfg.DB.Group(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return store.DropAnswer(ctx, tx, a.Principal, a.Asked) })
	if err != nil { // it is forgotten later; until then the request id stands for it
		s.cfg.Logger.WarnContext(ctx, "refused answer is not dropped", slog.String("cause", err.Error()))
	}
}

// uuid spells an id as request ids are spelt.
func uuid(id string) string {
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
}
