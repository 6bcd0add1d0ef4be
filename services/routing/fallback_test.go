package routing_test

import (
	"testing"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
)

// fallingBack is the example in which somebody is asked last.
func fallingBack(fallback *playbookv1.Fallback) *playbookv1.Document {
	doc := demanding()
	doc.Routing.HeldLadder = []playbookv1.HeldStep{playbookv1.HeldStep_HELD_STEP_OVERFLOW, playbookv1.HeldStep_HELD_STEP_FALLBACK, playbookv1.HeldStep_HELD_STEP_STAY_HELD}
	doc.Routing.Fallback = fallback
	return doc
}

func lastPool(id string) *playbookv1.Fallback {
	return &playbookv1.Fallback{Whom: &playbookv1.Fallback_Pool{Pool: id}}
}

func lastRep(id string) *playbookv1.Fallback {
	return &playbookv1.Fallback{Whom: &playbookv1.Fallback_Rep{Rep: id}}
}

// TestAFallbackPoolIsAskedLast: after the pool and its overflow, by turns of its own, and for those that no pool is for.
func TestAFallbackPoolIsAskedLast(t *testing.T) {
	under(t, fallingBack(lastPool("last")), func(t *testing.T, b *bundle) {
		b.rep(t, "vic", maxOpen(1))
		b.rep(t, "dan", maxOpen(1))
		b.rep(t, "lea")
		b.rep(t, "leo", covering(german()))
		b.pool(t, "spare", "dan")
		b.overflowing(t, "velocity", "spare", "vic")
		b.pool(t, "last", "lea", "leo")
		b.assignedTo(t, b.qualify(t), "vic")
		b.assignedTo(t, b.qualify(t), "dan")
		first, second := b.handoff(t, b.qualify(t)), b.handoff(t, b.qualify(t))
		if first.GetPool() != "pools/last" || second.GetPool() != "pools/last" || first.GetRep() == second.GetRep() {
			t.Errorf("the last pool gave %s from %q and %s from %q", first.GetRep(), first.GetPool(), second.GetRep(), second.GetPool())
		}
		b.assignedTo(t, b.qualify(t, asking(0)), "leo") // who shares by the last pool must suit, too
		nowhere := b.handoff(t, b.qualify(t, ofNobody))
		if nowhere.GetPool() != "pools/last" {
			t.Errorf("a deal without owner and pool went to %q", nowhere.GetPool())
		}
	})
}

// TestWhatFreesALeadThatWaitsForTheFallback: each change gives it to whoever is asked last, at once.
func TestWhatFreesALeadThatWaitsForTheFallback(t *testing.T) {
	for _, tc := range []struct {
		name     string
		fallback *playbookv1.Fallback
		before   func(t *testing.T, b *bundle)
		change   func(t *testing.T, b *bundle)
	}{
		{"the last pool is made", lastPool("last"), func(t *testing.T, b *bundle) { b.rep(t, "lea") }, func(t *testing.T, b *bundle) { b.pool(t, "last", "lea") }},
		{"somebody joins it", lastPool("last"), func(t *testing.T, b *bundle) { b.rep(t, "lea"); b.pool(t, "last") }, func(t *testing.T, b *bundle) {
			b.updatePool(t, &routingv1.Pool{Name: "pools/last", Members: []*routingv1.PoolMember{{Rep: "reps/lea"}}}, "members")
		}},
		{"the last rep is entered", lastRep("lea"), func(*testing.T, *bundle) {}, func(t *testing.T, b *bundle) { b.rep(t, "lea") }},
		{"the last rep comes back", lastRep("lea"), func(t *testing.T, b *bundle) { b.rep(t, "lea", inactive) },
			func(t *testing.T, b *bundle) {
				b.updateRep(t, &routingv1.Rep{Name: "reps/lea", Active: new(true)}, "active")
			}},
		{"the last rep has room", lastRep("lea"), full, func(t *testing.T, b *bundle) { b.advanced(t, "lea", earlier, 1, routingv1.Step_STEP_REJECT) }},
		{"the last pool has room", lastPool("last"), func(t *testing.T, b *bundle) { full(t, b); b.pool(t, "last", "lea") },
			func(t *testing.T, b *bundle) { b.advanced(t, "lea", earlier, 1, routingv1.Step_STEP_REJECT) }},
		{"the last rep's day begins", lastRep("lea"), berliner, nextDay},
		{"the day of the last pool begins", lastPool("last"), func(t *testing.T, b *bundle) { berliner(t, b); b.pool(t, "last", "lea") }, nextDay},
	} {
		for of, change := range map[string]func(*eventv1.LeadQualified){"a pool": func(*eventv1.LeadQualified) {}, "nobody": ofNobody} {
			t.Run(tc.name+" for a lead of "+of, func(t *testing.T) {
				under(t, fallingBack(tc.fallback), func(t *testing.T, b *bundle) {
					tc.before(t, b)
					waits := b.qualify(t, change)
					if h := b.handoff(t, waits); h.GetState() != routingv1.Handoff_STATE_HELD {
						t.Fatalf("it is %v of %s", h.GetState(), h.GetRep())
					}
					tc.change(t, b)
					b.assignedTo(t, waits, "lea")
				})
			})
		}
	}
}

