package sla

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.einride.tech/aip/fieldbehavior"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/patch"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/timetable"
	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// CreateCalendar implements SlaService.
func (s *Service) CreateCalendar(ctx context.Context, req *slav1.CreateCalendarRequest) (*slav1.Calendar, error) {
	now := s.cfg.Now()
	doc := document(req.GetCalendar())
	if err := resolved(doc, now); err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*slav1.Calendar, error) {
		switch _, err := store.ReserveCalendar(ctx, tx, req.GetCalendarId()); {
		case err == nil:
			return nil, fault.Taken(calendarName(req.GetCalendarId()))
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
		return s.putCalendar(ctx, tx, &store.Calendar{ID: req.GetCalendarId(), CreatedAt: now}, doc, "CreateCalendar", now)
	})
}

// GetCalendar implements SlaService.
func (s *Service) GetCalendar(ctx context.Context, req *slav1.GetCalendarRequest) (*slav1.Calendar, error) {
	c, err := store.GetCalendar(ctx, s.cfg.DB, ident.ID(req.GetName(), "calendars"))
	if err != nil {
		return nil, missing(err, req.GetName())
	}
	return calendarToProto(c)
}

// ListCalendars implements SlaService.
func (s *Service) ListCalendars(ctx context.Context, req *slav1.ListCalendarsRequest) (*slav1.ListCalendarsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	rows, err := store.ListCalendars(ctx, s.cfg.DB, page.Key.Text, page.Limit())
	if err != nil {
		return nil, err
	}
	rows, next := paging.Cut(page, rows, func(c *store.Calendar) paging.Key { return paging.Key{Text: c.ID} })
	resp := &slav1.ListCalendarsResponse{NextPageToken: next}
	for _, row := range rows {
		c, err := calendarToProto(row)
		if err != nil {
			return nil, err
		}
		resp.Calendars = append(resp.Calendars, c)
	}
	return resp, nil
}

// UpdateCalendar implements SlaService.
func (s *Service) UpdateCalendar(ctx context.Context, req *slav1.UpdateCalendarRequest) (*slav1.Calendar, error) {
	now := s.cfg.Now()
	changes, err := patch.Read(req, req.GetCalendar())
	if err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*slav1.Calendar, error) {
		name := req.GetCalendar().GetName()
		c, err := store.LockCalendar(ctx, tx, ident.ID(name, "calendars"))
		if err != nil {
			return nil, missing(err, name)
		}
		if err := etag.Check(name, req.GetCalendar().GetEtag(), c.Version); err != nil {
			return nil, err
		}
		stored := &slav1.Calendar{}
		if err := proto.Unmarshal(c.Document, stored); err != nil {
			return nil, fmt.Errorf("decode %s: %w", name, err)
		}
		doc, err := changes.Apply(stored)
		if err != nil {
			return nil, err
		}
		if err := renewed(doc, stored, req.GetUpdateMask(), now); err != nil {
			return nil, err
		}
		if proto.Equal(stored, doc) {
			return calendarToProto(c)
		}
		return s.putCalendar(ctx, tx, c, doc, "UpdateCalendar", now)
	})
}

// putCalendar stores a new edition and tells of it.
func (s *Service) putCalendar(ctx context.Context, tx *sqldb.Tx, c *store.Calendar, doc *slav1.Calendar, method string, now time.Time) (*slav1.Calendar, error) {
	var before *slav1.Calendar
	var err error
	if c.Version > 0 {
		if before, err = calendarToProto(c); err != nil {
			return nil, err
		}
	}
	// The same calendar gives the same bytes: what was compiled of them is found by their digest.
	if c.Document, err = (proto.MarshalOptions{Deterministic: true}).Marshal(doc); err != nil {
		return nil, fmt.Errorf("store calendar: %w", err)
	}
	c.Version, c.UpdatedAt = c.Version+1, now
	after, err := calendarToProto(c)
	if err != nil {
		return nil, err
	}
	key := eventlog.Key{Name: after.GetName(), Seq: &c.Events}
	if err := s.log.Emit(ctx, tx, key, &eventv1.Event{
		Payload: &eventv1.Event_CalendarChanged{CalendarChanged: &eventv1.CalendarChanged{Calendar: after}}}); err != nil {
		return nil, err
	}
	if err := s.log.EmitChange(ctx, tx, key, method, before, after); err != nil {
		return nil, err
	}
	if err := store.PutCalendar(ctx, tx, c); err != nil {
		return nil, err
	}
	tx.AfterCommit(s.sweeps.Ring)
	return after, nil
}

// document is what of a calendar a caller decides, and what is stored.
func document(c *slav1.Calendar) *slav1.Calendar {
	doc := proto.CloneOf(c)
	fieldbehavior.ClearFields(doc, annotations.FieldBehavior_OUTPUT_ONLY, annotations.FieldBehavior_IDENTIFIER)
	doc.Etag = ""
	return doc
}

// readable refuses a calendar that makes no sense.
func readable(doc *slav1.Calendar) error {
	_, err := timetable.Compile(doc)
	return byField(err)
}

// byField says which fields make no sense.
func byField(err error) error {
	var spec *worktime.SpecError
	if !errors.As(err, &spec) {
		return err
	}
	violations := make([]fault.Violation, len(spec.Problems))
	for i, p := range spec.Problems {
		violations[i] = fault.Violation{Field: "calendar", Message: p.Reason}
		if p.Field != "" {
			violations[i].Field += "." + p.Field
		}
	}
	return fault.Fields(violations...)
}
