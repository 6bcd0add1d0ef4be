package journey

import (
	"context"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/scope"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/journey/internal/passage"
	"github.com/handoffhq/handoff/services/journey/internal/spans"
	"github.com/handoffhq/handoff/services/journey/internal/store"
)

// maxLeadEntries is how many of a lead's own events, before and beside the handoff, a timeline shows.
const maxLeadEntries = 1000

// GetHandoffTimeline implements JourneyService.
func (s *Service) GetHandoffTimeline(ctx context.Context, req *journeyv1.GetHandoffTimelineRequest) (*journeyv1.Timeline, error) {
	name := strings.TrimSuffix(req.GetName(), "/timeline")
	if err := scope.Handoff(ctx, s.cfg.Routing, name); err != nil {
		return nil, err
	}
	own, leads, err := s.events(ctx, name)
	if err != nil {
		return nil, err
	}
	if len(own) == 0 {
		return nil, fault.Missing(name)
	}
	id, err := spans.Parse(strings.TrimPrefix(name, "handoffs/"))
	if err != nil {
		return nil, fault.Missing(name)
	}
	traceID := strings.TrimPrefix(name, "handoffs/")
	t := &journeyv1.Timeline{Name: req.GetName(), TraceId: traceID}
	if s.cfg.TraceURI != "" {
		t.TraceUri = strings.ReplaceAll(s.cfg.TraceURI, "{trace}", traceID)
	}
	for _, stage := range passage.Stages(id.Born(), own) {
		t.Stages = append(t.Stages, toStage(stage))
	}
	partner := scope.Partner(auth.ActorFrom(ctx))
	for _, e := range passage.Ordered(append(own, leads...)) {
		t.Entries = append(t.Entries, toEntry(forPartner(partner, e)))
	}
	return t, nil
}

// events are the events of a handoff, and those of its lead up to the handoff's end.
func (s *Service) events(ctx context.Context, handoff string) (own, leads []*eventv1.Event, err error) {
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		entries, err := store.OfHandoff(ctx, tx, handoff, maxEntries)
		if err != nil {
			return err
		}
		own = events(entries)
		lead, until := span(own, s.cfg.Now())
		if lead == "" {
			return nil
		}
		entries, err = store.OfLead(ctx, tx, lead, until, maxLeadEntries)
		leads = events(entries)
		return err
	})
	return own, leads, err
}

// span is the lead of a handoff, and when the handoff ended, or now.
func span(own []*eventv1.Event, now time.Time) (lead string, until time.Time) {
	until = now
	for _, e := range own {
		if e.GetLead() != "" {
			lead = e.GetLead()
		}
		if e.GetHandoffClosed() != nil {
			until = e.GetTime().AsTime()
		}
	}
	return lead, until
}

func events(entries []store.Entry) []*eventv1.Event {
	out := make([]*eventv1.Event, len(entries))
	for i, e := range entries {
		out[i] = e.Event
	}
	return out
}

func toStage(s passage.Stage) *journeyv1.Stage {
	out := &journeyv1.Stage{Stage: s.Name, Key: s.Key, StartTime: timestamppb.New(s.Start), Rep: s.Rep, Breached: s.Breached()}
	if !s.End.IsZero() {
		out.EndTime = timestamppb.New(s.End)
	}
	return out
}

// forPartner is an event as whoever is kept to a partner may see it; the partner is empty for everybody else.
func forPartner(partner string, e *eventv1.Event) *eventv1.Event {
	switch p := e.GetPayload().(type) {
	case *eventv1.Event_LeadQualified:
		p.LeadQualified.Rubric = scope.Rubric(partner, p.LeadQualified.GetRubric())
	case *eventv1.Event_MeetingAdded:
		p.MeetingAdded.Rubric = scope.Rubric(partner, p.MeetingAdded.GetRubric())
	case *eventv1.Event_HandoffOpened:
		p.HandoffOpened.Rubric = scope.Rubric(partner, p.HandoffOpened.GetRubric())
	}
	return e
}

func toEntry(e *eventv1.Event) *journeyv1.TimelineEntry {
	out := &journeyv1.TimelineEntry{OccurTime: e.GetTime(), Source: e.GetSource(), Type: e.GetType(), Summary: passage.Words(e),
		Actor: e.GetActor(), Event: e}
	if cause := eventlog.Cause(e); cause.IsValid() {
		out.TraceId = cause.TraceID().String()
	}
	return out
}
