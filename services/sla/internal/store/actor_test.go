package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/sla/internal/burst"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// act is what an actor did with a handoff.
func act(actor, id string, after time.Duration) store.Activity {
	return store.Activity{Handoff: "h1", ID: id, Type: 3, Rep: actor, Actor: actor, OccurAt: at(after), RecordAt: at(time.Hour)}
}

// add stores activities of a handoff that follows a playbook.
func add(t *testing.T, db *sqldb.DB, all ...store.Activity) {
	t.Helper()
	err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		locked, err := store.Lock(ctx, tx, "h1")
		if err != nil {
			return err
		}
		for _, a := range all {
			store.AddActivity(tx, a)
		}
		locked["h1"].Playbook = 7
		return store.Put(tx, locked["h1"])
	})
	if err != nil {
		t.Fatal(err)
	}
}

func near(t *testing.T, db *sqldb.DB, actor string, after time.Duration) []store.Paced {
	t.Helper()
	found, err := store.Near(t.Context(), db, actor, at(after))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestNearLooksAsFarAsABurstReaches(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		vouched := act("reps/ann", "c", 0)
		vouched.Source, vouched.Vouched, vouched.Suspect = "dialer", true, true
		add(t, db, act("reps/ann", "a", -burst.MaxWithin), act("reps/ann", "b", -burst.MaxWithin+time.Microsecond), vouched, act("reps/bob", "d", 0),
			act("", "e", 0), act("reps/ann", "f", burst.MaxWithin-time.Microsecond), act("reps/ann", "g", burst.MaxWithin))
		paced := func(id string, after time.Duration) store.Paced {
			return store.Paced{Handoff: "h1", Playbook: 7, ID: id, Rep: "reps/ann", OccurAt: at(after)}
		}
		want := []store.Paced{paced("b", -burst.MaxWithin+time.Microsecond), paced("c", 0), paced("f", burst.MaxWithin-time.Microsecond)}
		want[1].Source, want[1].Vouched, want[1].Suspect = "dialer", true, true
		if diff := cmp.Diff(want, near(t, db, "reps/ann", 0)); diff != "" {
			t.Errorf("near (-want +got):\n%s", diff)
		}
		if got := near(t, db, "", 0); len(got) != 0 {
			t.Errorf("nobody did %v", got)
		}
	})
}

// TestNearLooksAtAFewOfMany: a large import costs no more a row than a small one.
func TestNearLooksAtAFewOfMany(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		var all []store.Activity
		for i := range 5 * burst.MaxCount {
			all = append(all, act("reps/ann", fmt.Sprintf("%04d", i), time.Duration(i)*time.Millisecond))
		}
		add(t, db, all...)
		got := near(t, db, "reps/ann", 250*time.Millisecond)
		if first, last := got[0].ID, got[len(got)-1].ID; len(got) != 4*burst.MaxCount || first != "0051" || last != "0450" {
			t.Errorf("got %d from %s to %s", len(got), first, last)
		}
	})
}

func TestActivitiesAreFlaggedAndConfirmed(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		machines := act("", "b", 0)
		machines.Automated = true
		add(t, db, act("reps/ann", "a", 0), machines)
		want := act("reps/ann", "a", 0)
		want.Suspect, want.ConfirmAt = true, at(time.Minute)
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			return errors.Join(store.LockActor(ctx, tx, "reps/ann"), store.LockActor(ctx, tx, "reps/ann"),
				store.Flag(ctx, tx, store.Paced{Handoff: "h1", ID: "a", OccurAt: at(0)}), store.Confirm(ctx, tx, want))
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := store.ActivityOf(t.Context(), db, "h1", "a")
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v, activity (-want +got):\n%s", err, diff)
		}
		judgeable, err := store.Judgeable(t.Context(), db, "h1")
		if diff := cmp.Diff([]store.Activity{want}, judgeable); err != nil || diff != "" {
			t.Errorf("%v, judgeable (-want +got):\n%s", err, diff)
		}
		if _, err := store.ActivityOf(t.Context(), db, "h2", "a"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("of no handoff: %v", err)
		}
	})
}
