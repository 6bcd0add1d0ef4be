package store_test

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/host"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

type step = func(ctx context.Context, tx *sqldb.Tx) error

func migrations(t *testing.T) fs.FS {
	t.Helper()
	set, err := host.Migrations(store.Migrations())
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func share(ctx context.Context, tx *sqldb.Tx) error {
	_, err := store.Share(ctx, tx)
	return err
}

func takeAccounts(ctx context.Context, tx *sqldb.Tx) error {
	_, err := store.TakeAccounts(ctx, tx)
	return err
}

func claim(lead string) step {
	return func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := store.Claim(ctx, tx, map[store.Key]string{{Kind: store.ByEmail, Value: "ann@initech.example"}: lead})
		return err
	}
}

func lock(ctx context.Context, tx *sqldb.Tx) error {
	_, err := store.LockLeads(ctx, tx, []string{"a"})
	return err
}

// TestWhatExcludesEachOtherWaits runs two transactions at once on PostgreSQL. SQLite has one writer, so there every pair
// waits.
func TestWhatExcludesEachOtherWaits(t *testing.T) {
	t.Parallel()
	db := sqldbtest.PostgresDB(t, migrations(t))
	err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		if err := claim("")(ctx, tx); err != nil {
			return err
		}
		return store.PutLead(tx, &record.Lead{ID: "a", CreatedAt: time.Unix(1, 0)}, store.Found{})
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		first, second step
		waits         bool
	}{
		"judging shares":                                {share, share, false},
		"judging, and a change of accounts":             {share, takeAccounts, true},
		"judging, and a change of the rules":            {share, store.TakeRules, true},
		"a change of the rules, and judging":            {store.TakeRules, share, true},
		"two changes of accounts":                       {takeAccounts, takeAccounts, true},
		"two who see that a key belongs to nobody yet":  {claim(""), claim("a"), true},
		"two changes of a lead":                         {lock, lock, true},
		"a change of a lead, and a change of the rules": {lock, store.TakeRules, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := waits(t, db, c.first, c.second); got != c.waits {
				t.Errorf("the second waits: %v, want %v", got, c.waits)
			}
		})
	}
}

// waits reports whether a second transaction waits for a first one to end.
func waits(t *testing.T, db *sqldb.DB, first, second step) (waited bool) {
	t.Helper()
	done := make(chan error, 1)
	err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		if err := first(ctx, tx); err != nil {
			return err
		}
		go func() { done <- db.InTx(t.Context(), second) }()
		for {
			select {
			case err := <-done:
				done <- err
				return nil
			default:
			}
			var blocked int64
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM pg_locks WHERE NOT granted`).Scan(&blocked); err != nil {
				return err
			}
			if blocked > 0 {
				waited = true
				return nil
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return waited
}
