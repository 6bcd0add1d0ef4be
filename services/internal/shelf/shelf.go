// Package shelf keeps the playbook versions that a service works by.
//
// A version that comes into force arrives as an event, and is stored with the service's own data. An event may name a
// version before that one has arrived, for senders keep no common order: then it is fetched from the playbook service. A
// version never changes, so what is known is kept in memory, in the form that the service wants it in.
package shelf

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

//go:embed migrations/*.sql
var embedded embed.FS

// Migrations makes the table of versions.
func Migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil { // the directory is embedded above
		return embedded
	}
	return sub
}

// Version is a playbook version as a service works by it.
type Version[T any] struct {
	Number int64
	Hash   string
	Policy T // what the service made of the document
}

// Name is the version's resource name; empty for no version.
func (v Version[T]) Name() string {
	if v.Number == 0 {
		return ""
	}
	return "playbooks/" + strconv.FormatInt(v.Number, 10)
}

// Shelf keeps the versions of one service.
type Shelf[T any] struct {
	compile func(*playbookv1.Document) (T, error)
	client  playbookv1.PlaybookServiceClient

	mu    sync.RWMutex
	known map[int64]Version[T]
}

// New makes an empty shelf. compile turns a document into what the service wants; it must be pure. The client is asked
// for versions that have not arrived yet.
func New[T any](client playbookv1.PlaybookServiceClient, compile func(*playbookv1.Document) (T, error)) *Shelf[T] {
	return &Shelf[T]{compile: compile, client: client, known: make(map[int64]Version[T])}
}

// Number is the number in a playbook's name; 0 if it has none.
func Number(name string) int64 {
	n, err := strconv.ParseInt(strings.TrimPrefix(name, "playbooks/"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Put stores a version that came into force.
func (s *Shelf[T]) Put(ctx context.Context, tx *sqldb.Tx, e *eventv1.Event) (Version[T], error) {
	activated := e.GetPlaybookActivated()
	v, err := s.make(Number(activated.GetPlaybook()), activated.GetHash(), activated.GetDocument())
	if err != nil {
		return v, err
	}
	if err := put(ctx, tx, v.Number, v.Hash, activated.GetDocument(), e.GetTime().AsTime().UnixMicro()); err != nil {
		return v, err
	}
	tx.AfterCommit(func() { s.keep(v) })
	return v, nil
}

// Active is the version in force as of an instant, by what has arrived: the one that was activated last. Without one it
// is PLAYBOOK_NOT_ACTIVE.
func (s *Shelf[T]) Active(ctx context.Context, q sqldb.Querier, asOf time.Time) (Version[T], error) {
	var number int64
	err := q.QueryRow(ctx, `SELECT version FROM playbook_copy WHERE activated_at <= $1 ORDER BY activated_at DESC, version DESC LIMIT 1`,
		asOf.UnixMicro()).Scan(&number)
	if errors.Is(err, sqldb.ErrNoRows) {
		return Version[T]{}, fault.New(fault.Conflict, errorsv1.ErrorReason_ERROR_REASON_PLAYBOOK_NOT_ACTIVE, "no playbook is active yet")
	}
	if err != nil {
		return Version[T]{}, fmt.Errorf("look up active playbook: %w", err)
	}
	return s.Get(ctx, q, number)
}

// Since is when a version that has arrived came into force.
func (s *Shelf[T]) Since(ctx context.Context, q sqldb.Querier, number int64) (time.Time, error) {
	var at int64
	err := q.QueryRow(ctx, `SELECT activated_at FROM playbook_copy WHERE version = $1`, number).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("look up playbook %d: %w", number, err)
	}
	return time.UnixMicro(at).UTC(), nil
}

// Get is a version by its number: from memory, from the database, or from the playbook service. What was read is kept even
// if the transaction that read it is undone: a version has one content, wherever it is found.
func (s *Shelf[T]) Get(ctx context.Context, q sqldb.Querier, number int64) (Version[T], error) {
	s.mu.RLock()
	v, ok := s.known[number]
	s.mu.RUnlock()
	if ok {
		return v, nil
	}
	v, err := s.stored(ctx, q, number)
	if errors.Is(err, sqldb.ErrNoRows) {
		v, err = s.fetch(ctx, number)
	}
	if err != nil {
		return v, err
	}
	s.keep(v)
	return v, nil
}

func (s *Shelf[T]) stored(ctx context.Context, q sqldb.Querier, number int64) (Version[T], error) {
	var hash string
	var raw []byte
	if err := q.QueryRow(ctx, `SELECT hash, document FROM playbook_copy WHERE version = $1`, number).Scan(&hash, &raw); err != nil {
		return Version[T]{}, err
	}
	doc := &playbookv1.Document{}
	if err := proto.Unmarshal(raw, doc); err != nil {
		return Version[T]{}, fmt.Errorf("decode playbook %d: %w", number, err)
	}
	return s.make(number, hash, doc)
}

// fetch asks the playbook service. That it cannot answer now will pass; that there is no such version will not, for one is
// stored before anything names it.
func (s *Shelf[T]) fetch(ctx context.Context, number int64) (Version[T], error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	p, err := s.client.GetPlaybook(ctx, &playbookv1.GetPlaybookRequest{Name: "playbooks/" + strconv.FormatInt(number, 10)})
	switch f := fault.As(err); {
	case f != nil && f.Kind == fault.NotFound:
		return Version[T]{}, fmt.Errorf("fetch playbook %d: %w", number, err)
	case err != nil:
		return Version[T]{}, fmt.Errorf("fetch playbook %d: %w: %w", number, eventlog.ErrLater, err)
	}
	return s.make(number, p.GetHash(), p.GetDocument())
}

func (s *Shelf[T]) make(number int64, hash string, doc *playbookv1.Document) (Version[T], error) {
	policy, err := s.compile(doc)
	if err != nil {
		return Version[T]{}, fmt.Errorf("read playbook %d: %w", number, err)
	}
	return Version[T]{Number: number, Hash: hash, Policy: policy}, nil
}

func (s *Shelf[T]) keep(v Version[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known[v.Number] = v
}

func put(ctx context.Context, tx *sqldb.Tx, number int64, hash string, doc *playbookv1.Document, activatedAt int64) error {
	raw, err := proto.Marshal(doc)
	if err != nil {
		return fmt.Errorf("store playbook %d: %w", number, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO playbook_copy (version, hash, document, activated_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (version) DO UPDATE SET activated_at = excluded.activated_at`, number, hash, raw, activatedAt)
	return err
}
