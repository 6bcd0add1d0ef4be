package idempotency_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

const (
	first  = "0190e1a0-0000-4000-8000-000000000001"
	second = "0190e1a0-0000-4000-8000-000000000002"
)

// counter is a service with one effect: each handled request adds one.
type counter struct {
	keeper *idempotency.Keeper
	handle func(context.Context, *idempotency.Keeper, idempotency.Request, idempotency.Handler[*routingv1.Rep]) (*routingv1.Rep, error)
	refuse error
}

// each runs a test on both databases, with transactions that requests share, with such of their own, and with answers
// that are stored at the end of a shared one.
func each(t *testing.T, test func(t *testing.T, c *counter)) {
	t.Helper()
	t.Run("shared", func(t *testing.T) { eachDB(t, counter{handle: idempotency.Do[*routingv1.Rep]}, test) })
	t.Run("alone", func(t *testing.T) { eachDB(t, counter{handle: idempotency.Alone[*routingv1.Rep]}, test) })
	t.Run("together", func(t *testing.T) { eachDB(t, counter{handle: idempotency.Together[*routingv1.Rep]}, test) })
}

func eachDB(t *testing.T, c counter, test func(t *testing.T, c *counter)) {
	t.Helper()
	sqldbtest.Each(t, idempotency.Migrations(), func(t *testing.T, db *sqldb.DB) {
		c := c
		c.start(t, db)
		test(t, &c)
	})
}

// start begins to count in a database.
func (c *counter) start(t *testing.T, db *sqldb.DB) {
	t.Helper()
	err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		for _, statement := range []string{`CREATE TABLE counter (n BIGINT NOT NULL)`, `INSERT INTO counter VALUES (0)`} {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c.keeper = &idempotency.Keeper{DB: db, Logger: slog.New(slog.DiscardHandler)}
}

// create asks for a rep; the answer carries the count in its etag.
func (c *counter) create(ctx context.Context, requestID, team string) (*routingv1.Rep, error) {
	req := &routingv1.CreateRepRequest{RequestId: requestID, RepId: "jane", Rep: &routingv1.Rep{Team: team}}
	return c.handle(ctx, c.keeper, req, func(ctx context.Context, tx *sqldb.Tx) (*routingv1.Rep, error) {
		var n int64
		if err := tx.QueryRow(ctx, `UPDATE counter SET n = n + 1 RETURNING n`).Scan(&n); err != nil {
			return nil, err
		}
		if idempotency.RequestID(ctx) != requestID {
			return nil, fmt.Errorf("handler sees request id %q", idempotency.RequestID(ctx))
		}
		if c.refuse != nil {
			return nil, c.refuse
		}
		return &routingv1.Rep{Name: "reps/jane", Etag: fmt.Sprint(n)}, nil
	})
}

func (c *counter) count(t *testing.T) (n int64) {
	t.Helper()
	if err := c.keeper.DB.QueryRow(t.Context(), `SELECT n FROM counter`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func as(ctx context.Context, subject string) context.Context {
	return auth.WithActor(ctx, &auth.Actor{Issuer: "idp", Subject: subject})
}

func TestTheSameRequestHasOneEffectAndOneAnswer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *counter) {
		ctx := as(t.Context(), "ops")
		want, err := c.create(ctx, first, "a")
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			got, err := c.create(ctx, first, "a")
			if err != nil || !proto.Equal(got, want) {
				t.Errorf("got %v, %v; want %v", got, err, want)
			}
		}
		if n := c.count(t); n != 1 {
			t.Errorf("got %d effects", n)
		}
	})
}

func TestAnotherCallerAnotherIDOrNoIDIsAnotherRequest(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *counter) {
		for i, call := range []struct{ who, id string }{{"ops", first}, {"mia", first}, {"ops", second}, {"ops", ""}, {"ops", ""}} {
			if _, err := c.create(as(t.Context(), call.who), call.id, "a"); err != nil {
				t.Fatal(err)
			}
			if n := c.count(t); n != int64(i)+1 {
				t.Errorf("call %d: got %d effects", i, n)
			}
		}
	})
}

func TestTheSameIDWithAnotherContentIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *counter) {
		ctx := as(t.Context(), "ops")
		if _, err := c.create(ctx, first, "a"); err != nil {
			t.Fatal(err)
		}
		_, err := c.create(ctx, first, "b")
		if f := fault.As(err); f == nil || f.Reason != errorsv1.ErrorReason_ERROR_REASON_REQUEST_ID_REUSED || f.Kind != fault.Invalid {
			t.Errorf("got %v", err)
		}
		if n := c.count(t); n != 1 {
			t.Errorf("got %d effects", n)
		}
	})
}

func TestWhatWasRefusedMayBeTriedAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *counter) {
		ctx := as(t.Context(), "ops")
		c.refuse = fault.Missing("reps/jane")
		if _, err := c.create(ctx, first, "a"); !errors.Is(err, c.refuse) {
			t.Fatalf("got %v", err)
		}
		c.refuse = nil
		if _, err := c.create(ctx, first, "a"); err != nil {
			t.Fatal(err)
		}
		if n := c.count(t); n != 1 {
			t.Errorf("got %d effects", n)
		}
	})
}

func TestTwinsAtTheSameMomentShareOneEffect(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *counter) {
		var twins sync.WaitGroup
		answers := make(chan string, 16)
		for range cap(answers) {
			twins.Go(func() {
				rep, err := c.create(as(t.Context(), "ops"), first, "a")
				if err != nil {
					t.Error(err)
					return
				}
				answers <- rep.GetEtag()
			})
		}
		twins.Wait()
		close(answers)
		for a := range answers {
			if a != "1" {
				t.Errorf("got answer %s", a)
			}
		}
		if n := c.count(t); n != 1 {
			t.Errorf("got %d effects", n)
		}
	})
}

func TestATwinThatIsRefusedByTheEffectGetsTheStoredAnswer(t *testing.T) {
	t.Parallel()
	url := sqldbtest.Postgres(t) // SQLite has one writer: a twin cannot get in between
	here, there := replica(t, url), replica(t, url)
	ctx := as(t.Context(), "ops")
	req := &routingv1.CreateRepRequest{RequestId: first, RepId: "jane"}
	got, err := idempotency.Do(ctx, here, req, func(context.Context, *sqldb.Tx) (*routingv1.Rep, error) {
		// The twin is through between the look-up of this one and its refusal.
		_, err := idempotency.Do(ctx, there, req, func(context.Context, *sqldb.Tx) (*routingv1.Rep, error) {
			return &routingv1.Rep{Etag: "twin"}, nil
		})
		if err != nil {
			t.Error(err)
		}
		return nil, fault.Taken("reps/jane")
	})
	if err != nil || got.GetEtag() != "twin" {
		t.Errorf("got %v, %v", got, err)
	}
}

// replica is one of several processes on one database.
func replica(t *testing.T, url string) *idempotency.Keeper {
	t.Helper()
	db, err := sqldb.Open(t.Context(), sqldb.Config{Service: "test", URL: url, Migrations: idempotency.Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &idempotency.Keeper{DB: db, Logger: slog.New(slog.DiscardHandler)}
}

func TestOldAnswersAreForgottenAndYoungOnesKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *counter) {
		ctx := as(t.Context(), "ops")
		if _, err := c.create(ctx, first, "a"); err != nil {
			t.Fatal(err)
		}
		if err := c.keeper.Forget(ctx, time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.create(ctx, first, "a"); err != nil || c.count(t) != 1 {
			t.Errorf("a young answer is gone: %d effects, %v", c.count(t), err)
		}
		if err := c.keeper.Forget(ctx, time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.create(ctx, first, "a"); err != nil || c.count(t) != 2 {
			t.Errorf("an old answer is kept: %d effects, %v", c.count(t), err)
		}
	})
}

func TestWorkLeftToTheEndCompletesTheAnswerThatIsStored(t *testing.T) {
	t.Parallel()
	eachDB(t, counter{}, func(t *testing.T, c *counter) {
		ctx := auth.WithActor(t.Context(), auth.Service("test"))
		req := &routingv1.CreateRepRequest{RequestId: first}
		want := ""
		for i := range 2 {
			got, err := idempotency.Together(ctx, c.keeper, req, func(_ context.Context, tx *sqldb.Tx) (*routingv1.Rep, error) {
				answer := &routingv1.Rep{}
				tx.BeforeCommit(func(context.Context) error {
					answer.Name = fmt.Sprintf("reps/r%d", i)
					return nil
				})
				return answer, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				want = got.GetName()
			}
			if got.GetName() != want || want == "" {
				t.Errorf("answer %d is %q, want %q", i, got.GetName(), want)
			}
		}
	})
}
