package proportion_test

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/proportion"
)

// Of convicts with a twin, 10 of 13 identical twins were convicted too, and 2 of 17 others: Fisher's own example, with his
// exact chance of 619 in 1,330,665. And his tea: all four cups with milk first were told.
func TestFishersExamples(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s, other proportion.Share
		want     float64
	}{
		{share(10, 13), share(2, 17), 619.0 / 1330665}, {share(4, 4), share(0, 4), 1.0 / 70}, {share(3, 4), share(1, 4), 17.0 / 70},
		{share(0, 5), share(3, 5), 1}, {share(0, 0), share(3, 5), 1}, {share(2, 2), share(0, 0), 1},
	} {
		if got := proportion.Fisher(c.s, c.other); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v against %v: got %v, want %v", c.s, c.other, got, c.want)
		}
	}
}

func TestTheTailOfFisherIsTheShareOfDeals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyShare(t, "a"), anyShare(t, "b")
		a.Whole, b.Whole = a.Whole%60+1, b.Whole%60+1
		a.Part, b.Part = a.Part%(a.Whole+1), b.Part%(b.Whole+1)
		all, deals := a.Plus(b), new(big.Int)
		for part := a.Part; part <= min(a.Whole, all.Part); part++ {
			if rest := a.Whole - part; rest <= all.Whole-all.Part {
				deals.Add(deals, new(big.Int).Mul(new(big.Int).Binomial(all.Part, part), new(big.Int).Binomial(all.Whole-all.Part, rest)))
			}
		}
		want, _ := new(big.Rat).SetFrac(deals, new(big.Int).Binomial(all.Whole, a.Whole)).Float64()
		if got := proportion.Fisher(a, b); math.Abs(got-want) > 1e-11*max(0.01, want) {
			t.Errorf("%v against %v: got %v, want %v", a, b, got, want)
		}
	})
}
