package eventlog

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// place is where a parked event comes from: the sender and the position in its log.
type place struct {
	source string
	pos    int64
}

// place reads the name of a parked event of this service.
func (p *parking) place(name string) (place, error) {
	ids := ident.Parse(name, "services", "parkedEvents")
	source, number, _ := strings.Cut(ids[1], "-")
	pos, err := strconv.ParseInt(number, 10, 64)
	if err != nil || ids[0] != p.log.cfg.Service {
		return place{}, fault.Missing(name)
	}
	return place{source, pos}, nil
}

// name is the name of what is parked at a place in a service.
func (at place) name(service string) string {
	return ident.Name("services", service, "parkedEvents", at.source+"-"+strconv.FormatInt(at.pos, 10))
}

// reader runs a statement that reads.
type reader interface {
	QueryRow(ctx context.Context, query string, args ...any) sqldb.Row
}

// shown are the columns that scan reads.
const shown = `p.source, p.pos, p.key, p.event, p.attempts, p.next_at, p.error, p.parked_at,
	CASE WHEN EXISTS (SELECT 1 FROM parked q WHERE q.source = p.source AND q.key = p.key AND q.pos < p.pos) THEN 1 ELSE 0 END`

// show is the event that is parked at a place.
func (p *parking) show(ctx context.Context, from reader, at place) (*eventv1.ParkedEvent, error) {
	e, err := p.scan(from.QueryRow(ctx, `SELECT `+shown+` FROM parked p WHERE p.source = $1 AND p.pos = $2`, at.source, at.pos))
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, fault.Missing(at.name(p.log.cfg.Service))
	}
	return e, err
}

// list is up to n parked events behind a place, by sender and position.
func (p *parking) list(ctx context.Context, after place, n int64) ([]*eventv1.ParkedEvent, error) {
	var all []*eventv1.ParkedEvent
	for row, err := range p.log.cfg.DB.Query(ctx, `SELECT `+shown+` FROM parked p
		WHERE (p.source, p.pos) > ($1, $2) ORDER BY p.source, p.pos LIMIT $3`, after.source, after.pos, n) {
		if err != nil {
			return nil, err
		}
		e, err := p.scan(row)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// scan reads a parked event as it is shown. Of the event's content it shows nothing; one that cannot be decoded is shown
// all the same.
func (p *parking) scan(row sqldb.Row) (*eventv1.ParkedEvent, error) {
	e := &eventv1.ParkedEvent{}
	var body []byte
	var next *int64
	var at, behind int64
	if err := row.Scan(&e.Source, &e.Position, &e.Key, &body, &e.AttemptCount, &next, &e.Error, &at, &behind); err != nil {
		return nil, err
	}
	e.Name = place{e.GetSource(), e.GetPosition()}.name(p.log.cfg.Service)
	e.ParkTime = timestamppb.New(time.UnixMicro(at))
	switch {
	case behind == 1:
		e.State = eventv1.ParkedEvent_STATE_QUEUED
	case next == nil:
		e.State = eventv1.ParkedEvent_STATE_STUCK
	default:
		e.State, e.NextAttemptTime = eventv1.ParkedEvent_STATE_RETRYING, timestamppb.New(time.UnixMicro(*next))
	}
	event := &eventv1.Event{}
	if proto.Unmarshal(body, event) == nil {
		e.EventId, e.Type, e.OccurTime = event.GetId(), event.GetType(), event.GetTime()
		e.Handoff, e.Lead = event.GetHandoff(), event.GetLead()
	}
	return e, nil
}

// lock locks what is parked at a place, and gives how many audit events were told of it.
func (p *parking) lock(ctx context.Context, tx *sqldb.Tx, at place) (int64, error) {
	var told int64
	err := tx.QueryRow(ctx, `UPDATE parked SET changes = changes + 1 WHERE source = $1 AND pos = $2 RETURNING changes - 1`, at.source, at.pos).Scan(&told)
	if errors.Is(err, sqldb.ErrNoRows) {
		return 0, fault.Missing(at.name(p.log.cfg.Service))
	}
	return told, err
}

// replay makes the whole line of a parked event due.
func (p *parking) replay(ctx context.Context, tx *sqldb.Tx, e *eventv1.ParkedEvent) (*eventv1.ParkedEvent, error) {
	_, err := tx.Exec(ctx, `UPDATE parked SET next_at = $1, attempts = 0 WHERE source = $2 AND key = $3`,
		time.Now().UnixMicro(), e.GetSource(), e.GetKey())
	if err != nil {
		return nil, err
	}
	return p.show(ctx, tx, place{e.GetSource(), e.GetPosition()})
}

// skip takes a parked event out of its line.
func (p *parking) skip(ctx context.Context, tx *sqldb.Tx, e *eventv1.ParkedEvent, reason string) (*eventv1.ParkedEvent, error) {
	_, err := tx.Exec(ctx, `DELETE FROM parked WHERE source = $1 AND pos = $2`, e.GetSource(), e.GetPosition())
	e.State, e.NextAttemptTime, e.SkipReason = eventv1.ParkedEvent_STATE_SKIPPED, nil, reason
	return e, err
}
