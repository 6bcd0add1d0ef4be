package routing_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func (b *bundle) claim(ctx context.Context, name, rep string) (*routingv1.Handoff, error) {
	req := &routingv1.ClaimHandoffRequest{Name: name}
	if rep != "" {
		req.Rep = "reps/" + rep
	}
	return b.client.ClaimHandoff(ctx, req)
}

func manager(t testing.TB) context.Context {
	t.Helper()
	return roomtest.As(t.Context(), "mia", accessv1.Role_ROLE_SALES_MANAGER)
}

// counter has ann, bob and a rep of another pool; members of the pool `care` pick from the queue of customers.
func counter(t testing.TB, b *bundle) {
	t.Helper()
	for _, rep := range []string{"ann", "bob", "vic"} {
		b.rep(t, rep)
	}
	b.pool(t, "care", "ann", "bob")
	b.pool(t, "velocity", "vic")
	b.pickQueue(t, "customer-success", "care")
}

// TestAHandoffOfAQueueIsTakenByARep: it is theirs like one that they were given, but nobody's turn; after a decline it waits
// in the queue again, for the others.
func TestAHandoffOfAQueueIsTakenByARep(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		counter(t, b)
		name := b.qualify(t, customer)
		h, err := b.claim(as(t, "ann"), name, "")
		if err != nil || h.GetState() != routingv1.Handoff_STATE_ASSIGNED || h.GetRep() != "reps/ann" || h.GetAssignment() != 1 || h.GetPool() != "" {
			t.Fatalf("got %v, %v", h, err)
		}
		told := lastTold[*eventv1.HandoffAssigned](t, b, "handoff_assigned")
		if told.GetQueue() != "queues/customer-success" || told.GetPool() != "" || told.GetRep() != "reps/ann" {
			t.Errorf("told %v", told)
		}
		again, err := b.claim(as(t, "ann"), name, "")
		if err != nil || again.GetEtag() != h.GetEtag() {
			t.Errorf("again: got %v, %v", again, err)
		}
		if got := b.turns(t, "care"); got["ann"] != 0 || b.openCount(t, "ann") != 1 {
			t.Errorf("turns %v, %d open", got, b.openCount(t, "ann"))
		}
		b.advanced(t, "ann", name, 1, routingv1.Step_STEP_DECLINE)
		b.heldFor(t, name, routingv1.Hold_REASON_QUEUED)
		if _, err := b.claim(as(t, "ann"), name, ""); refusalOf(err).reason != "STATE_CONFLICT" {
			t.Errorf("who declined it got %v", err)
		}
		if _, err := b.claim(as(t, "bob"), name, ""); err != nil {
			t.Errorf("bob: %v", err)
		}
		b.advanced(t, "bob", name, 2, routingv1.Step_STEP_ACCEPT)
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// TestWhoMayTakeAHandoffOfAQueue: each of these asks for a handoff that waits for customers' people.
func TestWhoMayTakeAHandoffOfAQueue(t *testing.T) {
	for _, tc := range []struct {
		name   string
		before func(t *testing.T, b *bundle)
		who    func(t testing.TB) context.Context
		rep    string
		want   refusal // none: they get it
	}{
		{name: "a member", who: of("ann")},
		{name: "a member off shift", before: func(_ *testing.T, b *bundle) { b.Clock.Set(at("2026-03-02T23:00-05:00")) }, who: of("ann")},
		{name: "a member who is away", who: of("ann"), want: refusal{code: codes.FailedPrecondition, reason: "STATE_CONFLICT"},
			before: func(t *testing.T, b *bundle) {
				b.absent(t, "ann", roomtest.Start.Add(-time.Hour), roomtest.Start.Add(time.Hour))
			}},
		{name: "a member who is inactive", who: of("ann"), want: refusal{code: codes.FailedPrecondition, reason: "STATE_CONFLICT"},
			before: func(t *testing.T, b *bundle) {
				b.updateRep(t, &routingv1.Rep{Name: "reps/ann", Active: new(bool)}, "active")
			}},
		{name: "a member at a cap", who: of("ann"), want: refusal{code: codes.FailedPrecondition, reason: "STATE_CONFLICT"},
			before: func(t *testing.T, b *bundle) {
				b.updateRep(t, &routingv1.Rep{Name: "reps/ann", MaxPerDay: new(int32)}, "max_per_day")
			}},
		{name: "a member of another pool", who: of("vic"), want: refusal{code: codes.NotFound, reason: "RESOURCE_NOT_FOUND"}},
		{name: "a rep whom nobody entered", who: of("zoe"), want: refusal{code: codes.NotFound, reason: "RESOURCE_NOT_FOUND"}},
		{name: "a member for another", who: of("ann"), rep: "bob", want: refusal{code: codes.PermissionDenied, reason: "ROLE_MISSING"}},
		{name: "a member by name", who: of("ann"), rep: "ann"},
		{name: "a manager for a member", who: manager, rep: "ann"},
		{name: "a manager for somebody else", who: manager, rep: "vic"},
		{name: "a manager for nobody", who: manager, want: refusal{code: codes.InvalidArgument, reason: "FIELD_INVALID"}},
		{name: "a manager for no rep", who: manager, rep: "ghost", want: refusal{code: codes.InvalidArgument, reason: "REFERENCE_NOT_FOUND"}},
		{name: "a manager for a rep off shift", who: manager, rep: "ann", want: refusal{code: codes.FailedPrecondition, reason: "STATE_CONFLICT"},
			before: func(_ *testing.T, b *bundle) { b.Clock.Set(at("2026-03-02T23:00-05:00")) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				counter(t, b)
				name := b.qualify(t, customer)
				if tc.before != nil {
					tc.before(t, b)
				}
				h, err := b.claim(tc.who(t), name, tc.rep)
				got := refusalOf(err)
				if got.code != tc.want.code || got.reason != tc.want.reason {
					t.Fatalf("got %v, %v", h, err)
				}
				if err != nil {
					b.heldFor(t, name, routingv1.Hold_REASON_QUEUED)
				}
			})
		})
	}
}