// ofNobody is a lead of a deal that nobody owns, and for which the table has no pool.
func ofNobody(q *eventv1.LeadQualified) {
	dealOf("")(q)
	lowIntent(q)
}

// earlier is the handoff that fills lea up.
const earlier = "handoffs/00000000000000000000000000000001"

func full(t *testing.T, b *bundle) {
	b.rep(t, "lea", maxOpen(1))
	b.pool(t, "enterprise", "lea")
	b.assignedTo(t, b.qualify(t, target), "lea")
}

func berliner(t *testing.T, b *bundle) {
	b.calendar(t, hours("berlin", "Europe/Berlin", "09:00", "17:00", workweek...))
	b.rep(t, "lea", worksBy("berlin"))
	b.advanceTo(t, at("2026-03-02T20:00Z"))
}

func nextDay(t *testing.T, b *bundle) { b.advanceTo(t, at("2026-03-03T08:00Z")) }

// TestTheFallbackIsNotAskedWithoutItsStep: the ladder decides, not that there is one.
func TestTheFallbackIsNotAskedWithoutItsStep(t *testing.T) {
	doc := fallingBack(lastRep("lea"))
	doc.Routing.HeldLadder = []playbookv1.HeldStep{playbookv1.HeldStep_HELD_STEP_OVERFLOW, playbookv1.HeldStep_HELD_STEP_STAY_HELD, playbookv1.HeldStep_HELD_STEP_FALLBACK}
	under(t, doc, func(t *testing.T, b *bundle) {
		b.rep(t, "lea")
		b.heldFor(t, b.qualify(t), routingv1.Hold_REASON_POOL_MISSING)
		b.heldFor(t, b.qualify(t, func(q *eventv1.LeadQualified) { q.Context.FirstMatch = []int32{1} }), routingv1.Hold_REASON_QUEUED)
	})
}

// TestARepWhoRefusedIsNotAskedLast: nor is a lead given to a fallback who is not there.
func TestARepWhoRefusedIsNotAskedLast(t *testing.T) {
	under(t, fallingBack(lastRep("lea")), func(t *testing.T, b *bundle) {
		b.rep(t, "lea")
		name := b.qualify(t, asking(0))
		b.assignedTo(t, name, "lea")
		if h := b.handoff(t, name); h.GetPool() != "" {
			t.Errorf("it came from %q", h.GetPool())
		}
		h := b.advanced(t, "lea", name, 1, routingv1.Step_STEP_DECLINE)
		if h.GetState() != routingv1.Handoff_STATE_HELD {
			t.Errorf("got %v of %s", h.GetState(), h.GetRep())
		}
	})
}
