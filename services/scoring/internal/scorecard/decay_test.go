package scorecard

import (
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// precision is how many bits the reference arithmetic has.
const precision = 300

// power returns 2^(−numerator/denominator) for a quotient from 0 to 1, by the
// series of e^(−x·ln 2): nothing in common with the code under test.
func power(numerator, denominator int64) *big.Float {
	x := new(big.Float).SetPrec(precision).SetInt64(numerator)
	x.Quo(x, new(big.Float).SetPrec(precision).SetInt64(denominator))
	x.Mul(x, logarithm()).Neg(x)
	sum := new(big.Float).SetPrec(precision).SetInt64(1)
	term := new(big.Float).SetPrec(precision).SetInt64(1)
	for n := int64(1); n < 80; n++ {
		term.Mul(term, x).Quo(term, new(big.Float).SetPrec(precision).SetInt64(n))
		sum.Add(sum, term)
	}
	return sum
}

// logarithm returns ln 2 = Σ 1/(n·2ⁿ).
func logarithm() *big.Float {
	sum := new(big.Float).SetPrec(precision)
	for n := int64(1); n < precision; n++ {
		term := new(big.Float).SetPrec(precision).SetInt64(1)
		term.SetMantExp(term, -int(n)).Quo(term, new(big.Float).SetPrec(precision).SetInt64(n))
		sum.Add(sum, term)
	}
	return sum
}

func nearest(f *big.Float) *big.Int {
	f = new(big.Float).SetPrec(precision).Add(f, big.NewFloat(0.5))
	n, _ := f.Int(nil)
	return n
}

func TestConstantsArePowersOfOneHalf(t *testing.T) {
	t.Parallel()
	for i := range powers {
		for digit, got := range powers[i] {
			want := power(int64(digit), 1<<(4*i+4))
			want.SetMantExp(want, 63)
			if got := new(big.Int).SetUint64(got); got.Cmp(nearest(want)) != 0 {
				t.Errorf("power %d of digit %d = %#x, want %#x", i+1, digit, got, nearest(want))
			}
		}
	}
	want := logarithm()
	want.SetMantExp(want, 64)
	if got := new(big.Int).SetUint64(ln2); got.Cmp(nearest(want)) != 0 {
		t.Errorf("ln 2 = %#x, want %#x", got, nearest(want))
	}
}

func TestDecayIsRoundedLikeTheTrueValue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		halfLife := rapid.Int64Range(1, int64(400*24*time.Hour)).Draw(t, "half-life")
		halvings := rapid.Int64Range(0, 40).Draw(t, "halvings")
		rest := rapid.Int64Range(0, halfLife-1).Draw(t, "rest")
		points := rapid.Int64Range(0, int64(2*Full)).Draw(t, "points")
		if halvings > (1<<62)/halfLife {
			t.Skip("longer than a duration")
		}
		factor := power(rest, halfLife)
		factor.SetMantExp(factor, -int(halvings))
		exact := factor.Mul(factor, new(big.Float).SetPrec(precision).SetInt64(points))
		got := decayAt(time.Duration(halvings*halfLife+rest), time.Duration(halfLife)).of(Micro(points))
		if want := halfToEven(exact); int64(got) != want {
			t.Fatalf("got %d, want %d (%.20f)", got, want, exact)
		}
	})
}

func halfToEven(f *big.Float) int64 {
	floor, _ := f.Int64()
	rest := new(big.Float).SetPrec(precision).Sub(f, new(big.Float).SetInt64(floor))
	switch rest.Cmp(big.NewFloat(0.5)) {
	case 1:
		return floor + 1
	case 0:
		return floor + floor%2
	default:
		return floor
	}
}

func TestDecayNeverGrowsWithAge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		halfLife := time.Duration(rapid.Int64Range(1, int64(400*24*time.Hour)).Draw(t, "half-life"))
		age := time.Duration(rapid.Int64Range(0, 1<<62).Draw(t, "age"))
		later := age + time.Duration(rapid.Int64Range(0, 1<<61).Draw(t, "later"))
		if before, after := decayAt(age, halfLife).of(Full), decayAt(later, halfLife).of(Full); after > before {
			t.Fatalf("%d at %v, %d at %v", before, age, after, later)
		}
	})
}
