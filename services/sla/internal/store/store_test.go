package store_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

var start = time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)

func at(after time.Duration) time.Time { return start.Add(after) }

func TestAHandoffIsReadAsItWasStored(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		lacking := int64(2)
		want := &store.Handoff{ID: "h1", Lead: "l1", Partner: "p1", Playbook: 3, Lacking: &lacking, Reason: 4, Events: 5,
			Clocks: map[store.ClockKey]store.Clock{}}
		want.Facts.Qualify(at(0))
		want.Facts.Open("T1")
		want.Facts.Assign(1, "reps/ann", "berlin", at(time.Microsecond))
		want.Facts.Answer(1, true, at(time.Hour))
		want.Facts.ChangeTier("", at(2*time.Hour))
		want.Facts.Act(deadline.Act{Occurred: at(-time.Hour), Recorded: at(time.Hour), Deed: deadline.Call})
		want.Facts.Close(deadline.Closing{At: at(3 * time.Hour), Step: deadline.StepDispose, Outcome: deadline.OutcomeSQL, Assignment: 1})
		want.Facts.Merge(at(4 * time.Hour))
		row := store.Row(deadline.Clock{Kind: deadline.Accept, Run: 1, State: deadline.Cancelled, Reason: deadline.Duplicate, Tier: "T1", Rep: "reps/ann",
			Start: at(0), AtRisk: at(1), Due: at(time.Hour), Stop: at(time.Minute), Elapsed: time.Minute, Answered: true, Calendar: "us", Edition: 2}, 5)
		want.Clocks[row.ClockKey] = row

		var got *store.Handoff
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			all, err := store.Lock(ctx, tx, "h1", "h2", "h1")
			if err != nil || len(all) != 2 {
				return fmt.Errorf("locked %d handoffs: %w", len(all), err)
			}
			if err := store.Put(tx, want); err != nil {
				return err
			}
			store.PutClock(tx, "h1", row)
			found, err := store.Get(ctx, tx, "h1")
			got = found["h1"]
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(store.Handoff{})); diff != "" {
			t.Errorf("handoff (-want +got):\n%s", diff)
		}
	})
}

// TestAClockIsReadAsItWasMoved has time move a clock, and everything of it change one after the other.
func TestAClockIsReadAsItWasMoved(t *testing.T) {
	t.Parallel()
	key := store.ClockKey{Kind: deadline.Accept, Run: 2}
	first := store.Clock{ClockKey: key, State: deadline.Running, Reason: deadline.Duplicate, Tier: "T1", Rep: "reps/ann", Pool: "berlin",
		Calendar: "us", Edition: 2, StartAt: 10, RiskAt: 20, DueAt: 30, StopAt: 40, Elapsed: 5, Goal: 6, Causes: "1,2", Told: 1,
		NextAt: 30, ChangedAt: 11, ChangedBy: "lead_qualified"}
	moved := first
	moved.State, moved.Elapsed, moved.Causes, moved.Told, moved.NextAt = deadline.Overdue, 25, "3", 3, 0
	moved.ChangedAt, moved.ChangedBy = 31, store.TimePassed
	all := []store.Clock{first, moved}
	other := reflect.ValueOf(store.Clock{Reason: deadline.Disqualified, Tier: "T2", Rep: "reps/bob", Pool: "paris", Calendar: "fr", Edition: 3, StartAt: 12,
		RiskAt: 22, DueAt: 32, StopAt: 42, Answered: true, Goal: 7})
	for i := range other.NumField() {
		if next := all[len(all)-1]; !other.Field(i).IsZero() {
			reflect.ValueOf(&next).Elem().Field(i).Set(other.Field(i))
			all = append(all, next)
		}
	}
	sqldbtest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		write(t, db, func(ctx context.Context, tx *sqldb.Tx) error { _, err := store.Lock(ctx, tx, "h1"); return err })
		var old store.Clock
		for _, want := range all {
			write(t, db, func(_ context.Context, tx *sqldb.Tx) error { store.MoveClock(tx, "h1", old, want); return nil })
			found, err := store.Get(t.Context(), db, "h1")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, found["h1"].Clocks[key]); diff != "" {
				t.Errorf("clock (-want +got):\n%s", diff)
			}
			old = want
		}
	})
}

// TestACalendarWaitsForWhoReckonsByIt changes a calendar, or makes one, while a transaction still reckons by what it was.
func TestACalendarWaitsForWhoReckonsByIt(t *testing.T) {
	t.Parallel()
	db := sqldbtest.PostgresDB(t, store.Migrations())
	changed := make(chan error, 1)
	change := func() {
		changed <- db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := store.ReserveCalendar(ctx, tx, "us")
			if !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("reserved a calendar: %w", err)
			}
			return store.PutCalendar(ctx, tx, &store.Calendar{ID: "us", Version: 1, CreatedAt: start, UpdatedAt: start, Document: []byte("x")})
		})
	}
	err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		if editions, err := store.Consult(ctx, tx, []string{"us"}); err != nil || len(editions) > 0 {
			return fmt.Errorf("consulted %v: %w", editions, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := store.Consult(ctx, tx, []string{"us"}); err != nil {
			return err
		}
		go change()
		for waiting := int64(0); waiting == 0; {
			if len(changed) > 0 {
				return errors.New("the calendar changed meanwhile")
			}
			if err := db.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`).Scan(&waiting); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if err := <-changed; err != nil {
		t.Error(err)
	}
}

// TestReportsAndTimersReadIndexes keeps the hot queries from reading whole tables.
func TestReportsAndTimersReadIndexes(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t, store.Migrations())
	for query, index := range map[string]string{
		`SELECT handoff, next_at FROM clock WHERE next_at <= 1 ORDER BY next_at, handoff LIMIT 500`:                                                       "clock_next",
		`SELECT min(next_at) FROM clock WHERE next_at IS NOT NULL`:                                                                                        "clock_next",
		`SELECT kind FROM clock WHERE due_at >= 1 AND due_at < 2 AND ('' = '' OR rep = '')`:                                                               "clock_due",
		`SELECT DISTINCT handoff FROM clock WHERE calendar = 'us' AND calendar <> '' AND state IN (1, 3, 6) AND handoff > 'h' ORDER BY handoff LIMIT 500`: "clock_calendar",
		`SELECT COUNT(*) FROM handoff WHERE mql_at >= 1 AND mql_at < 2`:                                                                                   "handoff_mql",
		`SELECT id FROM handoff WHERE lead IN ('a', 'b')`:                                                                                                 "handoff_lead",
	} {
		var plan string
		for row, err := range db.Query(t.Context(), `EXPLAIN QUERY PLAN `+query) {
			if err != nil {
				t.Fatal(err)
			}
			var id, parent, unused int64
			var detail string
			if err := row.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan += detail + "\n"
		}
		if !strings.Contains(plan, "INDEX "+index) {
			t.Errorf("%s\nreads:\n%swant index %s", query, plan, index)
		}
	}
}
