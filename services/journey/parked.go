package journey

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
)

// askFor is how long a service may take to list its parked events where the others can be shown without.
const askFor = 2 * time.Second

// everyService stands for all services in a parent.
const everyService = "-"

// GetParkedEvent implements JourneyService.
func (s *Service) GetParkedEvent(ctx context.Context, req *eventv1.GetParkedEventRequest) (*eventv1.ParkedEvent, error) {
	keeper, err := s.keeper(req.GetName())
	if err != nil {
		return nil, err
	}
	return keeper.GetParkedEvent(ctx, req)
}

// ReplayParkedEvent implements JourneyService.
func (s *Service) ReplayParkedEvent(ctx context.Context, req *eventv1.ReplayParkedEventRequest) (*eventv1.ParkedEvent, error) {
	keeper, err := s.keeper(req.GetName())
	if err != nil {
		return nil, err
	}
	return keeper.ReplayParkedEvent(ctx, req)
}

// SkipParkedEvent implements JourneyService.
func (s *Service) SkipParkedEvent(ctx context.Context, req *eventv1.SkipParkedEventRequest) (*eventv1.ParkedEvent, error) {
	keeper, err := s.keeper(req.GetName())
	if err != nil {
		return nil, err
	}
	return keeper.SkipParkedEvent(ctx, req)
}

// keeper is the service that a parked event waits in. It does the work, in the caller's name, and writes the audit.
func (s *Service) keeper(name string) (eventv1.EventServiceClient, error) {
	if keeper := s.cfg.Events[ident.Parse(name, "services", "parkedEvents")[0]]; keeper != nil {
		return keeper, nil
	}
	return nil, fault.Missing(name)
}

// ListParkedEvents implements JourneyService.
func (s *Service) ListParkedEvents(ctx context.Context, req *journeyv1.ListParkedEventsRequest) (*journeyv1.ListParkedEventsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	service := ident.ID(req.GetParent(), "services")
	resp := &journeyv1.ListParkedEventsResponse{}
	var events []*eventv1.ParkedEvent
	if service == everyService {
		events, resp.Unreachable = s.parkedEverywhere(ctx, page)
	} else if events, err = s.parkedIn(ctx, service, page); err != nil {
		return nil, err
	}
	resp.ParkedEvents, resp.NextPageToken = paging.Cut(page, events, func(e *eventv1.ParkedEvent) paging.Key {
		return paging.Key{Text: e.GetName()}
	})
	return resp, nil
}

// parkedIn are the parked events of one service that a page may hold.
func (s *Service) parkedIn(ctx context.Context, service string, page paging.Page) ([]*eventv1.ParkedEvent, error) {
	keeper := s.cfg.Events[service]
	if keeper == nil {
		return nil, fault.Missing(ident.Name("services", service))
	}
	resp, err := keeper.ListParkedEvents(ctx, &eventv1.ListParkedEventsRequest{PageSize: int32(page.Limit()), After: page.Key.Text})
	return resp.GetParkedEvents(), err
}

// parkedEverywhere are the parked events of all services that a page may hold, in the services' fixed order, and which
// services could not be asked. All are asked at once, so that those that do not answer cost little.
func (s *Service) parkedEverywhere(ctx context.Context, page paging.Page) (events []*eventv1.ParkedEvent, unreachable []string) {
	services := eventlog.Services()
	if at := slices.Index(services, ident.Parse(page.Key.Text, "services", "parkedEvents")[0]); at > 0 {
		services = services[at:]
	}
	answers, failures := make([][]*eventv1.ParkedEvent, len(services)), make([]error, len(services))
	var group errgroup.Group
	for i, service := range services {
		group.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, askFor)
			defer cancel()
			part := page
			if i > 0 {
				part.Key = paging.Key{}
			}
			answers[i], failures[i] = s.parkedIn(ctx, service, part)
			return nil
		})
	}
	_ = group.Wait() // what fails is said below
	for i, service := range services {
		if err := failures[i]; err != nil {
			s.cfg.Logger.WarnContext(ctx, "parked events cannot be listed", slog.String("service", service), slog.String("cause", err.Error()))
			unreachable = append(unreachable, ident.Name("services", service))
		}
		events = append(events, answers[i]...)
	}
	return events, unreachable
}
