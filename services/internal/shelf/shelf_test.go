package shelf_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// library is a playbook service that has the versions up to newest, or is away.
type library struct {
	playbookv1.PlaybookServiceClient
	newest int64
	away   error
	asked  int
}

// GetPlaybook implements PlaybookServiceClient.
func (l *library) GetPlaybook(_ context.Context, req *playbookv1.GetPlaybookRequest, _ ...grpc.CallOption) (*playbookv1.Playbook, error) {
	l.asked++
	switch {
	case l.away != nil:
		return nil, l.away
	case shelf.Number(req.GetName()) > l.newest:
		return nil, fault.Missing(req.GetName())
	}
	return &playbookv1.Playbook{Name: req.GetName(), Hash: "hash", Document: document()}, nil
}

func document() *playbookv1.Document { return &playbookv1.Document{Playbook: "ours"} }

func name(d *playbookv1.Document) (string, error) { return d.GetPlaybook(), nil }

func activated(name string, at time.Time) *eventv1.Event {
	return &eventv1.Event{Time: timestamppb.New(at), Payload: &eventv1.Event_PlaybookActivated{
		PlaybookActivated: &eventv1.PlaybookActivated{Playbook: name, Hash: "hash", Document: document()}}}
}

var start = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)

func TestAVersionThatHasNotArrivedIsFetchedOnce(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, shelf.Migrations(), func(t *testing.T, db *sqldb.DB) {
		playbooks := &library{newest: 7}
		s := shelf.New(playbooks, name)
		for range 2 {
			v, err := s.Get(t.Context(), db, 7)
			if err != nil || v.Number != 7 || v.Policy != "ours" || v.Name() != "playbooks/7" {
				t.Fatalf("got %+v, %v", v, err)
			}
		}
		if playbooks.asked != 1 {
			t.Errorf("the playbook service was asked %d times", playbooks.asked)
		}
	})
}

// What waits for the playbook service is repeated until it answers; what names a version that there is not would be
// repeated for ever, and everything behind it would wait.
func TestOnlyAPlaybookServiceThatIsAwayIsWaitedFor(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, shelf.Migrations(), func(t *testing.T, db *sqldb.DB) {
		playbooks := &library{newest: 7}
		s := shelf.New(playbooks, name)
		_, err := s.Get(t.Context(), db, 8)
		if err == nil || errors.Is(err, eventlog.ErrLater) {
			t.Errorf("a version that there is not: got %v", err)
		}
		playbooks.away = fault.New(fault.Unavailable, errorsv1.ErrorReason_ERROR_REASON_UNAVAILABLE, "not now")
		if _, err = s.Get(t.Context(), db, 7); !errors.Is(err, eventlog.ErrLater) {
			t.Errorf("the service is away: got %v", err)
		}
	})
}

func TestTheVersionInForceIsTheOneActivatedLast(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, shelf.Migrations(), func(t *testing.T, db *sqldb.DB) {
		s := shelf.New(&library{}, name)
		if _, err := s.Active(t.Context(), db, start); fault.As(err) == nil {
			t.Errorf("before the first: got %v", err)
		}
		put(t, db, s, activated("playbooks/2", start.Add(time.Hour)), nil)
		put(t, db, s, activated("playbooks/1", start), nil) // it arrives late
		for hours, want := range map[time.Duration]int64{0: 1, 1: 2, 2: 2} {
			if v, err := s.Active(t.Context(), db, start.Add(hours*time.Hour)); err != nil || v.Number != want {
				t.Errorf("after %d hours: got %+v, %v", hours, v, err)
			}
		}
	})
}

func TestAVersionWhoseTransactionIsUndoneIsNotInForce(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, shelf.Migrations(), func(t *testing.T, db *sqldb.DB) {
		s, undone := shelf.New(&library{newest: 3}, name), errors.New("undone")
		put(t, db, s, activated("playbooks/1", start), nil)
		put(t, db, s, activated("playbooks/3", start.Add(time.Hour)), undone)
		if v, err := s.Active(t.Context(), db, start.Add(2*time.Hour)); err != nil || v.Number != 1 {
			t.Errorf("in force: got %+v, %v", v, err)
		}
		if v, err := s.Get(t.Context(), db, 3); err != nil || v.Policy != "ours" { // what was read meanwhile is as true as before
			t.Errorf("got %+v, %v", v, err)
		}
	})
}

// put stores a version, reads it in the same transaction, and ends that with an outcome.
func put(t *testing.T, db *sqldb.DB, s *shelf.Shelf[string], e *eventv1.Event, outcome error) {
	t.Helper()
	err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		v, err := s.Put(ctx, tx, e)
		if err != nil {
			return err
		}
		if _, err := s.Get(ctx, tx, v.Number); err != nil {
			return err
		}
		return outcome
	})
	if !errors.Is(err, outcome) {
		t.Fatal(err)
	}
}