func of(rep string) func(testing.TB) context.Context {
	return func(t testing.TB) context.Context { return as(t, rep) }
}

// TestOnlyWhatWaitsInAQueueCanBeTaken: what waits for a pool goes by turns, also when its members would like it sooner.
func TestOnlyWhatWaitsInAQueueCanBeTaken(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		counter(t, b)
		b.Clock.Set(at("2026-03-02T23:00-05:00"))
		held, queued := b.qualify(t), b.qualify(t, customer)
		b.heldFor(t, held, routingv1.Hold_REASON_NOBODY_AVAILABLE)
		if _, err := b.claim(as(t, "vic"), held, ""); refusalOf(err).code != codes.NotFound {
			t.Errorf("a member of its pool got %v", err)
		}
		if _, err := b.claim(manager(t), held, "vic"); refusalOf(err).reason != "STATE_CONFLICT" {
			t.Errorf("a manager got %v", err)
		}
		if _, err := b.claim(as(t, "ann"), queued, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := b.claim(as(t, "bob"), queued, ""); refusalOf(err).reason != "STATE_CONFLICT" {
			t.Errorf("who came second got %v", err)
		}
		if _, err := b.reassign(t, queued, 1, ""); refusalOf(err).reason != "STATE_CONFLICT" {
			t.Errorf("nobody is next in a queue: got %v", err)
		}
		b.advanceTo(t, at("2026-03-03T09:00-05:00"))
		b.assignedTo(t, held, "vic")
		if _, err := b.claim(as(t, "vic"), held, ""); refusalOf(err).reason != "STATE_CONFLICT" {
			t.Errorf("who was given it got %v", err)
		}
	})
}

// TestOneOfManyGetsAHandoffOfAQueue: eight reps want the same handoffs at the same time.
func TestOneOfManyGetsAHandoffOfAQueue(t *testing.T) {
	const clients, rounds = 8, 12
	each(t, func(t *testing.T, b *bundle) {
		var reps []string
		for i := range clients {
			reps = append(reps, fmt.Sprintf("rep%d", i))
			b.rep(t, reps[i])
		}
		b.pool(t, "care", reps...)
		b.pickQueue(t, "customer-success", "care")
		for range rounds {
			name := b.qualify(t, customer)
			taken := make([]*routingv1.Handoff, clients)
			won, lost := race(clients, func(i int) (err error) {
				taken[i], err = b.claim(as(t, reps[i]), name, "")
				return err
			})
			if won != 1 || len(lost) != clients-1 {
				t.Fatalf("%d won: %v", won, lost)
			}
			winner := slices.IndexFunc(taken, func(h *routingv1.Handoff) bool { return h != nil })
			b.assignedTo(t, name, reps[winner])
			for _, err := range lost {
				want := refusal{codes.FailedPrecondition, "STATE_CONFLICT", map[string]string{"resource": name, "state": "ASSIGNED"}}
				if diff := cmp.Diff(want, refusalOf(err), cmp.AllowUnexported(refusal{})); diff != "" {
					t.Errorf("a loser (-want +got):\n%s", diff)
				}
			}
			if diff := cmp.Diff([]string{"handoff_opened", "handoff_held", "handoff_assigned"}, b.toldOf(t, name)); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		}
		b.checkBooks(t)
	})
}

