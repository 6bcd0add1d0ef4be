package sla

import (
	"context"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// ConfirmActivity implements SlaService.
func (s *Service) ConfirmActivity(ctx context.Context, req *slav1.ConfirmActivityRequest) (*slav1.Activity, error) {
	ids := ident.Parse(req.GetName(), "handoffs", "activities")
	if _, err := store.ActivityOf(ctx, s.cfg.DB, ids[0], ids[1]); err != nil {
		return nil, missing(err, req.GetName())
	}
	now := s.cfg.Now()
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*slav1.Activity, error) {
		all, err := store.Lock(ctx, tx, ids[0])
		if err != nil {
			return nil, err
		}
		a, err := store.ActivityOf(ctx, tx, ids[0], ids[1])
		switch {
		case err != nil:
			return nil, err
		case a.Automated:
			return nil, fault.Refused(req.GetName(), "AUTOMATED", "a machine says it did it: that never counts")
		case !a.ConfirmAt.IsZero():
			return activityToProto(a), nil
		}
		a.ConfirmAt = now
		if err := s.confirm(ctx, tx, all[a.Handoff], a); err != nil {
			return nil, err
		}
		return activityToProto(a), s.settle(ctx, tx, all, news(now, "activity_confirmed"))
	})
}

// confirm has an activity of a handoff that is locked count.
func (s *Service) confirm(ctx context.Context, tx *sqldb.Tx, h *store.Handoff, a store.Activity) error {
	if err := store.Confirm(ctx, tx, a); err != nil {
		return err
	}
	confirmed := &eventv1.ActivityConfirmed{Activity: activityName(a), Handoff: handoffName(h.ID), Rep: a.Rep, OccurTime: stamp(a.OccurAt)}
	if err := s.emit(ctx, tx, h, a.ConfirmAt, &eventv1.Event{Payload: &eventv1.Event_ActivityConfirmed{ActivityConfirmed: confirmed}}); err != nil {
		return err
	}
	before, _ := h.Facts.Touched()
	h.Facts.Confirm(a.ID)
	return s.tellTouch(ctx, tx, h, before, a, a.ConfirmAt)
}
