package fairness_test

import (
	"crypto/sha256"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

// tied builds a pool in which everybody has the deficit that the next share
// leaves equal: nothing is owed to anybody.
func tied(members ...fairness.Member) fairness.Pool {
	for i := range members {
		members[i].Entitled = fairness.Units(members[i].Credits) * fairness.PerLead
	}
	return fairness.Pool{Members: members}
}

// owing moves entitlement from the first of two members to the second, so that
// shares of unlike weights come out even.
func owing(units fairness.Units, members ...fairness.Member) fairness.Pool {
	pool := tied(members...)
	pool.Members[0].Entitled -= units
	pool.Members[1].Entitled += units
	return pool
}

func TestTieBreakChain(t *testing.T) {
	for _, tc := range []struct {
		name string
		pool fairness.Pool
		want string
		tie  fairness.Tie
	}{
		{
			"fewest credits per weight",
			tied(fairness.Member{ID: "a", Weight: 1, Credits: 4}, fairness.Member{ID: "b", Weight: 1, Credits: 3}),
			"b", fairness.ByCredits,
		},
		{
			"per weight, not in all",
			owing(166_666_666,
				fairness.Member{ID: "a", Weight: 2, Credits: 4}, fairness.Member{ID: "b", Weight: 1, Credits: 3}),
			"a", fairness.ByCredits,
		},
		{
			"least recently assigned",
			tied(fairness.Member{ID: "a", Weight: 1, Credits: 3, LastAssigned: at(9)}, fairness.Member{ID: "b", Weight: 1, Credits: 3, LastAssigned: at(8)}),
			"b", fairness.ByRecency,
		},
		{
			"never assigned comes first",
			tied(fairness.Member{ID: "a", Weight: 1, Credits: 3, LastAssigned: at(0)}, fairness.Member{ID: "b", Weight: 1, Credits: 3}),
			"b", fairness.ByRecency,
		},
		{
			"hash",
			tied(fairness.Member{ID: "a", Weight: 1}, fairness.Member{ID: "b", Weight: 1}),
			"a", fairness.ByHash,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, _, err := tc.pool.Decide(present(tc.pool), key(0), at(10))
			if err != nil {
				t.Fatal(err)
			}
			if got.Member != tc.want || got.Tie != tc.tie {
				t.Errorf("got %s %v, want %s %v", got.Member, got.Tie, tc.want, tc.tie)
			}
		})
	}
}

// The bytes that are hashed are part of the contract: whoever audits a decision
// must be able to compute it.
func TestHashTieBreakCanBeComputedByHand(t *testing.T) {
	pool := tied(fairness.Member{ID: "a", Weight: 1}, fairness.Member{ID: "b", Weight: 1}, fairness.Member{ID: "c", Weight: 1})
	pool.Epoch = 41
	for lead := range 50 {
		source := key(lead)
		want, smallest := "", "\xff\xff\xff\xff\xff\xff\xff\xff"
		for _, m := range pool.Members {
			text := "\x00\x00\x00\x00\x00\x00\x00\x2a" + // epoch 42 begins
				"\x00\x00\x00\x07" + source.Source +
				"\x00\x00\x00" + string(rune(len(source.SourceID))) + source.SourceID +
				"\x00\x00\x00\x01" + m.ID
			if sum := sha256.Sum256([]byte(text)); string(sum[:8]) < smallest {
				want, smallest = m.ID, string(sum[:8])
			}
		}
		got, _, err := pool.Decide(present(pool), source, at(0))
		if err != nil {
			t.Fatal(err)
		}
		if got.Member != want || got.Tie != fairness.ByHash {
			t.Errorf("lead %d: got %s %v, want %s BY_HASH", lead, got.Member, got.Tie, want)
		}
	}
}

func TestHashTieBreakFavoursNobody(t *testing.T) {
	pool := newPool(t, fairness.Policy{}, lettered(1, 1, 1, 1))
	counts := map[string]int{}
	for lead := range 4000 {
		decision, _, err := pool.Decide(present(pool), key(lead), at(0))
		if err != nil {
			t.Fatal(err)
		}
		counts[decision.Member]++
	}
	for id, n := range counts {
		if n < 900 || n > 1100 {
			t.Errorf("%s won %d of 4000 first leads, want about 1000", id, n)
		}
	}
}

func TestDeficitsWithinRoundingTie(t *testing.T) {
	for gap, want := range map[fairness.Units]fairness.Tie{0: fairness.ByRecency, 4: fairness.ByRecency, 5: fairness.Untied} {
		pool := tied(fairness.Member{ID: "a", Weight: 1, LastAssigned: at(5)}, fairness.Member{ID: "b", Weight: 1, LastAssigned: at(4)})
		pool.Members[0].Entitled += gap
		got, _, err := pool.Decide(present(pool), key(0), at(9))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Tie); diff != "" {
			t.Errorf("%d units apart (-want +got):\n%s", gap, diff)
		}
	}
}
