package fairness_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

func TestRestoreUndoesReverseWhoeverHadTheLead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRun(newPool(t, fairness.Policy{}, drawWeights(t, 1, 9, 50)))
		var entries []fairness.Entry
		for range rapid.IntRange(1, 40).Draw(t, "leads") {
			entries = append(entries, r.decide(t, present(r.pool)).Entry())
		}
		e := rapid.SampledFrom(entries).Draw(t, "entry")
		if diff := cmp.Diff(r.pool, r.pool.Reverse(e).Restore(e)); diff != "" {
			t.Fatalf("reversed and restored (-before +after):\n%s", diff)
		}
		if diff := cmp.Diff(r.pool, r.pool.Restore(e).Reverse(e)); diff != "" {
			t.Fatalf("restored and reversed (-before +after):\n%s", diff)
		}
	})
}

func TestRestoreAfterOthersLeftStillUndoesReverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRun(newPool(t, fairness.Policy{}, drawWeights(t, 2, 9, 50)))
		e := r.decide(t, present(r.pool)).Entry()
		for range rapid.IntRange(1, len(r.pool.Members)-1).Draw(t, "leave") {
			left, err := r.pool.Leave(rapid.SampledFrom(r.pool.Members).Draw(t, "who").ID)
			if err != nil {
				t.Fatal(err)
			}
			r.pool = left
		}
		if diff := cmp.Diff(r.pool, r.pool.Reverse(e).Restore(e)); diff != "" {
			t.Fatalf("reversed and restored (-before +after):\n%s", diff)
		}
	})
}

func TestRestoreAfterTheMemberLeftTakesTheLeadFromTheRest(t *testing.T) {
	r := newRun(newPool(t, fairness.Policy{}, lettered(2, 1, 1)))
	e := r.decide(t, present(r.pool)).Entry() // a gets it
	left := must(t)(r.pool.Reverse(e).Leave("a"))
	got := left.Restore(e)
	if err := got.Validate(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]fairness.Units{0, 0}, got.Deficits()); diff != "" {
		t.Errorf("after restoring (-want +got):\n%s", diff)
	}
}

func TestRestoreDoesNotConcernWhoJoinedAgain(t *testing.T) {
	r := newRun(newPool(t, fairness.Policy{}, lettered(2, 1, 1)))
	e := r.decide(t, present(r.pool)).Entry()
	back := must(t)(must(t)(r.pool.Reverse(e).Leave("a")).Join("a", 2))
	got := back.Restore(e)
	if m := got.Members[0]; m.Credits != 0 {
		t.Errorf("a has %d credits after joining anew, want 0", m.Credits)
	}
	if err := got.Validate(); err != nil {
		t.Error(err)
	}
}
