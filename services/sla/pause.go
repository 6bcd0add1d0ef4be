package sla

import (
	"context"
	"strings"
	"time"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// PauseClocks implements SlaService.
func (s *Service) PauseClocks(ctx context.Context, req *slav1.PauseClocksRequest) (*slav1.PauseClocksResponse, error) {
	now := s.cfg.Now()
	planned, err := s.planPause(ctx, req, now)
	if err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*slav1.PauseClocksResponse, error) {
		before, err := s.hold(ctx, tx, req.GetHandoff(), now)
		if err != nil {
			return nil, err
		}
		if err := before.allow(planned, now); err != nil {
			return nil, err
		}
		pause := before.handoff.Facts.Pause(planned)
		after, err := s.view(ctx, tx, before.handoff, now, store.Consult)
		if err != nil {
			return nil, err
		}
		still, err := after.held(pause, before)
		if err != nil {
			return nil, err
		}
		if err := s.emit(ctx, tx, after.handoff, now, pausedEvent(after.handoff, pause, still)); err != nil {
			return nil, err
		}
		return &slav1.PauseClocksResponse{Clocks: after.show(still)},
			s.settle(ctx, tx, handoffs{after.handoff.ID: after.handoff}, news(now, "clocks_paused"))
	})
}

// ResumeClocks implements SlaService.
func (s *Service) ResumeClocks(ctx context.Context, req *slav1.ResumeClocksRequest) (*slav1.ResumeClocksResponse, error) {
	now := s.cfg.Now()
	who, err := s.pauser(ctx, req.GetHandoff())
	if err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*slav1.ResumeClocksResponse, error) {
		before, err := s.hold(ctx, tx, req.GetHandoff(), now)
		if err != nil {
			return nil, err
		}
		numbers, err := before.lasting(who, now)
		if err != nil {
			return nil, err
		}
		before.handoff.Facts.Resume(now, numbers...)
		after, err := s.view(ctx, tx, before.handoff, now, store.Consult)
		if err != nil {
			return nil, err
		}
		moved := after.moved(before)
		if err := s.emit(ctx, tx, after.handoff, now, resumedEvent(after.handoff, moved, now, deadline.ResumedBySomebody)); err != nil {
			return nil, err
		}
		return &slav1.ResumeClocksResponse{Clocks: after.show(moved)},
			s.settle(ctx, tx, handoffs{after.handoff.ID: after.handoff}, news(now, "clocks_resumed"))
	})
}

// planPause checks what a caller wants and fills in what they left open.
func (s *Service) planPause(ctx context.Context, req *slav1.PauseClocksRequest, now time.Time) (deadline.Pause, error) {
	p := deadline.Pause{Reason: pauseReason(req.GetReason()), Kinds: kinds(req.GetKinds()), From: now, Recorded: now}
	if req.GetStartTime() != nil {
		p.From = req.GetStartTime().AsTime().Truncate(time.Microsecond)
	}
	if req.GetEndTime() != nil {
		p.Until = req.GetEndTime().AsTime().Truncate(time.Microsecond)
	}
	afterwards := p.From.Before(now)
	switch {
	case p.From.After(now):
		return p, fault.Field("start_time", "lies in the future")
	case afterwards && p.Reason != deadline.SystemIncident:
		return p, fault.Field("start_time", "lies in the past, which only a system incident may")
	case !p.Until.IsZero() && !p.Until.After(p.From):
		return p, fault.Field("end_time", "does not come after the start")
	}
	who, err := s.pauser(ctx, req.GetHandoff())
	if err != nil {
		return p, err
	}
	role, ok := who.as(p.Reason)
	switch {
	case !ok:
		return p, denied("a pause for %s is not the caller's to make", spoken(p.Reason))
	case afterwards && role != accessv1.Role_ROLE_REVOPS:
		return p, denied("only RevOps tells of an incident afterwards")
	}
	p.Role, p.Rep = auth.RoleName(role), who.rep
	return p, nil
}

func kinds(names []string) []deadline.Kind {
	var all []deadline.Kind
	for _, name := range names {
		all = append(all, deadline.Kind(name))
	}
	return all
}

// pauseReason is a reason as the clocks know it.
func pauseReason(r playbookv1.PauseReason) deadline.PauseReason {
	return deadline.PauseReason(strings.TrimPrefix(r.String(), "PAUSE_REASON_"))
}

func reasonToProto(r deadline.PauseReason) playbookv1.PauseReason {
	return playbookv1.PauseReason(playbookv1.PauseReason_value["PAUSE_REASON_"+string(r)])
}

// spoken is a reason in words.
func spoken(r deadline.PauseReason) string {
	return strings.ToLower(strings.ReplaceAll(string(r), "_", " "))
}
