package fairness_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

func TestReverseTakesBackTheCreditAndTheShares(t *testing.T) {
	r := newRun(newPool(t, fairness.Policy{}, lettered(3, 2, 1)))
	r.many(2)
	before := r.pool
	decision := r.decide(t, present(r.pool))
	after := r.pool.Reverse(decision.Entry())
	if diff := cmp.Diff(before.Deficits(), after.Deficits()); diff != "" {
		t.Errorf("deficits (-before +after):\n%s", diff)
	}
	for i, m := range after.Members {
		if m.Credits != before.Members[i].Credits {
			t.Errorf("%s has %d credits, want %d", m.ID, m.Credits, before.Members[i].Credits)
		}
	}
}

func TestReverseAfterTheMemberLeftGivesTheCreditToTheRest(t *testing.T) {
	r := newRun(newPool(t, fairness.Policy{}, lettered(2, 1, 1)))
	entry := r.decide(t, present(r.pool)).Entry() // a gets it
	left := must(t)(r.pool.Leave("a"))
	if diff := cmp.Diff([]fairness.Units{0, 0}, left.Deficits()); diff != "" {
		t.Errorf("after leaving (-want +got):\n%s", diff)
	}
	got := left.Reverse(entry)
	if diff := cmp.Diff([]fairness.Units{0, 0}, got.Deficits()); diff != "" {
		t.Errorf("after reversing (-want +got):\n%s", diff)
	}
}

func TestReverseDoesNotConcernWhoJoinedAgain(t *testing.T) {
	r := newRun(newPool(t, fairness.Policy{}, lettered(2, 1, 1)))
	entry := r.decide(t, present(r.pool)).Entry()
	back := must(t)(must(t)(r.pool.Leave("a")).Join("a", 2))
	got := back.Reverse(entry)
	if m := got.Members[0]; m.Credits != 0 {
		t.Errorf("a has %d credits after joining anew, want 0", m.Credits)
	}
	if err := got.Validate(); err != nil {
		t.Error(err)
	}
}

func TestDeclineCostsTheTurnUnlessItIsFree(t *testing.T) {
	for _, free := range []bool{false, true} {
		r := newRun(newPool(t, fairness.Policy{DeclineIsFree: free}, lettered(1, 1)))
		before := r.pool.Deficits()
		decision := r.decide(t, present(r.pool))
		spent := r.pool.Deficits()
		want := spent
		if free {
			want = before
		}
		if diff := cmp.Diff(want, r.pool.Decline(decision.Entry()).Deficits()); diff != "" {
			t.Errorf("free %v: deficits (-want +got):\n%s", free, diff)
		}
	}
}

func TestARosterRestoresEveryEntryOfItsEpoch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRun(newPool(t, fairness.Policy{}, drawWeights(t, 2, 9, 50)))
		absent := rapid.SampledFrom(r.pool.Members).Draw(t, "absent").ID
		for range rapid.IntRange(1, 80).Draw(t, "leads") {
			decision := r.decide(t, present(r.pool, absent))
			restored := r.pool.Roster().Entry(decision.Turn, decision.Member)
			if diff := cmp.Diff(decision.Entry(), restored); diff != "" {
				t.Fatalf("turn %d (-want +got):\n%s", decision.Turn, diff)
			}
		}
	})
}
