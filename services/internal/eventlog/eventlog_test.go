package eventlog_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

func TestEventsArriveInOrderAndOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		relay := sender.log.NewRelay(eventlog.Routing, receiver.client)
		sender.emit(t, "leads/a", 0, 2)
		drain(t, relay)
		sender.emit(t, "leads/a", 2, 1)
		sender.emit(t, "leads/b", 0, 1)
		drain(t, relay)
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client)) // another relay finds everything done
		want := append(ids("leads/a", 1, 3), ids("leads/b", 1, 1)...)
		if diff := cmp.Diff(want, receiver.applied(t)); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
	})
}

func TestARolledBackTransactionTellsNothingAndLeavesNoGap(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		relay := sender.log.NewRelay(eventlog.Routing, receiver.client)
		sender.emit(t, "leads/a", 0, 1)
		if err := sender.tell(t.Context(), "leads/x", 0, 5, errBad); !errors.Is(err, errBad) {
			t.Fatalf("got %v", err)
		}
		sender.emit(t, "leads/a", 1, 1)
		drain(t, relay)
		if diff := cmp.Diff(ids("leads/a", 1, 2), receiver.applied(t)); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
		if got := positions(t, sender.db); !dense(got) || len(got) != 2 {
			t.Errorf("got positions %v", got)
		}
	})
}

func TestAnEventOfALaterHookIsNotLost(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		err := sender.db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			if err := sender.put(ctx, tx, "leads/a", 0); err != nil {
				return err
			}
			// It runs after the hook that writes what was told so far.
			tx.BeforeCommitIn(sqldb.Telling, func(ctx context.Context) error { return sender.put(ctx, tx, "leads/a", 1) })
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
		if diff := cmp.Diff(ids("leads/a", 1, 2), receiver.applied(t)); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
	})
}

func TestTheHeadIsLockedAfterEverythingElse(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, _ *end) {
		err := sender.db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			if err := sender.put(ctx, tx, "leads/a", 0); err != nil {
				return err
			}
			tx.BeforeCommitIn(sqldb.Summing, func(ctx context.Context) error {
				var head int64
				if err := tx.QueryRow(ctx, `SELECT pos FROM log_head`).Scan(&head); err != nil || head != 0 {
					t.Errorf("the head stands at %d while others have work to do: %v", head, err)
				}
				return nil
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestConcurrentWritersLeaveTheLogDenseAtEveryMoment(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, _ *end) {
		const writers, events = 8, 25
		var writing sync.WaitGroup
		for w := range writers {
			writing.Go(func() {
				for i := range events {
					err := sender.tell(t.Context(), fmt.Sprintf("leads/%d", w), int64(i), 1, nil)
					if err != nil {
						t.Errorf("writer %d: %v", w, err)
					}
				}
			})
		}
		stop := make(chan struct{})
		go func() { writing.Wait(); close(stop) }()
		for done := false; !done; {
			select {
			case <-stop:
				done = true
			default:
			}
			if got := positions(t, sender.db); !dense(got) {
				t.Fatalf("a reader saw a gap: %v", got)
			}
		}
		if got := positions(t, sender.db); len(got) != writers*events {
			t.Errorf("got %d events, want %d", len(got), writers*events)
		}
	})
}

func TestTwoRelaysOfOneLogHaveOneEffect(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		const n = 200
		for i := range n {
			sender.emit(t, fmt.Sprintf("leads/%d", i%7), int64(i/7), 1)
		}
		var relays sync.WaitGroup
		for range 3 {
			relays.Go(func() {
				relay := sender.log.NewRelay(eventlog.Routing, receiver.client)
				for {
					delivered, err := relay.Step(t.Context())
					if err != nil {
						t.Error(err)
					}
					if !delivered {
						return
					}
				}
			})
		}
		relays.Wait()
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
		if got := receiver.applied(t); len(got) != n || len(unique(got)) != n {
			t.Errorf("got %d effects of %d events, want %d", len(got), len(unique(got)), n)
		}
	})
}

func TestADeliveryThatWasDoneIsAnsweredAndOneBeyondTheMarkIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		sender.emit(t, "leads/a", 0, 3)
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
		for name, req := range map[string]*eventv1.DeliverRequest{
			"again":     {Source: eventlog.Scoring, After: 0, Upto: 3, Entries: []*eventv1.LogEntry{{Position: 1, Key: "leads/a", Event: []byte{}}}},
			"beyond":    {Source: eventlog.Scoring, After: 7, Upto: 9, Entries: []*eventv1.LogEntry{{Position: 8, Key: "leads/a", Event: []byte{}}}},
			"where":     {Source: eventlog.Scoring},
			"whoIsThat": {Source: eventlog.Feedback},
		} {
			resp, err := receiver.client.Deliver(t.Context(), req)
			want := int64(3)
			if name == "whoIsThat" {
				want = 0
			}
			if err != nil || resp.GetMark() != want {
				t.Errorf("%s: got mark %d (%v), want %d", name, resp.GetMark(), err, want)
			}
		}
		if got := receiver.applied(t); len(got) != 3 {
			t.Errorf("got %v", got)
		}
	})
}

