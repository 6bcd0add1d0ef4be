package fairness_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

func TestWhatTheBoundCutsGoesToTheOthersByWeight(t *testing.T) {
	const lead = fairness.PerLead
	pool := fairness.Pool{Policy: fairness.Policy{MaxDeficit: lead}, Members: []fairness.Member{
		{ID: "a", Weight: 1, Entitled: -2 * lead},
		{ID: "b", Weight: 1, Entitled: lead},
		{ID: "c", Weight: 3, Entitled: lead},
	}}
	// a gets one more past the pool, so that they stand at −3, 1.25 and 1.75. The
	// cuts are −2, 0.25 and 0.75; what a was let off, 1, is taken from b and c.
	candidates := []fairness.Candidate{
		{Member: "b", Availability: fairness.Available},
		{Member: "c", Availability: fairness.Available},
	}
	decision, next, err := pool.Charge("a", candidates, at(0))
	if err != nil {
		t.Fatal(err)
	}
	want := []fairness.Units{-lead, lead * 3 / 4, lead / 4}
	got := next.Deficits()
	var sum fairness.Units
	for _, move := range decision.Clamped {
		sum += move.Units
	}
	if sum != 0 || len(decision.Clamped) != 3 {
		t.Errorf("moved %v, want three moves that add up to zero", decision.Clamped)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("deficits (-want +got):\n%s", diff)
	}
}

func TestNothingIsReportedWhenTheBoundCutsNothing(t *testing.T) {
	pool := newPool(t, fairness.Policy{MaxDeficit: 3 * fairness.PerLead}, lettered(1, 1))
	decision, _, err := pool.Decide(present(pool), key(0), at(0))
	if err != nil {
		t.Fatal(err)
	}
	if decision.Clamped != nil {
		t.Errorf("moved %v", decision.Clamped)
	}
}
