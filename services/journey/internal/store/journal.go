// Package store keeps the journal of all events, and what is still to be written to the tracing system.
package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"google.golang.org/protobuf/proto"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

//go:embed migrations/*.sql
var embedded embed.FS

// Migrations makes the tables of the journey service.
func Migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil { // the directory is embedded above
		return embedded
	}
	return sub
}

// Entry is an event and its place in the journal.
type Entry struct {
	Number     int64
	RecordedAt time.Time
	Event      *eventv1.Event
}

var journalTable = &sqldb.Table{Name: "journal", Columns: []sqldb.Column{
	{Name: "number", Type: sqldb.Int}, {Name: "event_id", Type: sqldb.Text}, {Name: "kind", Type: sqldb.Text},
	{Name: "handoff", Type: sqldb.Text}, {Name: "lead", Type: sqldb.Text}, {Name: "at", Type: sqldb.Int},
	{Name: "recorded_at", Type: sqldb.Int}, {Name: "body", Type: sqldb.Bytes},
}}

// Append writes events into the journal. Like the positions of an event log, the numbers are taken by the last statements
// before the commit: a reader of what follows a number misses nothing.
func Append(tx *sqldb.Tx, now time.Time, events []*eventv1.Event) {
	tx.BeforeCommit(func(ctx context.Context) error {
		var head int64
		err := tx.QueryRow(ctx, `UPDATE journal_head SET number = number + $1 WHERE id = 0 RETURNING number`, int64(len(events))).Scan(&head)
		if err != nil {
			return fmt.Errorf("take journal numbers: %w", err)
		}
		for i, e := range events {
			body, err := proto.Marshal(e)
			if err != nil {
				return fmt.Errorf("journal %s: %w", e.GetId(), err)
			}
			tx.Insert(journalTable, head-int64(len(events))+int64(i)+1, e.GetId(), e.GetType(), e.GetHandoff(), e.GetLead(),
				e.GetTime().AsTime().UnixMicro(), now.UnixMicro(), body)
		}
		return nil
	})
}

// Head is the number of the newest entry.
func Head(ctx context.Context, q sqldb.Querier) (int64, error) {
	var head int64
	err := q.QueryRow(ctx, `SELECT number FROM journal_head WHERE id = 0`).Scan(&head)
	return head, err
}

const columns = `SELECT number, recorded_at, body FROM journal `

// After reads entries after a number, of one type or of all, in order.
func After(ctx context.Context, q sqldb.Querier, number int64, kind string, limit int64) ([]Entry, error) {
	if kind == "" {
		return read(ctx, q, columns+`WHERE number > $1 ORDER BY number LIMIT $2`, number, limit)
	}
	return read(ctx, q, columns+`WHERE kind = $3 AND number > $1 ORDER BY number LIMIT $2`, number, limit, kind)
}

// OfHandoff reads the newest entries about a handoff, in order.
func OfHandoff(ctx context.Context, q sqldb.Querier, handoff string, limit int64) ([]Entry, error) {
	return read(ctx, q, `SELECT number, recorded_at, body FROM (`+columns+`WHERE handoff = $1 AND handoff <> '' ORDER BY number DESC LIMIT $2) AS newest
		ORDER BY number`, handoff, limit)
}

// OfLead reads the newest entries about a lead that belong to no handoff, up to an instant, in order.
func OfLead(ctx context.Context, q sqldb.Querier, lead string, until time.Time, limit int64) ([]Entry, error) {
	return read(ctx, q, `SELECT number, recorded_at, body FROM (`+columns+`WHERE lead = $1 AND lead <> '' AND handoff = '' AND at <= $2
		ORDER BY number DESC LIMIT $3) AS newest ORDER BY number`, lead, until.UnixMicro(), limit)
}

func read(ctx context.Context, q sqldb.Querier, query string, args ...any) ([]Entry, error) {
	var all []Entry
	for row, err := range q.Query(ctx, query, args...) {
		if err != nil {
			return nil, err
		}
		var e Entry
		var recorded int64
		var body []byte
		if err := row.Scan(&e.Number, &recorded, &body); err != nil {
			return nil, err
		}
		e.RecordedAt, e.Event = time.UnixMicro(recorded).UTC(), &eventv1.Event{}
		if err := proto.Unmarshal(body, e.Event); err != nil {
			return nil, fmt.Errorf("decode journal entry %d: %w", e.Number, err)
		}
		all = append(all, e)
	}
	return all, nil
}
