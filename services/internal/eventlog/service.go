package eventlog

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/sqldb"

	"log/slog"
	"strconv"
)

// Register serves the log's end of EventService. Only an internal listener may have it.
func (l *Log) Register(r grpc.ServiceRegistrar) {
	eventv1.RegisterEventServiceServer(r, &service{log: l})
}

type service struct {
	eventv1.UnimplementedEventServiceServer
	log *Log
}

// Deliver implements EventService.
func (s *service) Deliver(ctx context.Context, req *eventv1.DeliverRequest) (*eventv1.DeliverResponse, error) {
	return s.log.deliver(ctx, req)
}

// ListParkedEvents implements EventService.
func (s *service) ListParkedEvents(ctx context.Context, req *eventv1.ListParkedEventsRequest) (*eventv1.ListParkedEventsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	var all []*eventv1.ParkedEvent
	for row, err := range s.log.cfg.DB.Query(ctx, `SELECT source, pos, key, attempts, next_at, error, parked_at FROM parked
		WHERE (source, pos) > ($1, $2) ORDER BY source, pos LIMIT $3`, page.Key.Text, page.Key.Number, page.Limit()) {
		if err != nil {
			return nil, err
		}
		e, err := scanParked(row)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	resp := &eventv1.ListParkedEventsResponse{}
	resp.ParkedEvents, resp.NextPageToken = paging.Cut(page, all, func(e *eventv1.ParkedEvent) paging.Key {
		return paging.Key{Text: e.GetSource(), Number: e.GetPosition()}
	})
	return resp, nil
}

// ReplayParkedEvent implements EventService.
func (s *service) ReplayParkedEvent(ctx context.Context, req *eventv1.ReplayParkedEventRequest) (*eventv1.ParkedEvent, error) {
	return s.unpark(ctx, "replayed", req.GetSource(), req.GetPosition(), `UPDATE parked SET next_at = $3, attempts = 0 WHERE source = $1 AND key = $2`, time.Now().UnixMicro())
}

// SkipParkedEvent implements EventService.
func (s *service) SkipParkedEvent(ctx context.Context, req *eventv1.SkipParkedEventRequest) (*eventv1.ParkedEvent, error) {
	return s.unpark(ctx, "skipped", req.GetSource(), req.GetPosition(), `DELETE FROM parked WHERE source = $1 AND key = $2 AND pos = $3`, req.GetPosition())
}

// unpark changes the line that a parked event stands in; the statement takes its sender, its key and one value.
func (s *service) unpark(ctx context.Context, verb, source string, pos int64, statement string, value int64) (*eventv1.ParkedEvent, error) {
	var e *eventv1.ParkedEvent
	err := s.log.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		e, err = scanParked(tx.QueryRow(ctx, `SELECT source, pos, key, attempts, next_at, error, parked_at FROM parked
			WHERE source = $1 AND pos = $2`, source, pos))
		if errors.Is(err, sqldb.ErrNoRows) {
			return fault.Missing(ident.Name("parkedEvents", source, strconv.FormatInt(pos, 10)))
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, statement, source, e.GetKey(), value)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.log.cfg.Logger.InfoContext(ctx, "parked event taken in hand", slog.String("verb", verb), slog.String("source", source), slog.Int64("position", pos), slog.String("key", e.GetKey()))
	return e, nil
}

func scanParked(row sqldb.Row) (*eventv1.ParkedEvent, error) {
	e := &eventv1.ParkedEvent{}
	var next *int64
	var at int64
	if err := row.Scan(&e.Source, &e.Position, &e.Key, &e.AttemptCount, &next, &e.Error, &at); err != nil {
		return nil, err
	}
	if next != nil {
		e.NextAttemptTime = timestamppb.New(time.UnixMicro(*next))
	}
	e.ParkTime = timestamppb.New(time.UnixMicro(at))
	return e, nil
}
