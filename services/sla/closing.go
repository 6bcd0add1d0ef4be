package sla

import (
	"context"
	"errors"
	"time"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/period"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// CloseSlaPeriod implements SlaService.
func (s *Service) CloseSlaPeriod(ctx context.Context, req *slav1.CloseSlaPeriodRequest) (*slav1.SlaPeriod, error) { //nolint:staticcheck // the name is the API's
	now, role := s.cfg.Now(), closer(auth.ActorFrom(ctx))
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*slav1.SlaPeriod, error) {
		zone, err := s.zone(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		p, err := period.Parse(ident.ID(req.GetName(), "slaPeriods"), now, zone)
		if err != nil {
			return nil, fault.Field("name", "%v", err)
		}
		latest, err := store.LockClosing(ctx, tx, p.Length())
		if err != nil {
			return nil, err
		}
		switch closed, err := store.GetClosed(ctx, tx, p.Name()); {
		case err == nil:
			return slaPeriodToProto(closed), nil
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
		c, err := closable(ctx, tx, p, latest, zone)
		if err != nil {
			return nil, err
		}
		c.At, c.Role = now, role
		return s.close(ctx, tx, c)
	})
}

// closer is the role in which somebody closes a period.
func closer(caller *auth.Actor) string {
	if auth.Has(caller, accessv1.Role_ROLE_REVOPS) {
		return auth.RoleName(accessv1.Role_ROLE_REVOPS)
	}
	return auth.RoleName(accessv1.Role_ROLE_SERVICE)
}

// closable is a period that follows the latest of its length that is closed, if any is: it begins where that ended, also if the
// zone has changed since.
func closable(ctx context.Context, tx *sqldb.Tx, p period.Period, latest string, zone *time.Location) (*store.Closed, error) {
	c := &store.Closed{Name: p.Name(), Length: p.Length(), Start: p.Start(), End: p.End(), Zone: zone.String()}
	if latest == "" {
		return c, nil
	}
	last, err := store.GetClosed(ctx, tx, latest)
	if err != nil {
		return nil, err
	}
	if p.Before().Name() != latest {
		before, err := period.Parse(latest, last.At, zone)
		if err != nil {
			return nil, err
		}
		return nil, fault.Refused(slaPeriodName(p.Name()), "OUT_OF_ORDER", "the %s to close next is %s", p.Length(), before.After().Name())
	}
	c.Start = last.End
	return c, nil
}

// close settles the figures of a period whose length is locked, and tells of it.
func (s *Service) close(ctx context.Context, tx *sqldb.Tx, c *store.Closed) (*slav1.SlaPeriod, error) {
	name := slaPeriodName(c.Name)
	if c.At.Before(c.End) {
		return nil, fault.Refused(name, "NOT_OVER", "the %s is not over before %s", c.Length, c.End.Format(time.RFC3339))
	}
	if err := s.freeze(ctx, tx, c); err != nil {
		return nil, err
	}
	if err := store.PutClosed(ctx, tx, c); err != nil {
		return nil, err
	}
	var events int64 // nothing else is ever told of the period
	key, after := eventlog.Key{Name: name, Seq: &events}, slaPeriodToProto(c)
	if err := s.log.Emit(ctx, tx, key, &eventv1.Event{Payload: &eventv1.Event_SlaPeriodClosed{SlaPeriodClosed: &eventv1.SlaPeriodClosed{
		SlaPeriod: name, StartTime: stamp(c.Start), EndTime: stamp(c.End), ClockCount: c.Clocks}}}); err != nil {
		return nil, err
	}
	return after, s.log.EmitChange(ctx, tx, key, "CloseSlaPeriod", nil, after)
}

// GetSlaPeriod implements SlaService.
func (s *Service) GetSlaPeriod(ctx context.Context, req *slav1.GetSlaPeriodRequest) (*slav1.SlaPeriod, error) { //nolint:staticcheck // the name is the API's
	c, err := store.GetClosed(ctx, s.cfg.DB, ident.ID(req.GetName(), "slaPeriods"))
	if err != nil {
		return nil, missing(err, req.GetName())
	}
	return slaPeriodToProto(c), nil
}

// ListSlaPeriods implements SlaService.
func (s *Service) ListSlaPeriods(ctx context.Context, req *slav1.ListSlaPeriodsRequest) (*slav1.ListSlaPeriodsResponse, error) { //nolint:staticcheck // the name is the API's
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	rows, err := store.ListClosed(ctx, s.cfg.DB, page.Key.Text, page.Limit())
	if err != nil {
		return nil, err
	}
	rows, next := paging.Cut(page, rows, func(c *store.Closed) paging.Key { return paging.Key{Text: c.Name} })
	resp := &slav1.ListSlaPeriodsResponse{NextPageToken: next}
	for _, c := range rows {
		resp.SlaPeriods = append(resp.SlaPeriods, slaPeriodToProto(c))
	}
	return resp, nil
}

// slaPeriodToProto is a closed period as the API shows it.
func slaPeriodToProto(c *store.Closed) *slav1.SlaPeriod {
	return &slav1.SlaPeriod{Name: slaPeriodName(c.Name), StartTime: stamp(c.Start), EndTime: stamp(c.End), TimeZone: c.Zone, CloseTime: stamp(c.At),
		ClosedBy: c.Role, Playbook: c.Playbook, ClockCount: c.Clocks}
}

func slaPeriodName(id string) string { return ident.Name("slaPeriods", id) }
