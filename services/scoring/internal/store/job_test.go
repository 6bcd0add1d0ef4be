package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// What somebody read of a job without a lock tells whether it is still the same job in the same place.
func TestAJobThatWentOnOrWasDoneIsToldFromOneThatWasAskedForAgain(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	const id = "everybody"
	plan := func(ctx context.Context, tx *sqldb.Tx) error {
		return store.Plan(ctx, tx, map[string]store.Scope{id: {}}, now)
	}
	proceed := func(to record.Course) step {
		return func(ctx context.Context, tx *sqldb.Tx) error { return store.Proceed(ctx, tx, id, to, now) }
	}
	finish := func(ctx context.Context, tx *sqldb.Tx) error { return store.Finish(ctx, tx, id) }
	for name, c := range map[string]struct {
		meanwhile []step
		moved     bool
	}{
		"nothing happened":                   {nil, false},
		"it was asked for again":             {[]step{plan}, false},
		"it went on":                         {[]step{proceed(record.Course{After: "m"})}, true},
		"it went on, and was asked for":      {[]step{proceed(record.Course{After: "m"}), plan}, true},
		"its second round came to the place": {[]step{proceed(record.Course{Upto: "x", Second: true})}, true},
		"it was done, and planned anew":      {[]step{finish, plan}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sqldbtest.Each(t, migrations(t), func(t *testing.T, db *sqldb.DB) {
				in := func(do step) {
					t.Helper()
					if err := db.InTx(t.Context(), do); err != nil {
						t.Fatal(err)
					}
				}
				in(plan)
				read, err := store.DueJob(t.Context(), db, now)
				if err != nil {
					t.Fatal(err)
				}
				for _, do := range c.meanwhile {
					in(do)
				}
				in(func(ctx context.Context, tx *sqldb.Tx) error {
					held, err := store.LockJob(ctx, tx, id)
					if err == nil && held.Moved(read) != c.moved {
						t.Errorf("moved: %v, want %v", !c.moved, c.moved)
					}
					return err
				})
				later := now.Add(time.Hour)
				in(func(ctx context.Context, tx *sqldb.Tx) error { return store.PutOff(ctx, tx, read, later) })
				if due, _, err := store.NextJob(t.Context(), db); err != nil || due.Equal(later) != (c.meanwhile == nil) {
					t.Errorf("it is due at %v, %v", due, err)
				}
			})
		})
	}
}
