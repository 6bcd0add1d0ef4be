package sla

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// CreateActivity implements SlaService.
func (s *Service) CreateActivity(ctx context.Context, req *slav1.CreateActivityRequest) (*slav1.Activity, error) {
	now := s.cfg.Now()
	planned, err := s.planActivity(ctx, req, now)
	if err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*slav1.Activity, error) {
		near, err := s.among(ctx, tx, planned)
		if err != nil {
			return nil, err
		}
		others, err := s.unsettled(ctx, tx, near)
		if err != nil {
			return nil, err
		}
		all, err := store.Lock(ctx, tx, append(others, planned.Handoff)...)
		if err != nil {
			return nil, err
		}
		switch known, err := store.Recorded(ctx, tx, planned.Handoff, planned.Source, planned.SourceID); {
		case err == nil:
			return activityToProto(known), nil
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
		a, err := s.addActivity(ctx, tx, all, planned, near, now)
		if err != nil {
			return nil, err
		}
		return activityToProto(a), s.settle(ctx, tx, all, news(now, "activity_recorded"))
	})
}

// addActivity records an activity of a handoff that is locked, and flags what it makes suspect.
func (s *Service) addActivity(ctx context.Context, tx *sqldb.Tx, all handoffs, a store.Activity, near []store.Paced, now time.Time) (store.Activity, error) {
	h := all[a.Handoff]
	a.ID = s.activityID(h, a, now)
	var err error
	if a.Suspect, err = s.suspects(ctx, tx, h.Playbook, near, paced(a)); err != nil {
		return a, err
	}
	before, _ := h.Facts.Touched()
	if err := s.recordActivity(ctx, tx, h, a, now); err != nil {
		return a, err
	}
	if err := s.tellTouch(ctx, tx, h, before, a, now); err != nil {
		return a, err
	}
	return a, s.flagSome(ctx, tx, all, near, now)
}

// tellTouch tells which activity is the first touch, if it is another than before. The one that brought that about is at hand.
func (s *Service) tellTouch(ctx context.Context, tx *sqldb.Tx, h *store.Handoff, before time.Time, a store.Activity, now time.Time) (err error) {
	touch, touched := h.Facts.FirstTouch()
	if !touched || touch.Occurred.Equal(before) {
		return nil
	}
	if touch.ID != a.ID {
		if a, err = store.ActivityOf(ctx, tx, h.ID, touch.ID); err != nil {
			return err
		}
	}
	first := &eventv1.FirstTouchMade{Handoff: handoffName(h.ID), Rep: a.Rep, OccurTime: stamp(a.OccurAt), Activity: activityName(a)}
	return s.emit(ctx, tx, h, now, &eventv1.Event{Payload: &eventv1.Event_FirstTouchMade{FirstTouchMade: first}})
}

// planActivity checks what a caller wants to record and fills in what they left open.
func (s *Service) planActivity(ctx context.Context, req *slav1.CreateActivityRequest, now time.Time) (store.Activity, error) {
	in := req.GetActivity()
	a := store.Activity{Handoff: ident.ID(req.GetParent(), "handoffs"), Type: int64(in.GetType()), OccurAt: now, Automated: in.GetAutomated(),
		Source: in.GetSource(), SourceID: in.GetSourceId(), RecordAt: now}
	if in.GetOccurTime() != nil {
		a.OccurAt = in.GetOccurTime().AsTime().Truncate(time.Microsecond)
	}
	if a.OccurAt.After(now) {
		return a, fault.Field("activity.occur_time", "lies in the future")
	}
	playbook, err := s.known(ctx, a.Handoff)
	if err != nil {
		return a, err
	}
	if playbook != 0 { // it is in memory from here on: the transaction must not wait for another service
		if _, err := s.policy(ctx, s.cfg.DB, playbook); err != nil {
			return a, err
		}
	}
	if err := s.vouched(ctx, playbook, a.Source); err != nil {
		return a, err
	}
	a.Rep, err = s.performer(ctx, in.GetRep())
	a.Actor, a.Vouched = actor(a), vouches(ctx) && a.Source != ""
	return a, err
}

