package fairness_test

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

func drawWeights(t *rapid.T, least, most int, heaviest int64) map[string]int64 {
	weights := rapid.SliceOfN(rapid.Int64Range(1, heaviest), least, most).Draw(t, "weights")
	return lettered(weights...)
}

func total(pool fairness.Pool) (sum int64) {
	for _, m := range pool.Members {
		sum += m.Weight
	}
	return sum
}

func TestFairNeverGivesAWholeLeadTooManyToAFixedSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRun(newPool(t, fairness.Policy{}, drawWeights(t, 1, 12, 100)))
		candidates := present(r.pool)
		for range 300 {
			r.decide(t, candidates)
			for i, d := range r.pool.Deficits() {
				if d <= -fairness.PerLead {
					t.Fatalf("lead %d: member %s is %v leads over the share", r.lead, r.pool.Members[i].ID, -d.Leads())
				}
			}
		}
	})
}

// A deficit, unlike an excess, can pass one lead: this is why Quota exists.
func TestFairCanOweMoreThanALeadForSkewWeights(t *testing.T) {
	r := newRun(newPool(t, fairness.Policy{}, lettered(1, 3, 10, 3, 1, 100, 3, 5, 100, 1, 1, 100)))
	var worst fairness.Units
	candidates := present(r.pool)
	for range total(r.pool) {
		r.decide(t, candidates)
		for _, d := range r.pool.Deficits() {
			worst = max(worst, d)
		}
	}
	if got := fmt.Sprintf("%.2f", worst.Leads()); got != "1.37" {
		t.Errorf("the largest deficit was %s leads, want 1.37", got)
	}
}

// Whoever offers two members who are owed the same makes one of them win and one
// lose, whichever is picked. Of twelve, the unluckiest end up three leads from
// their share, which is within (n−1)/2 = 5.5.
func TestHostilePairsMoveFairByThreeLeadsAndNoMore(t *testing.T) {
	const n, want = 12, 3 * fairness.PerLead
	weights := make([]int64, n)
	for i := range weights {
		weights[i] = 1
	}
	r := newRun(newPool(t, fairness.Policy{}, lettered(weights...)))
	var worst fairness.Units
	for range 2000 {
		r.decide(t, hostilePair(r.pool))
		for _, d := range r.pool.Deficits() {
			worst = max(worst, d, -d)
		}
	}
	if off := worst - want; max(off, -off) > fairness.Units(r.lead) {
		t.Errorf("the largest deviation was %v leads, want %v", worst.Leads(), want.Leads())
	}
}

// hostilePair offers the two who are owed the same, and of those the most.
func hostilePair(pool fairness.Pool) []fairness.Candidate {
	deficits := pool.Deficits()
	order := make([]int, len(deficits))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(deficits[j], deficits[i]) })
	first, second := order[0], order[1]
	for k := range order[1:] {
		if deficits[order[k]]-deficits[order[k+1]] < fairness.PerLead/4 {
			first, second = order[k], order[k+1]
			break
		}
	}
	return []fairness.Candidate{present(pool)[min(first, second)], present(pool)[max(first, second)]}
}

func TestFairKeepsEqualWeightsWithinTheCarpoolBoundWhateverTheAbsences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 8).Draw(t, "n")
		weights := make([]int64, n)
		for i := range weights {
			weights[i] = 1
		}
		r := newRun(newPool(t, fairness.Policy{}, lettered(weights...)))
		sets := rapid.SliceOfN(rapid.IntRange(1, 1<<n-1), 1, 400).Draw(t, "present")
		for _, set := range sets {
			var candidates []fairness.Candidate
			for i, c := range present(r.pool) {
				if set>>i&1 == 1 {
					candidates = append(candidates, c)
				}
			}
			r.decide(t, candidates)
			rounding := fairness.Units(r.lead)
			bound := fairness.PerLead*fairness.Units(n-1)/2 + rounding
			for i, d := range r.pool.Deficits() {
				if max(d, -d) > bound {
					t.Fatalf("lead %d: deficit of %s is %v, bound %v", r.lead, r.pool.Members[i].ID, d.Leads(), bound.Leads())
				}
			}
		}
	})
}

