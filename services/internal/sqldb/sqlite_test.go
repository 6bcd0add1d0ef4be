package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

func TestADirectoryHasOneUser(t *testing.T) {
	t.Parallel()
	at := place{dir: t.TempDir()}
	db := at.mustOpen(t, schema)
	if _, err := at.open(t, schema); !errors.Is(err, sqldb.ErrLocked) {
		t.Errorf("second user: got %v, want %v", err, sqldb.ErrLocked)
	}
	other, err := sqldb.Open(t.Context(), sqldb.Config{Service: "other", Dir: at.dir})
	if err != nil {
		t.Errorf("another service beside: %v", err)
	} else if err := other.Close(); err != nil {
		t.Error(err)
	}
	do(t, db, `UPDATE counter SET n = 3`)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if got := one[int](t, at.mustOpen(t, schema), `SELECT n FROM counter`); got != 3 {
		t.Errorf("counter for the next user: got %d, want 3", got)
	}
}

func TestADirectoryMayHaveAnyName(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a b?c#d%20&é")
	do(t, place{dir: dir}.mustOpen(t, schema), `UPDATE counter SET n = 1`)
	if _, err := os.Stat(filepath.Join(dir, "test", "test.db")); err != nil {
		t.Error(err)
	}
}

func TestACorruptFileIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "test"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "test", "test.db")
	if err := os.WriteFile(file, []byte("this is certainly no database, and long enough to tell"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (place{dir: dir}).open(t, schema); err == nil || sqldb.IsUnavailable(err) {
		t.Errorf("got %v, want an error that time does not heal", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	place{dir: dir}.mustOpen(t, schema) // the refusal has let go of the directory
}

func TestAFullDatabaseRecoversWithoutARestart(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t, schema)
	fill := func(ctx context.Context, tx *sqldb.Tx) error {
		for i := range 100 {
			tx.Insert(items, fmt.Sprint(i), i, nil, make([]byte, 4096))
		}
		return nil
	}
	err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		if err := tx.QueryRow(ctx, `PRAGMA max_page_count = 40`).Scan(new(int)); err != nil {
			return err
		}
		return fill(ctx, tx)
	})
	if !sqldb.IsUnavailable(err) || errors.Is(err, sqldb.ErrCommitUnknown) {
		t.Errorf("full: got %v, want an unavailable database and a known outcome", err)
	}
	if got := one[int](t, db, `SELECT count(*) FROM item`); got != 0 {
		t.Errorf("rows of the failed transaction: got %d, want 0", got)
	}
	err = db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		if err := tx.QueryRow(ctx, `PRAGMA max_page_count = 100000`).Scan(new(int)); err != nil {
			return err
		}
		return fill(ctx, tx)
	})
	if err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestHealthAsksByWriting(t *testing.T) {
	t.Parallel()
	at := place{dir: t.TempDir()}
	db := at.mustOpen(t, schema)
	size := func() int64 {
		info, err := os.Stat(filepath.Join(at.dir, "test", "test.db-wal"))
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	before := size()
	if err := db.Healthy(t.Context()); err != nil {
		t.Error(err)
	}
	if after := size(); after <= before {
		t.Errorf("write-ahead log: %d bytes before, %d after; want more", before, after)
	}
}

func TestMoreStatementsThanAreKept(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t, schema)
	err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		for i := range 1000 {
			if got := one[int](t, tx, fmt.Sprintf(`SELECT %d`, i)); got != i {
				t.Errorf("got %d, want %d", got, i)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestALoneCallerOfGroupWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := sqldbtest.SQLite(t, schema)
		start := time.Now()
		if err := db.Group(t.Context(), add("a")); err != nil {
			t.Error(err)
		}
		if waited := time.Since(start); waited != 0 { // in the bubble only waiting takes time
			t.Errorf("waited %v", waited)
		}
	})
}
