package eventlog

import (
	"context"
	"errors"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// How a parked event is tried again: five times, after 0.2, 0.4, 0.8, 1.6 and 3.2 seconds; then it waits for a person. These
// are real seconds, so on a test clock, where nothing happens by itself, it waits for a person at once.
const (
	maxAttempts  = 5
	firstBackoff = 200 * time.Millisecond
	retryEvery   = 200 * time.Millisecond
	retryBatch   = 100
)

// maxError is how many bytes are kept of what went wrong.
const maxError = 1000

var parkedTable = &sqldb.Table{Name: "parked", Columns: []sqldb.Column{
	{Name: "source", Type: sqldb.Text}, {Name: "pos", Type: sqldb.Int}, {Name: "key", Type: sqldb.Text},
	{Name: "seq", Type: sqldb.Int}, {Name: "event", Type: sqldb.Bytes}, {Name: "attempts", Type: sqldb.Int},
	{Name: "next_at", Type: sqldb.Int}, {Name: "error", Type: sqldb.Text}, {Name: "parked_at", Type: sqldb.Int},
	{Name: "changes", Type: sqldb.Int},
}}

// parking keeps the events that could not be applied.
type parking struct {
	log *Log
}

// divert parks the events that just failed and those behind them, and the events of keys that have parked ones already:
// theirs is the order.
func (p *parking) divert(ctx context.Context, tx *sqldb.Tx, source string, entries []*eventv1.LogEntry, bad map[string]*PoisonError) ([]*eventv1.LogEntry, error) {
	waiting, err := p.keys(ctx, tx, source)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	good := make([]*eventv1.LogEntry, 0, len(entries))
	for _, e := range entries {
		text := "waits behind a parked event of its key"
		if !waiting[e.GetKey()] {
			cause := bad[e.GetKey()]
			if cause == nil || e.GetSeq() < cause.Seq {
				good = append(good, e)
				continue
			}
			text, waiting[e.GetKey()] = wentWrong(cause.Err), true
		}
		tx.Insert(parkedTable, source, e.GetPosition(), e.GetKey(), e.GetSeq(), e.GetEvent(), int64(0),
			p.later(now, 0), text, now.UnixMicro(), int64(0))
	}
	return good, nil
}

// keys are the keys of a sender that have parked events.
func (p *parking) keys(ctx context.Context, tx *sqldb.Tx, source string) (map[string]bool, error) {
	keys := map[string]bool{}
	for row, err := range tx.Query(ctx, `SELECT DISTINCT key FROM parked WHERE source = $1`, source) {
		if err != nil {
			return nil, err
		}
		var key string
		if err := row.Scan(&key); err != nil {
			return nil, err
		}
		keys[key] = true
	}
	return keys, nil
}

// later is when an event is tried again that was tried again so often; nil if that takes a person.
func (p *parking) later(now time.Time, attempts int64) any {
	if p.log.cfg.Test || attempts >= maxAttempts {
		return nil
	}
	return now.Add(firstBackoff << attempts).UnixMicro()
}

// wentWrong is an error as it can be stored and shown.
func wentWrong(err error) string {
	text := strings.ToValidUTF8(strings.ReplaceAll(err.Error(), "\x00", ""), "\uFFFD")
	return strings.ToValidUTF8(text[:min(len(text), maxError)], "")
}

// parkedEvent is an event that waits.
type parkedEvent struct {
	source   string
	pos      int64
	event    []byte
	attempts int64
}

// retry tries the heads of all lines that are due. One that cannot be tried yet keeps no other.
func (p *parking) retry(ctx context.Context) error {
	due, err := p.due(ctx)
	if err != nil {
		return err
	}
	var waits []error
	for _, e := range due {
		switch err := p.again(ctx, e); {
		case errors.Is(err, ErrLater):
			waits = append(waits, err)
		case err != nil:
			return err
		}
	}
	return errors.Join(waits...)
}

// proceed tries the line of a key until it is empty, one of its events fails, or the context ends. Where the first has
// failed before, nothing is tried.
func (p *parking) proceed(ctx context.Context, source, key string) error {
	for ctx.Err() == nil {
		e := parkedEvent{source: source}
		err := p.log.cfg.DB.QueryRow(ctx, `SELECT pos, event, attempts FROM parked WHERE source = $1 AND key = $2 ORDER BY pos LIMIT 1`,
			source, key).Scan(&e.pos, &e.event, &e.attempts)
		if errors.Is(err, sqldb.ErrNoRows) || (err == nil && e.attempts > 0) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := p.again(ctx, e); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// due are the heads of lines, one a key, whose time has come.
func (p *parking) due(ctx context.Context) ([]parkedEvent, error) {
	var due []parkedEvent
	for row, err := range p.log.cfg.DB.Query(ctx, `SELECT p.source, p.pos, p.event, p.attempts FROM parked p
		WHERE p.next_at <= $1 AND NOT EXISTS (SELECT 1 FROM parked q WHERE q.source = p.source AND q.key = p.key AND q.pos < p.pos)
		ORDER BY p.source, p.pos LIMIT $2`, time.Now().UnixMicro(), int64(retryBatch)) {
		if err != nil {
			return nil, err
		}
		var e parkedEvent
		if err := row.Scan(&e.source, &e.pos, &e.event, &e.attempts); err != nil {
			return nil, err
		}
		due = append(due, e)
	}
	return due, nil
}

// again applies a parked event and takes it out of the line, in one transaction. If it fails again it waits longer, in
// the end for a person. Its error is only that of the circumstances.
func (p *parking) again(ctx context.Context, e parkedEvent) error {
	err := p.log.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return p.apply(ctx, tx, e)
	})
	var poison *PoisonError
	if !errors.As(err, &poison) {
		if errors.Is(err, errMoved) {
			return nil // another replica was faster
		}
		return err
	}
	return p.log.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE parked SET attempts = attempts + 1, next_at = $1, error = $2
			WHERE source = $3 AND pos = $4 AND attempts = $5`, p.later(time.Now(), e.attempts+1), wentWrong(poison.Err), e.source, e.pos, e.attempts)
		return err
	})
}

// apply takes an event out of the line and applies it.
func (p *parking) apply(ctx context.Context, tx *sqldb.Tx, e parkedEvent) error {
	n, err := tx.Exec(ctx, `DELETE FROM parked WHERE source = $1 AND pos = $2`, e.source, e.pos)
	if err != nil {
		return err
	}
	if n != 1 {
		return errMoved
	}
	event := &eventv1.Event{}
	if err := proto.Unmarshal(e.event, event); err != nil {
		return &PoisonError{Err: err}
	}
	linkCauses(ctx, []*eventv1.Event{event})
	return p.log.apply(ctx, tx, Batch{Source: e.source, Now: p.log.cfg.Now(), Events: []*eventv1.Event{event}})
}
