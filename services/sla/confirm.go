package sla

import (
	"context"
	"math"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// ConfirmActivity implements SlaService.
func (s *Service) ConfirmActivity(ctx context.Context, req *slav1.ConfirmActivityRequest) (*slav1.Activity, error) {
	c, err := s.confirming(ctx, []string{req.GetName()})
	if err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*slav1.Activity, error) {
		made, err := c.run(ctx, tx)
		if err != nil {
			return nil, err
		}
		return made[0], nil
	})
}

// BatchConfirmActivities implements SlaService.
func (s *Service) BatchConfirmActivities(ctx context.Context, req *slav1.BatchConfirmActivitiesRequest) (*slav1.BatchConfirmActivitiesResponse, error) {
	c, err := s.confirming(ctx, req.GetNames())
	if err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*slav1.BatchConfirmActivitiesResponse, error) {
		made, err := c.run(ctx, tx)
		return &slav1.BatchConfirmActivitiesResponse{Activities: made}, err
	})
}

// confirmation is what somebody confirms.
type confirmation struct {
	s             *Service
	o             occasion
	names         []string
	handoffs, ids []string // of the activities, in the order of their names
}

// confirming looks whether there are activities of some names.
func (s *Service) confirming(ctx context.Context, names []string) (*confirmation, error) {
	c := &confirmation{s: s, o: news(s.cfg.Now(), "activity_confirmed"), names: names}
	for _, name := range names {
		ids := ident.Parse(name, "handoffs", "activities")
		c.handoffs, c.ids = append(c.handoffs, ids[0]), append(c.ids, ids[1])
	}
	_, err := c.found(ctx, s.cfg.DB)
	return c, err
}

// found are the activities, in the order of their names.
func (c *confirmation) found(ctx context.Context, q sqldb.Querier) ([]store.Activity, error) {
	known, err := store.Named(ctx, q, c.handoffs, c.ids)
	if err != nil {
		return nil, err
	}
	all := make([]store.Activity, len(c.names))
	for i, name := range c.names {
		a, ok := known[store.ActivityKey{Handoff: c.handoffs[i], ID: c.ids[i]}]
		switch {
		case !ok:
			return nil, fault.Missing(name)
		case a.Automated:
			return nil, fault.Refused(name, "AUTOMATED", "a machine says it did it: that never counts")
		}
		all[i] = a
	}
	return all, nil
}

// run confirms the activities that nobody has confirmed yet.
func (c *confirmation) run(ctx context.Context, tx *sqldb.Tx) ([]*slav1.Activity, error) {
	all, err := store.Lock(ctx, tx, c.handoffs...)
	if err != nil {
		return nil, err
	}
	activities, err := c.found(ctx, tx)
	if err != nil {
		return nil, err
	}
	made := make([]*slav1.Activity, len(activities))
	for i, a := range activities {
		if a.ConfirmAt.IsZero() {
			a.ConfirmAt = c.o.now
			if err := c.s.confirm(ctx, tx, all[a.Handoff], a); err != nil {
				return nil, err
			}
		}
		made[i] = activityToProto(a)
	}
	return made, c.s.settle(ctx, tx, all, c.o)
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

// ListSuspectActivities implements SlaService.
func (s *Service) ListSuspectActivities(ctx context.Context, req *slav1.ListSuspectActivitiesRequest) (*slav1.ListSuspectActivitiesResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	after := page.Key
	if page.First {
		after.Number = math.MinInt64
	}
	rows, err := store.Suspects(ctx, s.cfg.DB, req.GetRep(), after.Number, after.Text, page.Limit())
	if err != nil {
		return nil, err
	}
	resp := &slav1.ListSuspectActivitiesResponse{}
	rows, resp.NextPageToken = paging.Cut(page, rows, activityKey)
	for _, a := range rows {
		resp.Activities = append(resp.Activities, activityToProto(a))
	}
	return resp, nil
}

// activityKey is where an activity stands in a list.
func activityKey(a store.Activity) paging.Key {
	return paging.Key{Number: a.OccurAt.UnixMicro(), Text: a.ID}
}
