package sqldb

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestACommitWithoutAnAnswerIsUnknownAndTheConnectionReplaced(t *testing.T) {
	db, err := Open(t.Context(), Config{Service: "test", Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, run := range map[string]func(context.Context, func(context.Context, *Tx) error) error{"InTx": db.InTx, "Group": db.Group} {
		for range 2 {
			err := run(t.Context(), func(_ context.Context, tx *Tx) error {
				tx.AfterCommit(func() { t.Error("told that it is committed") })
				tx.session.(*sqliteConn).drop() // COMMIT finds no connection
				return nil
			})
			if !errors.Is(err, ErrCommitUnknown) || !IsUnavailable(err) {
				t.Errorf("%s: got %v, want %v", name, err, ErrCommitUnknown)
			}
		}
		if err := db.Healthy(t.Context()); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
}

func TestErrorsOfPostgreSQLAreSorted(t *testing.T) {
	cases := []struct {
		state                                string
		unavailable, serialization, definite bool
	}{
		{"40001", false, true, true},
		{"40P01", false, true, true},
		{"40003", false, false, false}, // statement_completion_unknown
		{"23505", false, false, true},
		{"23503", false, false, true},
		{"25006", true, false, false},
		{"08006", true, false, false},
		{"53100", true, false, false},
		{"53300", true, false, false},
		{"57P01", true, false, false},
		{"57P03", true, false, false},
		{"58030", true, false, false},
		{"28P01", false, false, false},
		{"3D000", false, false, false},
		{"42601", false, false, false},
	}
	for _, c := range cases {
		err := fmt.Errorf("wrapped: %w", &pgconn.PgError{Code: c.state})
		got := [3]bool{IsUnavailable(err), IsSerialization(err), definite(err)}
		if want := [3]bool{c.unavailable, c.serialization, c.definite}; got != want {
			t.Errorf("%s: got unavailable, serialization, definite %v; want %v", c.state, got, want)
		}
	}
	for _, err := range []error{nil, context.Canceled, context.DeadlineExceeded, errors.New("other"), ErrNoRows} {
		if IsUnavailable(err) || IsSerialization(err) {
			t.Errorf("%v is taken for the database's fault", err)
		}
	}
}

func TestNamesFindsWholeWords(t *testing.T) {
	cases := []struct {
		query string
		want  bool
	}{
		{"SELECT 1 FROM log", true},
		{"log", true},
		{"UPDATE log SET a = 1", true},
		{"SELECT (SELECT max(pos) FROM log)", true},
		{"UPDATE log_head SET pos = 1", false},
		{"SELECT * FROM catalog", false},
		{"SELECT catalog, log.pos", true},
		{"SELECT 1", false},
		{"", false},
	}
	for _, c := range cases {
		if got := names(c.query, "log"); got != c.want {
			t.Errorf("names(%q, log): got %t, want %t", c.query, got, c.want)
		}
	}
}

func TestBackoffStaysUnderItsCeilingAndEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := backoff{first: time.Millisecond, most: 16 * time.Millisecond}
		for n := range 40 {
			start := time.Now()
			if err := b.wait(t.Context(), n); err != nil {
				t.Fatal(err)
			}
			if waited, most := time.Since(start), min(time.Millisecond<<min(n, 4), b.most); waited > most {
				t.Errorf("wait %d: %v, want at most %v", n, waited, most)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := (backoff{first: time.Hour, most: time.Hour}).wait(ctx, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
	})
}
