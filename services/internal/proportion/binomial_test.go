package proportion_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/handoffhq/handoff/services/internal/proportion"
)

func TestATailIsTheExactSumOfItsTerms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		part, whole int64
		p           *big.Rat
	}{
		{6, 20, big.NewRat(12, 100)}, {9, 30, big.NewRat(12, 100)}, {1, 20, big.NewRat(1, 1000)}, {20, 20, big.NewRat(1, 2)},
		{150, 400, big.NewRat(3, 10)}, {0, 5, big.NewRat(1, 2)}, {6, 5, big.NewRat(1, 2)}, {-1, 5, big.NewRat(1, 3)},
	} {
		p, _ := c.p.Float64()
		want, _ := summed(c.part, c.whole, c.p).Float64()
		if got := proportion.Tail(c.part, c.whole, p); math.Abs(got-want) > 1e-12*max(1e-3, want) {
			t.Errorf("at least %d of %d at %v: got %.17g, want %.17g", c.part, c.whole, c.p, got, want)
		}
	}
}

// summed is the tail as an exact fraction.
func summed(part, whole int64, p *big.Rat) *big.Rat {
	sum, q := new(big.Rat), new(big.Rat).Sub(big.NewRat(1, 1), p)
	for k := max(0, part); k <= whole; k++ {
		term := new(big.Rat).SetInt(new(big.Int).Binomial(whole, k))
		for range k {
			term.Mul(term, p)
		}
		for range whole - k {
			term.Mul(term, q)
		}
		sum.Add(sum, term)
	}
	return sum
}
