package fairness_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

func TestFairSequences(t *testing.T) {
	index := fairness.Policy{IndexTies: true}
	for _, tc := range []struct {
		name    string
		policy  fairness.Policy
		weights []int64
		want    string
	}{
		{"one double weight", index, []int64{2, 1, 1}, "abcaabca"},
		{"one heavy weight is spread out", index, []int64{5, 1, 1}, "aabacaa"},
		{"three weights, ties by index", index, []int64{3, 2, 1}, "abacba"},
		{"three weights, ties as in production", fairness.Policy{}, []int64{3, 2, 1}, "abcaba"},
		{"a single member", fairness.Policy{}, []int64{7}, "aaa"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := newRun(newPool(t, tc.policy, lettered(tc.weights...))).letters(len(tc.want)); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// A pointer that moves to the next member who is there hands an absent member's
// turn to the one behind. Here b misses every second lead; the pointer gives b
// as many leads as everybody else, and the error grows with every lead.
func TestPointerRoundRobinIsUnfairWhereFairIsNot(t *testing.T) {
	for _, tc := range []struct {
		leads             int
		byPointer, byFair string // leads of a, b, c and d
		wrong             int    // leads that the pointer gave to b and owed to others
	}{
		{240, "60 60 60 60", "70 30 70 70", 30},
		{1200, "300 300 300 300", "350 150 350 350", 150},
	} {
		pool := newPool(t, fairness.Policy{}, lettered(1, 1, 1, 1))
		pointed, decided := make([]int, 4), make([]int, 4)
		pointer, r := 0, newRun(pool)
		for lead := range tc.leads {
			missing := ""
			if lead%2 == 0 {
				missing = "b"
			}
			for pool.Members[pointer].ID == missing {
				pointer = (pointer + 1) % len(pool.Members)
			}
			pointed[pointer]++
			pointer = (pointer + 1) % len(pool.Members)

			decided[r.decide(t, present(pool, missing)).Member[0]-'a']++
		}
		if got := spell(pointed); got != tc.byPointer {
			t.Errorf("of %d leads the pointer gave %s, want %s", tc.leads, got, tc.byPointer)
		}
		if got := spell(decided); got != tc.byFair {
			t.Errorf("of %d leads fair gave %s, want %s", tc.leads, got, tc.byFair)
		}
		if got := pointed[1] - decided[1]; got != tc.wrong {
			t.Errorf("of %d leads the pointer gave b %d too many, want %d", tc.leads, got, tc.wrong)
		}
	}
}

// spell writes counts as "300 150 300".
func spell(counts []int) string { return strings.Trim(fmt.Sprint(counts), "[]") }

func TestDecisionExplainsItself(t *testing.T) {
	pool := newPool(t, fairness.Policy{}, lettered(2, 1, 1, 4))
	candidates := []fairness.Candidate{
		{Member: "a", Availability: fairness.Available, Open: 3},
		{Member: "b", Availability: fairness.Available},
		{Member: "d", Availability: fairness.OnLeave},
	}
	got, next, err := pool.Decide(candidates, key(0), at(0))
	if err != nil {
		t.Fatal(err)
	}
	want := fairness.Decision{
		Member: "a", Rule: fairness.LargestDeficit, Tie: fairness.Untied, Epoch: 5, Turn: 1,
		Standings: []fairness.Standing{
			{Member: "a", Availability: fairness.Available, Accrues: true, Open: 3, Share: 666_666_666, Deficit: 666_666_666},
			{Member: "b", Availability: fairness.Available, Accrues: true, Share: 333_333_334, Deficit: 333_333_334},
			{Member: "c"},
			{Member: "d", Availability: fairness.OnLeave},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decision (-want +got):\n%s", diff)
	}
	wantDeficits := []fairness.Units{-333_333_334, 333_333_334, 0, 0}
	if diff := cmp.Diff(wantDeficits, next.Deficits()); diff != "" {
		t.Errorf("deficits (-want +got):\n%s", diff)
	}
}

func TestWithinAnEpochADecisionChangesOneMember(t *testing.T) {
	r := newRun(newPool(t, fairness.Policy{}, lettered(3, 2, 1)))
	r.many(4)
	before := r.pool
	decision := r.decide(t, present(r.pool))
	if r.pool.Epoch != before.Epoch || r.pool.Turn != before.Turn+1 {
		t.Errorf("went from epoch %d turn %d to %d, %d", before.Epoch, before.Turn, r.pool.Epoch, r.pool.Turn)
	}
	for i, m := range r.pool.Members {
		if changed := m != before.Members[i]; changed != (m.ID == decision.Member) {
			t.Errorf("member %s changed: %v, but %s was picked", m.ID, changed, decision.Member)
		} else if changed && !m.LastAssigned.Equal(at(4)) {
			t.Errorf("last lead of %s was at %v, want %v", m.ID, m.LastAssigned, at(4))
		}
	}
}

func TestAnEpochThatLastsForEverIsRenewed(t *testing.T) {
	const longest = 1_000_000_000
	pool, err := accruingAt(newPool(t, fairness.Policy{}, lettered(3, 2, 2)), longest)
	if err != nil {
		t.Fatal(err)
	}
	for i, credits := range []int64{428_571_428, 285_714_286, 285_714_286} {
		pool.Members[i].Credits = credits
	}
	if err := pool.Validate(); err != nil {
		t.Fatal(err)
	}
	decision, next, err := pool.Decide(present(pool), key(0), at(0))
	if err != nil {
		t.Fatal(err)
	}
	if decision.Epoch != pool.Epoch+1 || decision.Turn != 1 || decision.Member != "a" {
		t.Errorf("got epoch %d turn %d to %s", decision.Epoch, decision.Turn, decision.Member)
	}
	if err := next.Validate(); err != nil {
		t.Error(err)
	}
}

func TestAnotherAccruingSetStartsAnEpochAndCarriesDeficits(t *testing.T) {
	r := newRun(newPool(t, fairness.Policy{}, lettered(1, 1, 1)))
	r.many(2)
	owed := deficitOf(t, r.pool, "c")
	first := r.decide(t, present(r.pool, "c"))
	if first.Turn != 1 || deficitOf(t, r.pool, "c") != owed {
		t.Errorf("turn %d and c is owed %d, want turn 1 and %d", first.Turn, deficitOf(t, r.pool, "c"), owed)
	}
	if back := r.decide(t, present(r.pool)); back.Epoch != first.Epoch+1 {
		t.Errorf("epoch %d follows %d", back.Epoch, first.Epoch)
	}
}

func TestWhoIsEligibleAndWhoAccrues(t *testing.T) {
	for _, tc := range []struct {
		availability                 fairness.Availability
		eligible, accrues, ifCapping bool
	}{
		{fairness.Unlisted, false, false, false},
		{fairness.Available, true, true, true},
		{fairness.OffShift, false, false, false},
		{fairness.OnLeave, false, false, false},
		{fairness.OnHoliday, false, false, false},
		{fairness.Inactive, false, false, false},
		{fairness.AtCap, false, false, true},
		{fairness.Unsuited, false, false, false},
		{fairness.AnsweredBefore, false, false, false},
		{fairness.Availability(200), false, false, false},
	} {
		t.Run(tc.availability.String(), func(t *testing.T) {
			if got := tc.availability.Eligible(); got != tc.eligible {
				t.Errorf("eligible: got %v, want %v", got, tc.eligible)
			}
			for policy, want := range map[fairness.Policy]bool{
				{}: tc.accrues, {AccrueWhenCapped: true}: tc.ifCapping,
			} {
				pool := newPool(t, policy, lettered(1, 1))
				candidates := []fairness.Candidate{
					{Member: "a", Availability: tc.availability},
					{Member: "b", Availability: fairness.Available},
				}
				decision, _, err := pool.Decide(candidates, key(0), at(0))
				if err != nil {
					t.Fatal(err)
				}
				if got := decision.Standings[0].Share > 0; got != want {
					t.Errorf("accrues under %+v: got %v, want %v", policy, got, want)
				}
				if !tc.eligible && decision.Member == "a" {
					t.Errorf("a was picked though %v", tc.availability)
				}
			}
		})
	}
}

func TestNobodyIsOwedAFloodAfterAnAbsence(t *testing.T) {
	r := newRun(newPool(t, fairness.Policy{}, lettered(1, 1, 1)))
	r.many(3)
	for range 100 {
		r.decide(t, present(r.pool, "a"))
	}
	got := 0
	for _, id := range r.many(6) {
		if id == "a" {
			got++
		}
	}
	if got != 2 {
		t.Errorf("a got %d of the six leads after the return, want 2", got)
	}
}

func TestLeastLoadedPicksFewestOpenPerWeight(t *testing.T) {
	pool := newPool(t, fairness.Policy{Mode: fairness.LeastLoaded}, lettered(1, 3, 1))
	candidates := func(open ...int64) []fairness.Candidate {
		all := present(pool)
		for i := range all {
			all[i].Open = open[i]
		}
		return all
	}
	for _, tc := range []struct {
		name string
		open []int64
		want string
		tie  fairness.Tie
	}{
		{"weight counts", []int64{2, 5, 3}, "b", fairness.Untied},
		{"strictly fewest", []int64{1, 4, 2}, "a", fairness.Untied},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, _, err := pool.Decide(candidates(tc.open...), key(0), at(0))
			if err != nil {
				t.Fatal(err)
			}
			if got.Member != tc.want || got.Rule != fairness.SmallestLoad || got.Tie != tc.tie {
				t.Errorf("got %s by %v, %v; want %s by SMALLEST_LOAD, %v", got.Member, got.Rule, got.Tie, tc.want, tc.tie)
			}
		})
	}
}
