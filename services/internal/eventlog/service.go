package eventlog

import (
	"context"
	"log/slog"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Register serves the log's end of EventService. Only an internal listener may have it.
func (l *Log) Register(r grpc.ServiceRegistrar) {
	eventv1.RegisterEventServiceServer(r, &service{log: l, requests: &idempotency.Keeper{DB: l.cfg.DB, Logger: l.cfg.Logger}})
}

type service struct {
	eventv1.UnimplementedEventServiceServer
	log      *Log
	requests *idempotency.Keeper
}

// Deliver implements EventService.
func (s *service) Deliver(ctx context.Context, req *eventv1.DeliverRequest) (*eventv1.DeliverResponse, error) {
	return s.log.deliver(ctx, req)
}

// GetParkedEvent implements EventService.
func (s *service) GetParkedEvent(ctx context.Context, req *eventv1.GetParkedEventRequest) (*eventv1.ParkedEvent, error) {
	at, err := s.log.parking.place(req.GetName())
	if err != nil {
		return nil, err
	}
	return s.log.parking.show(ctx, s.log.cfg.DB, at)
}

// The size of a list when the caller names none, and the most that it holds: a page of the public API, and one more.
const (
	listSize = 50
	listMax  = 1001
)

// ListParkedEvents implements EventService.
func (s *service) ListParkedEvents(ctx context.Context, req *eventv1.ListParkedEventsRequest) (*eventv1.ListParkedEventsResponse, error) {
	var after place
	if req.GetAfter() != "" {
		var err error
		if after, err = s.log.parking.place(req.GetAfter()); err != nil {
			return nil, err
		}
	}
	size := int64(req.GetPageSize())
	if size == 0 {
		size = listSize
	}
	events, err := s.log.parking.list(ctx, after, min(size, listMax))
	return &eventv1.ListParkedEventsResponse{ParkedEvents: events}, err
}

// ReplayParkedEvent implements EventService.
func (s *service) ReplayParkedEvent(ctx context.Context, req *eventv1.ReplayParkedEventRequest) (*eventv1.ParkedEvent, error) {
	return s.change(ctx, "ReplayParkedEvent", req, s.log.parking.replay)
}

// SkipParkedEvent implements EventService.
func (s *service) SkipParkedEvent(ctx context.Context, req *eventv1.SkipParkedEventRequest) (*eventv1.ParkedEvent, error) {
	return s.change(ctx, "SkipParkedEvent", req, func(ctx context.Context, tx *sqldb.Tx, e *eventv1.ParkedEvent) (*eventv1.ParkedEvent, error) {
		return s.log.parking.skip(ctx, tx, e, req.GetReason())
	})
}

// choice is a request to do something about a parked event.
type choice interface {
	idempotency.Request
	GetName() string
}

// change does what somebody has decided about a parked event, with its audit, and then lets its line go on. The answer is
// stored with the change, so it cannot know what comes of that.
func (s *service) change(ctx context.Context, method string, req choice,
	decide func(ctx context.Context, tx *sqldb.Tx, e *eventv1.ParkedEvent) (*eventv1.ParkedEvent, error)) (*eventv1.ParkedEvent, error) {
	parking := s.log.parking
	at, err := parking.place(req.GetName())
	if err != nil {
		return nil, err
	}
	after, err := idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*eventv1.ParkedEvent, error) {
		seq, err := parking.lock(ctx, tx, at)
		if err != nil {
			return nil, err
		}
		before, err := parking.show(ctx, tx, at)
		if err != nil {
			return nil, err
		}
		after, err := decide(ctx, tx, proto.CloneOf(before))
		if err != nil {
			return nil, err
		}
		return after, s.log.EmitChange(ctx, tx, Key{Name: req.GetName(), Seq: &seq}, method, before, after)
	})
	if err != nil {
		return nil, err
	}
	// What is applied now is the service's own doing, as it is when it is tried again by itself.
	if err := parking.proceed(auth.WithActor(ctx, auth.Service(s.log.cfg.Service)), at.source, after.GetKey()); err != nil {
		s.log.cfg.Logger.WarnContext(ctx, "parked events wait on", slog.String("source", at.source),
			slog.String("key", after.GetKey()), slog.String("cause", err.Error()))
	}
	return after, nil
}