func TestWhenEverythingFailsNothingIsParked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		receiver.failing(func(*eventv1.Event) error { return errBad })
		for i := range 40 {
			sender.emit(t, fmt.Sprintf("leads/%02d", i), 0, 1)
		}
		relay := sender.log.NewRelay(eventlog.Routing, receiver.client)
		if _, err := relay.Step(t.Context()); err == nil {
			t.Fatal("the delivery was accepted")
		}
		if parked := receiver.parked(t); len(parked) != 0 {
			t.Errorf("got %d parked events", len(parked))
		}
		receiver.failing(nil)
		drain(t, relay)
		if got := receiver.applied(t); len(got) != 40 {
			t.Errorf("got %d events in the end", len(got))
		}
	})
}

func TestARestoredSenderIsFoundOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		sender.emit(t, "leads/a", 0, 3)
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
		restore(t, sender.db, 1)
		reopened := sender.open(t, eventlog.Scoring)
		if _, err := reopened.NewRelay(eventlog.Routing, receiver.client).Step(t.Context()); !errors.Is(err, eventlog.ErrDiverged) {
			t.Errorf("the log is shorter than the mark: got %v", err)
		}
		sender.log = reopened
		sender.emit(t, "leads/other", 0, 3)
		if _, err := reopened.NewRelay(eventlog.Routing, receiver.client).Step(t.Context()); !errors.Is(err, eventlog.ErrDiverged) {
			t.Errorf("the log has another past: got %v", err)
		}
		if got := receiver.applied(t); len(got) != 3 {
			t.Errorf("got %v", got)
		}
	})
}

func TestACleanLogStillDeliversAndStillKnowsItsPast(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		sender.emit(t, "leads/a", 0, 3)
		relay := sender.log.NewRelay(eventlog.Routing, receiver.client)
		drain(t, relay)
		mustExec(t, sender.db, `UPDATE log SET at = 0`)
		mustExec(t, receiver.db, `UPDATE mark SET fingerprint = 'leads/a|3|0'`)
		for _, dest := range sender.log.Destinations() {
			mustExec(t, sender.db, `INSERT INTO relay (destination, acked, owner, lease_until) VALUES ('`+dest+`', 3, '', 0)`)
		}
		if err := sender.log.Clean(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := positions(t, sender.db); len(got) != 1 || got[0] != 3 {
			t.Errorf("got positions %v, want the row at the mark", got)
		}
		sender.log = sender.open(t, eventlog.Scoring)
		sender.emit(t, "leads/a", 3, 1)
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
		if diff := cmp.Diff(ids("leads/a", 1, 4), receiver.applied(t)); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
	})
}

func TestRunningRelaysDeliverWhatOtherProcessesWrite(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		other := sender.open(t, eventlog.Scoring) // another process with the same database: no wake-up reaches it
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = other.NewRelay(eventlog.Routing, receiver.client).Run(ctx) }() // ends with the context
		sender.emit(t, "leads/a", 0, 2)
		eventually(t, "the events arrive", func() bool { return len(receiver.applied(t)) == 2 })
	})
}

func positions(t *testing.T, db *sqldb.DB) []int64 {
	t.Helper()
	var all []int64
	for row, err := range db.Query(t.Context(), `SELECT pos FROM log ORDER BY pos`) {
		if err != nil {
			t.Fatal(err)
		}
		var pos int64
		if err := row.Scan(&pos); err != nil {
			t.Fatal(err)
		}
		all = append(all, pos)
	}
	return all
}

func dense(positions []int64) bool {
	for i, p := range positions {
		if p != int64(i)+1 {
			return false
		}
	}
	return true
}

func unique(ids []string) map[string]bool {
	set := map[string]bool{}
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// restore takes the log back to an earlier position, as a restored database is.
func restore(t *testing.T, db *sqldb.DB, to int64) {
	t.Helper()
	mustExec(t, db, fmt.Sprintf(`DELETE FROM log WHERE pos > %d`, to))
	mustExec(t, db, fmt.Sprintf(`UPDATE log_head SET pos = %d`, to))
}

func mustExec(t *testing.T, db *sqldb.DB, statement string) {
	t.Helper()
	err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, statement)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
