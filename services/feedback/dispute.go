package feedback

import (
	"context"
	"slices"
	"time"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/scope"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// OpenDispute implements FeedbackService.
func (s *Service) OpenDispute(ctx context.Context, req *feedbackv1.OpenDisputeRequest) (*feedbackv1.Dispute, error) {
	now, at, by := s.cfg.Now(), spotOf(req.GetName()), person(ctx)
	if !by.Human {
		return nil, unheard(dispute.ErrNotHuman, req.GetName(), "")
	}
	if err := scope.Handoff(ctx, s.cfg.Routing, ident.Name("handoffs", at.handoff)); err != nil {
		return nil, missingAs(err, req.GetName())
	}
	opener := dispute.ByMarketing
	if scope.Partner(auth.ActorFrom(ctx)) != "" {
		opener = dispute.ByPartner
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*feedbackv1.Dispute, error) {
		h, v, err := s.judged(ctx, tx, at)
		if err != nil {
			return nil, missing(err, req.GetName())
		}
		if v.Disputed {
			return nil, fault.Taken(disputeName(v.Handoff, v.Assignment, v.Step))
		}
		policy, err := s.disputing(ctx, tx, h)
		if err != nil {
			return nil, err
		}
		opened, err := dispute.Open(v.Answer, time.UnixMicro(v.AnsweredAt), opener, now, policy)
		if err != nil {
			return nil, unheard(err, req.GetName(), "STANDS")
		}
		d, err := s.open(ctx, tx, h, v, opened, req.GetComment())
		if err != nil {
			return nil, err
		}
		return toDispute(ctx, d, h), nil
	})
}

// StateDispute implements FeedbackService.
func (s *Service) StateDispute(ctx context.Context, req *feedbackv1.StateDisputeRequest) (*feedbackv1.Dispute, error) {
	now, by := s.cfg.Now(), person(ctx)
	says, err := saying(by, req)
	if err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*feedbackv1.Dispute, error) {
		return s.change(ctx, tx, now, req.GetName(), req.GetEtag(), func(d *store.Dispute) (err error) {
			d.Dispute, err = d.Say(by, says.team, says.position, req.GetComment(), now)
			return err
		})
	})
}

// BatchStateDisputes implements FeedbackService.
func (s *Service) BatchStateDisputes(ctx context.Context, req *feedbackv1.BatchStateDisputesRequest) (*feedbackv1.BatchStateDisputesResponse, error) {
	now, by := s.cfg.Now(), person(ctx)
	says, err := saying(by, req)
	if err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*feedbackv1.BatchStateDisputesResponse, error) {
		resp := &feedbackv1.BatchStateDisputesResponse{Disputes: make([]*feedbackv1.Dispute, len(req.GetNames()))}
		for _, name := range slices.Sorted(slices.Values(req.GetNames())) { // which is the order of locks
			shown, err := s.change(ctx, tx, now, name, "", func(d *store.Dispute) (err error) {
				d.Dispute, err = d.Say(by, says.team, says.position, req.GetComment(), now)
				return err
			})
			if err != nil {
				return nil, err
			}
			resp.Disputes[slices.Index(req.GetNames(), name)] = shown
		}
		return resp, nil
	})
}

// SettleDispute implements FeedbackService.
func (s *Service) SettleDispute(ctx context.Context, req *feedbackv1.SettleDisputeRequest) (*feedbackv1.Dispute, error) {
	now, by := s.cfg.Now(), person(ctx)
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*feedbackv1.Dispute, error) {
		return s.change(ctx, tx, now, req.GetName(), req.GetEtag(), func(d *store.Dispute) (err error) {
			d.Dispute, err = d.Settle(by, position(req), now)
			d.SettledBy, d.SettleComment = by.Principal, req.GetComment()
			return err
		})
	})
}

// change changes a dispute under the lock of its handoff. Once it has ended, the verdict counts as was decided.
func (s *Service) change(ctx context.Context, tx *sqldb.Tx, now time.Time, name, tag string, change func(*store.Dispute) error) (*feedbackv1.Dispute, error) {
	at := spotOf(name)
	h, v, err := s.judged(ctx, tx, at)
	if err != nil {
		return nil, missing(err, name)
	}
	d, err := store.GetDispute(ctx, tx, at.handoff, at.assignment, at.step)
	if err != nil {
		return nil, missing(err, name)
	}
	if err := etag.Check(name, tag, d.Version); err != nil {
		return nil, err
	}
	if err := change(d); err != nil {
		return nil, unheard(err, name, d.Lapse(now).State.String())
	}
	if err := s.turn(ctx, tx, h, v, d); err != nil {
		return nil, err
	}
	return toDispute(ctx, d, h), nil
}

// judged locks a handoff and reads its complete verdict at a place.
func (s *Service) judged(ctx context.Context, tx *sqldb.Tx, at spot) (*store.Handoff, *store.Verdict, error) {
	h, err := store.LockHandoff(ctx, tx, at.handoff)
	if err != nil {
		return nil, nil, err
	}
	v, err := store.GetVerdict(ctx, tx, at.handoff, at.assignment, at.step)
	if err == nil && v.State == 0 {
		err = store.ErrNotFound
	}
	return h, v, err
}

// disputing is what a handoff's playbook says of disputes.
func (s *Service) disputing(ctx context.Context, q sqldb.Querier, h *store.Handoff) (dispute.Policy, error) {
	version, err := s.policies.Get(auth.WithActor(ctx, auth.Service(eventlog.Feedback)), q, h.Playbook)
	if err != nil {
		return dispute.Policy{}, unreadable(playbookName(h), err)
	}
	return version.Policy.disputes, nil
}
