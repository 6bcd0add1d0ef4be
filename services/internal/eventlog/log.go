package eventlog

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/otel/metric"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

//go:embed migrations/*.sql
var embedded embed.FS

// Migrations makes the tables of a log. They belong to the database of the service that owns the log.
func Migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil { // the directory is embedded above
		return embedded
	}
	return sub
}

// Applier applies events of one sender to the receiver's state, within the transaction that moves the mark. Events it
// does not know are not sent to it. An error that is the fault of one event's key is a [PoisonError]; see [Each].
type Applier func(ctx context.Context, tx *sqldb.Tx, batch Batch) error

// Batch is a stretch of one sender's events, in order.
type Batch struct {
	Source string
	Now    time.Time // the domain time of the delivery
	Events []*eventv1.Event
}

// Config says what a Log is for.
type Config struct {
	Service string           // the service that owns the log, such as Routing
	DB      *sqldb.DB        // its database
	Now     func() time.Time // domain time, in UTC microseconds
	Apply   Applier          // what the service does with the events it receives; nil if it receives none
	Logger  *slog.Logger
	Meter   metric.Meter
	Test    bool // whether records are made on a test clock
}

// Log is one service's end of the events: what it tells, and what it is told.
type Log struct {
	cfg     Config
	kinds   kinds
	pending sqldb.Local[[]*record]
	tail    tail
	wakes   map[string]chan struct{}
	parking *parking

	mu     sync.Mutex
	relays []*Relay // whose lag is published
}

// New opens a service's log. The tables of Migrations must exist.
func New(ctx context.Context, cfg Config) (*Log, error) {
	kinds, err := newKinds()
	if err != nil {
		return nil, err
	}
	l := &Log{cfg: cfg, kinds: kinds, wakes: make(map[string]chan struct{})}
	l.parking = &parking{log: l}
	for _, s := range services {
		l.wakes[s] = make(chan struct{}, 1)
	}
	head, err := l.head(ctx)
	if err != nil {
		return nil, fmt.Errorf("open event log of %s: %w", cfg.Service, err)
	}
	l.tail.start(head)
	return l, l.observe()
}

// head is the position of the newest event.
func (l *Log) head(ctx context.Context) (int64, error) {
	var pos int64
	err := l.cfg.DB.QueryRow(ctx, `SELECT pos FROM log_head WHERE id = 0`).Scan(&pos)
	return pos, err
}

// Key is what orders events: all events of one key are delivered in the order of their seq. Seq is the number of events
// told about the key so far; the row of the resource keeps it, and Emit moves it on.
type Key struct {
	Name string // such as `handoffs/{handoff}`
	Seq  *int64
}

// record is an event on its way into the log.
type record struct {
	pos   int64
	kind  kind
	at    int64
	event *eventv1.Event
	body  []byte
}

// Emit adds an event to the transaction. It fills in the envelope: id, source, type, key, seq, who and what caused it.
// The caller gives subject, time, payload, and the handoff, lead, playbook and partner that it belongs to; and the actor
// and the request of an event that only completes what another service's event began.
func (l *Log) Emit(ctx context.Context, tx *sqldb.Tx, key Key, e *eventv1.Event) error {
	kind, err := l.kinds.of(e)
	if err != nil {
		return err
	}
	*key.Seq++
	e.Source, e.Key, e.Seq = l.cfg.Service, key.Name, *key.Seq
	e.Id = e.GetSource() + "/" + e.GetKey() + "/" + strconv.FormatInt(e.GetSeq(), 10)
	e.Type = "handoff." + l.cfg.Service + "." + string(kind.name)
	e.Test = l.cfg.Test
	if e.GetSubject() == "" {
		e.Subject = key.Name
	}
	if e.GetTime() == nil {
		e.Time = timestamppb.New(l.cfg.Now())
	}
	stampCause(ctx, e)
	body, err := proto.Marshal(e)
	if err != nil {
		return fmt.Errorf("emit %s: %w", e.GetId(), err)
	}
	pending, _ := l.pending.In(tx)
	if len(*pending) == 0 {
		tx.BeforeCommitIn(sqldb.Telling, func(ctx context.Context) error {
			records := *pending
			*pending = nil
			return l.append(ctx, tx, records)
		})
	}
	*pending = append(*pending, &record{kind: kind, at: e.GetTime().AsTime().UnixMicro(), event: e, body: body})
	return nil
}

var logTable = &sqldb.Table{Name: "log", Columns: []sqldb.Column{
	{Name: "pos", Type: sqldb.Int}, {Name: "key", Type: sqldb.Text}, {Name: "seq", Type: sqldb.Int},
	{Name: "kind", Type: sqldb.Int}, {Name: "at", Type: sqldb.Int}, {Name: "destinations", Type: sqldb.Int},
	{Name: "body", Type: sqldb.Bytes},
}}

// append takes positions and writes the records. It runs last before the commit, so that the head row is locked for two
// statements and no longer.
func (l *Log) append(ctx context.Context, tx *sqldb.Tx, records []*record) error {
	var head int64
	err := tx.QueryRow(ctx, `UPDATE log_head SET pos = pos + $1 WHERE id = 0 RETURNING pos`, int64(len(records))).Scan(&head)
	if err != nil {
		return fmt.Errorf("take log positions: %w", err)
	}
	entries := make([]entry, len(records))
	for i, r := range records {
		r.pos = head - int64(len(records)) + int64(i) + 1
		tx.Insert(logTable, r.pos, r.event.GetKey(), r.event.GetSeq(), int64(r.kind.number), r.at, r.kind.destinations, r.body)
		entries[i] = entry{pos: r.pos, key: r.event.GetKey(), seq: r.event.GetSeq(), at: r.at, destinations: r.kind.destinations, body: r.body}
	}
	tx.AfterCommit(func() {
		l.tail.add(entries)
		l.wake()
	})
	return nil
}

// wake tells every relay that there may be something to do.
func (l *Log) wake() {
	for _, c := range l.wakes {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// entry is a row of the log.
type entry struct {
	pos          int64
	key          string
	seq          int64
	at           int64
	destinations int64
	body         []byte
}

// fingerprint tells this row from the row at the same place in another past.
func (e entry) fingerprint() string {
	return e.key + "|" + strconv.FormatInt(e.seq, 10) + "|" + strconv.FormatInt(e.at, 10)
}

// errNotDense says that the log has a gap: it was cleaned up to somewhere beyond the asked position.
var errNotDense = errors.New("event log is not dense")

// read gives up to n rows after a position.
func (l *Log) read(ctx context.Context, after int64, n int) ([]entry, error) {
	if rows, ok := l.tail.after(after, n); ok {
		return rows, nil
	}
	var out []entry
	for row, err := range l.cfg.DB.Query(ctx,
		`SELECT pos, key, seq, at, destinations, body FROM log WHERE pos > $1 ORDER BY pos LIMIT $2`, after, int64(n)) {
		if err != nil {
			return nil, err
		}
		var e entry
		if err := row.Scan(&e.pos, &e.key, &e.seq, &e.at, &e.destinations, &e.body); err != nil {
			return nil, err
		}
		if want := after + int64(len(out)) + 1; e.pos != want {
			return nil, fmt.Errorf("%w: found position %d, want %d", errNotDense, e.pos, want)
		}
		out = append(out, e)
	}
	return out, nil
}
