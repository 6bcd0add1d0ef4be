package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/soon"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// write runs a transaction.
func write(t *testing.T, db *sqldb.DB, fn func(ctx context.Context, tx *sqldb.Tx) error) {
	t.Helper()
	if err := db.InTx(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// ticking stores a handoff with a clock that is due after a while.
func ticking(t *testing.T, db *sqldb.DB, id string, due time.Duration) {
	t.Helper()
	write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
		all, err := store.Lock(ctx, tx, id)
		if err != nil {
			return err
		}
		h := all[id]
		h.Moved = true
		store.PutClock(tx, id, store.Row(deadline.Clock{Kind: deadline.Assign, Run: 1, State: deadline.Running, Start: start, Due: at(due)}, 0))
		return store.Put(tx, h)
	})
}

func TestAClaimKnowsWhatHasNotChanged(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		ids := []string{"answered", "new", "same", "touched"}
		for _, id := range ids {
			ticking(t, db, id, 0)
		}
		known, err := store.Get(t.Context(), db, "answered", "same", "touched")
		if err != nil {
			t.Fatal(err)
		}
		ticking(t, db, "answered", time.Hour) // it is not due any more
		ticking(t, db, "touched", 0)
		write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			claimed, busy, err := store.Claim(ctx, tx, ids, known, at(time.Minute))
			if err != nil {
				return err
			}
			if len(busy) != 0 {
				t.Errorf("busy are %v, want none", busy)
			}
			if len(claimed) != 3 || claimed["answered"] != nil {
				t.Errorf("claimed %v, want all but the one that is not due", claimed)
			}
			if claimed["same"] != known["same"] {
				t.Error("what had not changed was read again")
			}
			if claimed["touched"] == known["touched"] || claimed["touched"].Version != known["touched"].Version+1 {
				t.Error("what had changed was taken for known")
			}
			return nil
		})
	})
}

func TestAClaimLeavesOutWhatSomebodyElseHasLocked(t *testing.T) {
	t.Parallel()
	db := sqldbtest.PostgresDB(t, store.Migrations())
	for _, id := range []string{"busy", "free"} {
		ticking(t, db, id, 0)
	}
	locked, done, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := store.Lock(ctx, tx, "busy")
			close(locked)
			<-done
			return err
		})
	}()
	<-locked
	write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
		claimed, busy, err := store.Claim(ctx, tx, []string{"busy", "free"}, nil, at(time.Minute))
		if len(claimed) != 1 || claimed["free"] == nil || !slices.Equal(busy, []string{"busy"}) {
			t.Errorf("claimed %v, busy are %v; want the one that is free, and the other", claimed, busy)
		}
		return err
	})
	close(done)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestAHandoffAdvances stores nothing but what was told.
func TestAHandoffAdvances(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		for _, id := range []string{"told", "silent"} {
			ticking(t, db, id, 0)
		}
		var before map[string]*store.Handoff
		write(t, db, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			if before, err = store.Lock(ctx, tx, "told", "silent"); err != nil {
				return err
			}
			before["told"].Events += 2
			store.Advance(tx, before["silent"])
			store.Advance(tx, before["told"])
			return nil
		})
		after, err := store.Get(t.Context(), db, "told", "silent")
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]struct{ events, version int64 }{"told": {2, 2}, "silent": {0, 1}} {
			if got := after[id]; got.Events != want.events || got.Version != want.version {
				t.Errorf("%s: %d events, version %d; want %+v", id, got.Events, got.Version, want)
			}
		}
	})
}

func TestWhatIsDueSoonIsFoundInOrder(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		for id, due := range map[string]time.Duration{"d": time.Minute, "c": time.Second, "a": time.Minute, "later": time.Hour} {
			ticking(t, db, id, due)
		}
		found, err := store.Soon(t.Context(), db, at(time.Minute+deadline.Settle), 9)
		if err != nil {
			t.Fatal(err)
		}
		settled := func(due time.Duration) int64 { return at(due + deadline.Settle).UnixMicro() }
		want := []soon.Entry{{At: settled(time.Second), Handoff: "c"}, {At: settled(time.Minute), Handoff: "a"}, {At: settled(time.Minute), Handoff: "d"}}
		if !slices.Equal(found, want) {
			t.Errorf("found %v, want %v", found, want)
		}
	})
}
