package idempotency_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"sync"
	"testing"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// relay is a service that has reps made by another one, each for the team that is the best at the time.
type relay struct {
	keeper *idempotency.Keeper

	mu     sync.Mutex
	best   string
	fail   error             // what the other service says, or the connection to it
	lost   error             // what comes in place of an answer after it was done
	made   map[string]string // what the other service made, by the id of the request
	asked  int
	refuse error // what this service says when it decides
}

func eachRelay(t *testing.T, test func(t *testing.T, r *relay)) {
	t.Helper()
	t.Parallel()
	sqldbtest.Each(t, idempotency.Migrations(), func(t *testing.T, db *sqldb.DB) {
		test(t, &relay{keeper: &idempotency.Keeper{DB: db, Logger: slog.New(slog.DiscardHandler)}, best: "a", made: map[string]string{}})
	})
}

// create asks for a rep of the best team; the answer carries in its etag how many were made.
func (r *relay) create(ctx context.Context, requestID, repID string) (*routingv1.Rep, error) {
	req := &routingv1.CreateRepRequest{RequestId: requestID, RepId: repID}
	return idempotency.Onward(ctx, r.keeper, req, func(context.Context) (*routingv1.Rep, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		return &routingv1.Rep{Team: r.best}, r.refuse
	}, func(_ context.Context, plan *routingv1.Rep) (*routingv1.Rep, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.asked++; r.fail != nil {
			return nil, r.fail
		}
		id := idempotency.Derived(requestID, "rep")
		if id == "" {
			id = fmt.Sprint(r.asked)
		}
		if team, again := r.made[id]; again && team != plan.GetTeam() {
			return nil, errors.New("the other service knows the id with another content")
		}
		r.made[id] = plan.GetTeam()
		return &routingv1.Rep{Team: plan.GetTeam(), Etag: fmt.Sprint(len(r.made))}, r.lost
	})
}

func TestAnAnswerOfAnotherServiceIsKept(t *testing.T) {
	eachRelay(t, func(t *testing.T, r *relay) {
		ctx := as(t.Context(), "ops")
		for range 3 {
			rep, err := r.create(ctx, first, "jane")
			if err != nil || rep.GetTeam() != "a" || rep.GetEtag() != "1" {
				t.Errorf("got %v, %v", rep, err)
			}
			r.best, r.fail, r.refuse = "b", errors.New("away"), fault.Missing("teams/a")
		}
		if r.asked != 1 {
			t.Errorf("the other service was asked %d times", r.asked)
		}
		_, err := r.create(ctx, first, "joe")
		if f := fault.As(err); f == nil || fault.ReasonName(f.Reason) != "REQUEST_ID_REUSED" {
			t.Errorf("another content: got %v", err)
		}
	})
}

// The other service did what it was asked for, and nobody heard of it; then everything changed.
func TestAfterACrashTheSameIsAskedForAgain(t *testing.T) {
	eachRelay(t, func(t *testing.T, r *relay) {
		ctx := as(t.Context(), "ops")
		r.lost = errors.New("the process ended")
		if _, err := r.create(ctx, first, "jane"); !errors.Is(err, r.lost) {
			t.Fatalf("got %v", err)
		}
		r.best, r.lost, r.refuse = "b", nil, fault.Missing("teams/a")
		if _, err := r.create(ctx, first, "joe"); fault.As(err) == nil || fault.ReasonName(fault.As(err).Reason) != "REQUEST_ID_REUSED" {
			t.Errorf("another content: got %v", err)
		}
		rep, err := r.create(ctx, first, "jane")
		if err != nil || rep.GetTeam() != "a" || len(r.made) != 1 {
			t.Errorf("got %v, %v; made %v", rep, err, r.made)
		}
	})
}

func TestWhatAnotherServiceRefusedIsDecidedAnew(t *testing.T) {
	eachRelay(t, func(t *testing.T, r *relay) {
		ctx := as(t.Context(), "ops")
		for _, refusal := range []error{fault.Missing("teams/a"), fault.Taken("reps/jane"), fault.Refused("teams/a", "FULL", "full"), fault.Field("rep", "no")} {
			r.fail = refusal
			if _, err := r.create(ctx, first, "jane"); !errors.Is(err, refusal) {
				t.Errorf("got %v, want %v", err, refusal)
			}
		}
		r.best, r.fail = "b", nil
		if rep, err := r.create(ctx, first, "joe"); err != nil || rep.GetTeam() != "b" { // the content may be another, too
			t.Errorf("got %v, %v", rep, err)
		}
	})
}

func TestARequestWithoutIDIsAskedOnEachTime(t *testing.T) {
	eachRelay(t, func(t *testing.T, r *relay) {
		for range 2 {
			if _, err := r.create(as(t.Context(), "ops"), "", "jane"); err != nil {
				t.Fatal(err)
			}
		}
		if len(r.made) != 2 {
			t.Errorf("made %v", r.made)
		}
	})
}

// The best team changes all the time: what one twin decides is what all ask for.
func TestTwinsAskForTheSame(t *testing.T) {
	eachRelay(t, func(t *testing.T, r *relay) {
		var twins sync.WaitGroup
		for i := range 16 {
			twins.Go(func() {
				r.mu.Lock()
				r.best = fmt.Sprint(i)
				r.mu.Unlock()
				if rep, err := r.create(as(t.Context(), "ops"), first, "jane"); err != nil || rep.GetEtag() != "1" {
					t.Errorf("got %v, %v", rep, err)
				}
			})
		}
		twins.Wait()
	})
}

func TestADerivedIDIsAUUIDOfItsOwn(t *testing.T) {
	t.Parallel()
	id := idempotency.Derived(first, "rep")
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(id) {
		t.Errorf("%s is no UUID of version 8", id)
	}
	if id != idempotency.Derived(first, "rep") || id == idempotency.Derived(second, "rep") || id == idempotency.Derived(first, "pool") {
		t.Error("it does not depend on the request and the purpose, or on more")
	}
	if got := idempotency.Derived("", "rep"); got != "" {
		t.Errorf("of none: %s", got)
	}
}
