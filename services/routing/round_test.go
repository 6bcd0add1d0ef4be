package routing_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing"
)

// TestCoversAreToldOnceAcrossReplicasAndAStandstill: nobody looked while two absences began and ended. Three replicas wake up at
// once, and what happened is told once, in its order and with the time at which it happened. What is passed on goes by who is
// there now.
func TestCoversAreToldOnceAcrossReplicasAndAStandstill(t *testing.T) {
	eachDB(t, func(t *testing.T, db *sqldb.DB) {
		b := setup(t, db)
		b.Clock.Set(day(0, 10))
		for _, id := range []string{"ann", "cat", "dan"} {
			b.rep(t, id)
		}
		b.pool(t, "velocity", "ann")
		var names []string
		for range 3 {
			names = append(names, b.qualify(t))
		}
		b.leave(t, "ann", "cat", day(1, 9), day(2, 9))
		b.leave(t, "cat", "dan", day(1, 12), day(1, 15))
		b.leave(t, "ann", "", day(3, 9), day(4, 9)) // with nobody: it is over when they wake up, and ann has everything still

		b.Clock.Set(day(4, 10))
		var replicas sync.WaitGroup
		for range 3 {
			replicas.Go(func() {
				service, err := routing.New(t.Context(), routing.Config{Host: b.Host, Playbook: archive{}})
				if err == nil {
					err = service.Fire(t.Context())
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		replicas.Wait()
		want := []string{"reps/cat for reps/ann from 03-03 14:00", "reps/cat for reps/ann until 03-03 17:00", "reps/dan for reps/ann from 03-03 17:00",
			"reps/dan for reps/ann until 03-03 20:00", "reps/cat for reps/ann from 03-03 20:00", "reps/cat for reps/ann until 03-04 14:00"}
		for _, name := range names {
			if diff := cmp.Diff(want, b.covers(t, name)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			b.assignedTo(t, name, "ann")
		}
		if at, due, err := b.service.NextDue(t.Context()); due || err != nil {
			t.Errorf("something is still due at %v, %v", at, err)
		}
	})
}

// TestARestartLosesNoEndOfACover: whoever is in service when the absence ends, ends it.
func TestARestartLosesNoEndOfACover(t *testing.T) {
	eachDB(t, func(t *testing.T, db *sqldb.DB) {
		b := setup(t, db)
		b.Clock.Set(day(0, 10))
		for _, id := range []string{"olga", "cat"} {
			b.rep(t, id)
		}
		b.pool(t, "enterprise", "cat")
		mine := b.qualify(t, target, ownedBy("olga"))
		b.leave(t, "olga", "cat", day(0, 12), day(1, 9))
		b.advanceTo(t, day(0, 13))
		name := b.qualify(t, target, ownedBy("olga"))
		b.assignedTo(t, name, "cat")
		var err error
		if b.service, err = routing.New(t.Context(), routing.Config{Host: b.Host, Playbook: archive{}}); err != nil {
			t.Fatal(err)
		}
		b.advanceTo(t, day(1, 9))
		b.assignedTo(t, name, "olga")
		b.assignedTo(t, mine, "olga")
		want := []string{"reps/cat for reps/olga from 03-02 17:00", "reps/cat for reps/olga until 03-03 14:00"}
		if diff := cmp.Diff(want, b.covers(t, mine)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestWhoComesBackIsNotFlooded: what comes back goes by the caps of the rep, and the rest stays with who stood in until there is
// room, or they take it.
func TestWhoComesBackIsNotFlooded(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		b.rep(t, "olga", maxPerDay(2))
		b.rep(t, "cat")
		b.leave(t, "olga", "cat", day(0, 9), day(1, 9))
		var names []string
		for range 5 {
			names = append(names, b.qualify(t, target, ownedBy("olga")))
		}
		var got []int
		for n := range 5 {
			b.advanceTo(t, day(1+n, 10))
			var hers int
			for _, name := range names {
				if b.handoff(t, name).GetRep() == "reps/olga" {
					hers++
				}
			}
			got = append(got, hers)
		}
		if diff := cmp.Diff([]int{2, 4, 5, 5, 5}, got); diff != "" {
			t.Errorf("day by day olga has (-want +got):\n%s", diff)
		}
		b.checkBooks(t)
	})
}

// TestARoundThatCannotBeGoneKeepsNobodyElseWaiting: it waits by itself, and is gone when it can be.
func TestARoundThatCannotBeGoneKeepsNobodyElseWaiting(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		for _, id := range []string{"ann", "bob", "cat"} {
			b.rep(t, id)
		}
		b.pool(t, "velocity", "ann")
		b.pool(t, "enterprise", "bob")
		anns, bobs := b.qualify(t), b.qualify(t, target)
		b.leave(t, "ann", "cat", day(1, 9), day(2, 9))
		b.leave(t, "bob", "cat", day(1, 10), day(2, 9))
		b.exec(t, `UPDATE handoff SET playbook = 99 WHERE rep = 'ann'`)
		b.advanceTo(t, day(1, 11))
		if len(b.covers(t, anns)) != 0 || b.handoff(t, bobs).GetCover() != "reps/cat" {
			t.Errorf("ann's is told as %v, bob's is covered by %q", b.covers(t, anns), b.handoff(t, bobs).GetCover())
		}
		b.exec(t, `UPDATE handoff SET playbook = 1 WHERE rep = 'ann'`)
		b.advanceTo(t, day(1, 12))
		if b.handoff(t, anns).GetCover() != "reps/cat" {
			t.Error("ann's is not covered when it can be read again")
		}
	})
}

// TestAssignmentsInAnAbsenceTellWhy: the events of one handoff that is passed on, and held, and taken back.
func TestAssignmentsInAnAbsenceTellWhy(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		b.rep(t, "ann")
		b.rep(t, "bob")
		b.pool(t, "velocity", "ann", "bob")
		name := b.qualify(t)
		first := b.handoff(t, name).GetRep()[len("reps/"):]
		second := map[string]string{"ann": "bob", "bob": "ann"}[first]
		b.leave(t, second, "", day(0, 9), day(1, 9))
		b.leave(t, first, "", day(0, 9), day(2, 9))
		b.heldFor(t, name, routingv1.Hold_REASON_NOBODY_AVAILABLE)
		b.advanceTo(t, day(1, 9))
		b.assignedTo(t, name, second)
		told := lastTold[*eventv1.HandoffAssigned](t, b, "handoff_assigned")
		if told.GetReassignReason() != 0 || told.GetPreviousRep() != "reps/"+first {
			t.Errorf("told %v", told)
		}
		b.checkLedgers(t)
	})
}

// TestASilentCoverIsTakenOfflineAndNotWhoIsAway: who is away was not silent. With the cover gone, what nobody has accepted goes on.
func TestASilentCoverIsTakenOfflineAndNotWhoIsAway(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		for _, id := range []string{"ann", "cat", "eve"} {
			b.rep(t, id)
		}
		b.pool(t, "velocity", "ann")
		name := b.qualify(t)
		b.leave(t, "ann", "cat", day(0, 9), day(3, 9))
		b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Members: []*routingv1.PoolMember{{Rep: "reps/ann"}, {Rep: "reps/cat"}, {Rep: "reps/eve"}}}, "members")
		b.Tell(t, eventlog.SLA, reached(name, 1, offline))
		for id, want := range map[string]bool{"ann": true, "cat": false} {
			if r, err := b.client.GetRep(revops(t), &routingv1.GetRepRequest{Name: "reps/" + id}); err != nil || r.GetActive() != want {
				t.Errorf("%s is active: %v, want %v; %v", id, r.GetActive(), want, err)
			}
		}
		b.assignedTo(t, name, "eve")
	})
}