// Checked in integers on the credits: |c − λt| ≤ 1 − 1/(2n−2) is
// |c·W − w·t|·(2n−2) ≤ W·(2n−3).
func TestQuotaStaysWithinTijdemansBoundAtEveryMoment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRun(newPool(t, fairness.Policy{Mode: fairness.Quota}, drawWeights(t, 2, 12, 100)))
		n, w := int64(len(r.pool.Members)), total(r.pool)
		candidates := present(r.pool)
		for lead := int64(1); lead <= 2*w && lead <= 500; lead++ {
			if d := r.decide(t, candidates); d.Rule == fairness.NobodyDue {
				t.Fatalf("lead %d: nobody is due", lead)
			}
			for _, m := range r.pool.Members {
				off := m.Credits*w - m.Weight*lead
				if max(off, -off)*(2*n-2) > w*(2*n-3) {
					t.Fatalf("lead %d: %s has %d credits, share %d/%d", lead, m.ID, m.Credits, m.Weight*lead, w)
				}
			}
		}
	})
}

func TestQuotaCarriesDeficitsIntoANewEpoch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRun(newPool(t, fairness.Policy{Mode: fairness.Quota}, drawWeights(t, 3, 8, 20)))
		for range rapid.IntRange(1, 60).Draw(t, "leads") {
			before := r.pool.Deficits()
			candidates := present(r.pool)
			absent := rapid.IntRange(0, len(candidates)-1).Draw(t, "absent")
			if rapid.Bool().Draw(t, "changes") {
				candidates = append(candidates[:absent:absent], candidates[absent+1:]...)
			}
			decision := r.decide(t, candidates)
			for i, after := range r.pool.Deficits() {
				want := before[i] + decision.Standings[i].Share
				if r.pool.Members[i].ID == decision.Member {
					want -= fairness.PerLead
				}
				if diff := after - want; max(diff, -diff) > 1 {
					t.Fatalf("lead %d: deficit of %s went from %d to %d, want %d", r.lead, r.pool.Members[i].ID, before[i], after, want)
				}
			}
		}
	})
}

// The shares of a decision must be those of the defining formula, computed here
// with numbers of any size: B(i+1) − B(i) with
// B(j) = ⌊10⁹·Cj·t/W⌋ − ⌊10⁹·Cj·(t−1)/W⌋.
func TestSharesAreDifferencesOfRoundedPrefixes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pool := newPool(t, fairness.Policy{}, drawWeights(t, 1, 26, fairness.MaxWeight))
		turn := rapid.Int64Range(1, 1_000_000_000).Draw(t, "turn")
		weights := pool.Members
		pool, err := accruingAt(pool, turn-1)
		if err != nil {
			t.Fatalf("move to turn %d: %v", turn, err)
		}
		decision, _, err := pool.Decide(present(pool), key(0), at(0))
		if err != nil {
			t.Fatalf("decide: %v", err)
		}
		sum, prefix, previous := fairness.Units(0), int64(0), int64(0)
		for i, s := range decision.Standings {
			prefix += weights[i].Weight
			b := rounded(prefix, turn, total(pool)) - rounded(prefix, turn-1, total(pool))
			if int64(s.Share) != b-previous {
				t.Fatalf("share of %s is %d, want %d", s.Member, s.Share, b-previous)
			}
			previous = b
			sum += s.Share
		}
		if sum != fairness.PerLead {
			t.Fatalf("shares add up to %d units", sum)
		}
	})
}

// accruingAt puts everybody into an epoch that has lasted so many turns, all of
// them credited to the first member.
func accruingAt(pool fairness.Pool, turn int64) (fairness.Pool, error) {
	for i := range pool.Members {
		pool.Members[i].Accruing = true
	}
	pool.Turn = turn
	pool.Members[0].Credits = turn
	return pool, pool.Validate()
}

func rounded(prefix, turn, weight int64) int64 {
	x := big.NewInt(int64(fairness.PerLead))
	x.Mul(x, big.NewInt(prefix)).Mul(x, big.NewInt(turn))
	return x.Div(x, big.NewInt(weight)).Int64()
}
