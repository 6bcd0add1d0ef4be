package routing_test

import (
	"fmt"
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
		late := b.qualify(t) // it comes to ann when she is back, before anybody looks
		var replicas sync.WaitGroup
		for range 3 {
			replicas.Go(func() {
				service, err := routing.New(t.Context(), routing.Config{Host: b.Host, Playbook: archive{}, Scoring: seer{}})
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
		if told := b.covers(t, late); told != nil {
			t.Errorf("of what came later is told %v", told)
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
		if b.service, err = routing.New(t.Context(), routing.Config{Host: b.Host, Playbook: archive{}, Scoring: seer{}}); err != nil {
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

// TestAnAbsenceThatBeginsRacesWithAnswers: the rep accepts, a manager passes on and the absence is entered, all at once. Whatever
// comes first, nothing waits for the answer of who is away, and who comes too late is told so.
func TestAnAbsenceThatBeginsRacesWithAnswers(t *testing.T) {
	const rounds = 6
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		members := []string{"ann", "bob", "cat", "dan"}
		for _, id := range members {
			b.rep(t, id)
		}
		b.pool(t, "velocity", members...)
		for range rounds {
			name := b.qualify(t)
			rep := b.handoff(t, name).GetRep()[len("reps/"):]
			var absence *routingv1.Absence
			acts := []func() error{
				func() error { _, err := b.answer(as(t, rep), name, 1, routingv1.Step_STEP_ACCEPT); return err },
				func() error { _, err := b.reassign(t, name, 1, ""); return err },
				func() (err error) { absence, err = b.enter(t, rep, "", day(0, 9), day(2, 9)); return err },
			}
			_, lost := race(len(acts), func(i int) error { return acts[i]() })
			for _, err := range lost {
				if reason := refusalOf(err).reason; reason != "ASSIGNMENT_SUPERSEDED" && reason != "VERDICT_EXISTS" {
					t.Errorf("a rival got %v", err)
				}
			}
			h := b.handoff(t, name)
			if h.GetState() == routingv1.Handoff_STATE_ASSIGNED && h.GetRep() == "reps/"+rep {
				t.Errorf("%s waits for %s, who is away", name, rep)
			}
			if _, err := b.client.DeleteAbsence(revops(t), &routingv1.DeleteAbsenceRequest{Name: absence.GetName()}); err != nil {
				t.Fatal(err)
			}
		}
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// TestTheEndOfACoverRacesWithTheCoversAnswer: it is theirs with the answer, or the owner's again.
func TestTheEndOfACoverRacesWithTheCoversAnswer(t *testing.T) {
	const rounds = 6
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		b.rep(t, "olga")
		b.rep(t, "cat")
		for range rounds {
			absence := b.leave(t, "olga", "cat", day(0, 9), day(2, 9))
			name := b.qualify(t, target, ownedBy("olga"))
			b.assignedTo(t, name, "cat")
			acts := []func() error{
				func() error { _, err := b.answer(as(t, "cat"), name, 1, routingv1.Step_STEP_ACCEPT); return err },
				func() error {
					_, err := b.client.DeleteAbsence(revops(t), &routingv1.DeleteAbsenceRequest{Name: absence.GetName()})
					return err
				},
			}
			_, lost := race(len(acts), func(i int) error { return acts[i]() })
			switch h := b.handoff(t, name); {
			case len(lost) == 0 && (h.GetState() != routingv1.Handoff_STATE_ACCEPTED || h.GetRep() != "reps/cat"):
				t.Errorf("cat accepted, and %s is %v of %s", name, h.GetState(), h.GetRep())
			case len(lost) == 1 && (refusalOf(lost[0]).reason != "ASSIGNMENT_SUPERSEDED" || h.GetRep() != "reps/olga"):
				t.Errorf("it is %v of %s, and cat got %v", h.GetState(), h.GetRep(), lost[0])
			}
		}
		b.checkBooks(t)
	})
}

// TestOfTwoWhoWouldCoverEachOtherOneIsRefused however close they come.
func TestOfTwoWhoWouldCoverEachOtherOneIsRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob")
		pairs := [][2]string{{"ann", "bob"}, {"bob", "ann"}}
		for n := range 6 {
			won, lost := race(len(pairs), func(i int) error {
				_, err := b.enter(t, pairs[i][0], pairs[i][1], day(7*n, 9), day(7*n+1, 9))
				return err
			})
			if won != 1 || refusalOf(lost[0]).reason != "CYCLE" {
				t.Errorf("%d won, and the other got %v", won, lost)
			}
		}
	})
}

// TestWhoeverWaitsForTheOwnerIsTheCovers when the cover begins, without anybody asking.
func TestWhoeverWaitsForTheOwnerIsTheCovers(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		b.rep(t, "olga", maxOpen(0))
		b.rep(t, "cat")
		name := b.qualify(t, dealOf("olga"))
		b.heldFor(t, name, routingv1.Hold_REASON_EVERYBODY_AT_CAP)
		b.leave(t, "olga", "cat", day(0, 12), day(1, 9))
		b.advanceTo(t, day(0, 11))
		b.heldFor(t, name, routingv1.Hold_REASON_EVERYBODY_AT_CAP)
		b.advanceTo(t, day(0, 12))
		b.assignedTo(t, name, "cat")
	})
}

// TestRoundsTakeTheLocksOfEverybodyElse: many reps go at one instant while leads come and others are passed on, and no transaction
// has to be done again.
func TestRoundsTakeTheLocksOfEverybodyElse(t *testing.T) {
	const reps = 16
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		var members, names []string
		for i := range reps {
			members = append(members, fmt.Sprintf("rep%02d", i))
			b.rep(t, members[i])
		}
		b.pool(t, "velocity", members...)
		for range 2 * reps {
			names = append(names, b.qualify(t))
		}
		for _, id := range members[:reps/2] {
			b.leave(t, id, "", day(0, 11), day(2, 9))
		}
		b.Clock.Set(day(0, 11))
		before := b.Host.DB.Stats().Races
		var all sync.WaitGroup
		all.Go(func() {
			if err := b.service.Fire(t.Context()); err != nil {
				t.Error(err)
			}
		})
		for _, name := range names {
			all.Go(func() {
				_, err := b.client.ReassignHandoff(revops(t), &routingv1.ReassignHandoffRequest{Name: name, Assignment: 1,
					Reason: routingv1.ReassignReason_REASSIGN_REASON_CAPACITY})
				if reason := refusalOf(err).reason; err != nil && reason != "ASSIGNMENT_SUPERSEDED" && reason != "STATE_CONFLICT" {
					t.Error(err)
				}
			})
		}
		all.Go(func() {
			for range 8 {
				b.qualify(t)
			}
		})
		all.Wait()
		if races := b.Host.DB.Stats().Races - before; races > 0 {
			t.Errorf("%d transactions were done again", races)
		}
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}