// TestWhoTakesManyStopsAtTheCap: two places, ten handoffs, eight clients of one rep.
func TestWhoTakesManyStopsAtTheCap(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann", maxOpen(2))
		b.pool(t, "care", "ann")
		b.pickQueue(t, "customer-success", "care")
		var waiting []string
		for range 8 {
			waiting = append(waiting, b.qualify(t, customer))
		}
		won, lost := race(len(waiting), func(i int) error {
			_, err := b.claim(as(t, "ann"), waiting[i], "")
			return err
		})
		if won != 2 {
			t.Errorf("got %d of %v", won, lost)
		}
		for _, err := range lost {
			if refusalOf(err).reason != "STATE_CONFLICT" {
				t.Errorf("got %v", err)
			}
		}
		b.checkBooks(t)
	})
}

// TestWhoTakesAHandoffMustCoverWhatItNeeds: nobody chose them for it. Who leads sales may give it to anybody.
func TestWhoTakesAHandoffMustCoverWhatItNeeds(t *testing.T) {
	under(t, demanding(), func(t *testing.T, b *bundle) {
		counter(t, b)
		b.rep(t, "dora", covering(german()))
		b.updatePool(t, &routingv1.Pool{Name: "pools/care", Members: []*routingv1.PoolMember{{Rep: "reps/ann"}, {Rep: "reps/dora"}}}, "members")
		taken, given := b.qualify(t, customer, asking(0)), b.qualify(t, customer, asking(0))
		if _, err := b.claim(as(t, "ann"), taken, ""); refusalOf(err).reason != "STATE_CONFLICT" {
			t.Errorf("ann: got %v", err)
		}
		if _, err := b.claim(as(t, "dora"), taken, ""); err != nil {
			t.Errorf("dora: %v", err)
		}
		if _, err := b.claim(manager(t), given, "ann"); err != nil {
			t.Errorf("ann, by her manager: %v", err)
		}
		b.checkBooks(t)
	})
}

// TestManyEmptyAQueueTogether: eight reps take from the head of the list until nothing is left. Each handoff goes to one.
func TestManyEmptyAQueueTogether(t *testing.T) {
	const clients, handoffs = 8, 64
	each(t, func(t *testing.T, b *bundle) {
		var reps []string
		for i := range clients {
			reps = append(reps, fmt.Sprintf("rep%d", i))
			b.rep(t, reps[i])
		}
		b.pool(t, "care", reps...)
		b.pickQueue(t, "customer-success", "care")
		var batch []*eventv1.Event
		for range handoffs {
			batch = append(batch, b.lead(customer))
		}
		b.Tell(t, eventlog.Scoring, batch...)
		took := make([]int32, clients)
		_, failed := race(clients, func(i int) error {
			for {
				head, err := b.client.ListHeldHandoffs(as(t, reps[i]), &routingv1.ListHeldHandoffsRequest{PageSize: 1})
				if err != nil || len(head.GetHandoffs()) == 0 {
					return err
				}
				_, err = b.claim(as(t, reps[i]), head.GetHandoffs()[0].GetName(), "")
				switch {
				case err == nil:
					took[i]++
				case refusalOf(err).reason != "STATE_CONFLICT":
					return err
				}
			}
		})
		if len(failed) > 0 {
			t.Fatal(failed)
		}
		var sum int32
		for i, rep := range reps {
			if got := b.openCount(t, rep); got != took[i] {
				t.Errorf("%s took %d and has %d", rep, took[i], got)
			}
			sum += took[i]
		}
		if sum != handoffs {
			t.Errorf("%d of %d were taken", sum, handoffs)
		}
		b.checkBooks(t)
	})
}

// TestWhatSomebodyTookIsPickedAnewWhenTheyAreAway: nobody stands in for ann, who took it and had not accepted it.
func TestWhatSomebodyTookIsPickedAnewWhenTheyAreAway(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		counter(t, b)
		name := b.qualify(t, customer)
		if _, err := b.claim(as(t, "ann"), name, ""); err != nil {
			t.Fatal(err)
		}
		b.absent(t, "ann", roomtest.Start, roomtest.Start.Add(24*time.Hour))
		b.advanceTo(t, roomtest.Start.Add(6*time.Hour))
		b.heldFor(t, name, routingv1.Hold_REASON_QUEUED)
		if _, err := b.claim(as(t, "bob"), name, ""); err != nil {
			t.Errorf("bob: %v", err)
		}
		b.checkBooks(t)
	})
}