// vouched makes sure that nobody but a service speaks for a system that the playbook of the handoff trusts, or while that is not
// known, the one in force.
func (s *Service) vouched(ctx context.Context, playbook int64, source string) error {
	if source == "" || vouches(ctx) {
		return nil
	}
	var agreed agreement
	var err error
	if playbook != 0 {
		agreed, err = s.policy(ctx, s.cfg.DB, playbook)
	} else {
		agreed, _, _, err = s.active(ctx, s.cfg.DB, s.cfg.Now())
	}
	if err == nil && slices.Contains(agreed.clocks.Trusted, source) {
		err = fault.Field("activity.source", "is a system that both teams trust: only a service can speak for it")
	}
	return err
}

// vouches says whether the caller is a system, which can speak for itself.
func vouches(ctx context.Context) bool {
	return auth.Has(auth.ActorFrom(ctx), accessv1.Role_ROLE_SERVICE)
}

// performer is the rep who did an activity: the one that the caller names, or else the caller. A rep can only name
// themselves; whoever else they name looks as if there was no such rep.
func (s *Service) performer(ctx context.Context, named string) (string, error) {
	const field = "activity.rep"
	if named == "" || restricted(ctx) {
		own, err := s.ownRep(ctx)
		if err == nil && named != "" && named != own {
			err = fault.Dangling(field, named)
		}
		return own, err
	}
	_, err := s.cfg.Routing.GetRep(ctx, &routingv1.GetRepRequest{Name: named})
	if f := fault.As(err); f != nil && f.Kind == fault.NotFound {
		err = fault.Dangling(field, named)
	}
	return named, err
}

// activityID is the id of a new activity. What its source does not name is told apart by what was told of the handoff.
func (s *Service) activityID(h *store.Handoff, a store.Activity, now time.Time) string {
	key := fmt.Sprintf("%s|%s|%s", h.ID, a.Source, a.SourceID)
	if a.Source == "" || a.SourceID == "" {
		key = fmt.Sprintf("%s|%d", h.ID, h.Events)
	}
	return s.cfg.IDs.New(now, "activity", key)
}

// recordActivity stores an activity, tells of it, and adds it to the facts if a person did it.
func (s *Service) recordActivity(ctx context.Context, tx *sqldb.Tx, h *store.Handoff, a store.Activity, now time.Time) error {
	store.AddActivity(tx, a)
	recorded := &eventv1.ActivityRecorded{Activity: activityName(a), Handoff: handoffName(h.ID), Type: slav1.Activity_Type(a.Type), Rep: a.Rep,
		OccurTime: stamp(a.OccurAt), Automated: a.Automated}
	if err := s.emit(ctx, tx, h, now, &eventv1.Event{Payload: &eventv1.Event_ActivityRecorded{ActivityRecorded: recorded}}); err != nil {
		return err
	}
	if a.Automated {
		return nil
	}
	if len(h.Facts.Acts) >= deadline.MaxActs {
		return fault.New(fault.Exhausted, errorsv1.ErrorReason_ERROR_REASON_LIMIT_EXCEEDED, "the handoff has %d activities already", deadline.MaxActs)
	}
	act := deadline.Act{Occurred: a.OccurAt, Recorded: a.RecordAt, Deed: deadline.Deed(a.Type), ID: a.ID} // numbered alike
	if a.Vouched {
		act.Source = a.Source
	}
	if !a.Suspect {
		h.Facts.Act(act)
		return nil
	}
	agreed, err := s.policy(ctx, tx, h.Playbook)
	if err != nil {
		return err
	}
	act.Suspect, act.Counts = true, agreed.haste.counts
	h.Facts.Act(act)
	return s.tellFlag(ctx, tx, h, paced(a), now)
}

// ListActivities implements SlaService.
func (s *Service) ListActivities(ctx context.Context, req *slav1.ListActivitiesRequest) (*slav1.ListActivitiesResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	id := ident.ID(req.GetParent(), "handoffs")
	if _, err := s.known(ctx, id); err != nil {
		return nil, err
	}
	after := page.Key
	if page.First {
		after.Number = math.MinInt64
	}
	rows, err := store.Activities(ctx, s.cfg.DB, id, after.Number, after.Text, page.Limit())
	if err != nil {
		return nil, err
	}
	rows, next := paging.Cut(page, rows, activityKey)
	resp := &slav1.ListActivitiesResponse{NextPageToken: next}
	for _, a := range rows {
		resp.Activities = append(resp.Activities, activityToProto(a))
	}
	return resp, nil
}
