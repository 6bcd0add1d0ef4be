package shapley_test

import (
	"errors"
	"math/big"
	"math/bits"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/shapley"
)

var rats = cmp.Comparer(func(a, b *big.Rat) bool { return a.Cmp(b) == 0 })

func ints(values ...int64) []*big.Int {
	out := make([]*big.Int, len(values))
	for i, v := range values {
		out[i] = big.NewInt(v)
	}
	return out
}

func exact(t rapid.TB, worth []*big.Int) []*big.Rat {
	t.Helper()
	shares, err := shapley.Exact(worth)
	if err != nil {
		t.Fatal(err)
	}
	return shares
}

// anyWorth draws a worth for each coalition of a few channels.
func anyWorth(t *rapid.T, label string, n int) []*big.Int {
	return ints(rapid.SliceOfN(rapid.Int64Range(-1000, 1000), 1<<n, 1<<n).Draw(t, label)...)
}

func TestPublishedWorthsOfThreeChannels(t *testing.T) {
	t.Parallel()
	// F, O, L are bits 0 to 2, in hundredths.
	worth := ints(0, 20, 10, 47, 17, 67, 27, 100)
	want := []*big.Rat{big.NewRat(455, 10), big.NewRat(205, 10), big.NewRat(340, 10)}
	if diff := cmp.Diff(want, exact(t, worth), rats); diff != "" {
		t.Errorf("shares (-want +got):\n%s", diff)
	}
}

func TestSharesAddUpToWhatAllAreWorth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		worth := anyWorth(rt, "worth", rapid.IntRange(0, 6).Draw(rt, "channels"))
		sum := new(big.Rat)
		for _, s := range exact(rt, worth) {
			sum.Add(sum, s)
		}
		want := new(big.Rat).SetInt(new(big.Int).Sub(worth[len(worth)-1], worth[0]))
		if sum.Cmp(want) != 0 {
			rt.Fatalf("shares add up to %v, want %v", sum, want)
		}
	})
}

func TestChannelsThatAddTheSameGetTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		worth := anyWorth(rt, "worth", rapid.IntRange(2, 6).Draw(rt, "channels"))
		for set := range worth {
			if set&3 == 1 { // with the first alone; make it worth what it is with the second alone
				worth[set] = worth[set^3]
			}
		}
		if got := exact(rt, worth); got[0].Cmp(got[1]) != 0 {
			rt.Fatalf("got %v and %v", got[0], got[1])
		}
	})
}

func TestAChannelThatAddsNothingGetsNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		worth := anyWorth(rt, "worth", rapid.IntRange(1, 6).Draw(rt, "channels"))
		for set := range worth {
			if set&1 != 0 {
				worth[set] = worth[set^1]
			}
		}
		if got := exact(rt, worth)[0]; got.Sign() != 0 {
			rt.Fatalf("got %v", got)
		}
	})
}

func TestSharesOfASumAreSumsOfShares(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(rt, "channels")
		a, b := anyWorth(rt, "a", n), anyWorth(rt, "b", n)
		both := make([]*big.Int, len(a))
		for set := range a {
			both[set] = new(big.Int).Add(a[set], b[set])
		}
		want := exact(rt, a)
		for i, s := range exact(rt, b) {
			want[i].Add(want[i], s)
		}
		if diff := cmp.Diff(want, exact(rt, both), rats); diff != "" {
			rt.Fatalf("shares (-want +got):\n%s", diff)
		}
	})
}

// TestTheClosedFormIsTheExactOne is why it may bear the name, and why it may not claim more.
func TestTheClosedFormIsTheExactOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(rt, "channels")
		earned := ints(rapid.SliceOfN(rapid.Int64Range(0, 1000), 1<<n, 1<<n).Draw(rt, "earned")...)
		earned[0].SetInt64(0) // every journey has a channel
		bySize := make([][]*big.Int, n)
		for k := range bySize {
			bySize[k] = ints(make([]int64, n)...)
		}
		for set, v := range earned {
			for i := range n {
				if set>>i&1 != 0 {
					sum := bySize[bits.OnesCount(uint(set))-1][i]
					sum.Add(sum, v)
				}
			}
		}
		want := shapley.Simplified(n, bySize)
		shapley.Within(earned)
		if diff := cmp.Diff(want, exact(rt, earned), rats); diff != "" {
			rt.Fatalf("shares (-closed +exact):\n%s", diff)
		}
	})
}

func TestRatesGiveAnotherAnswer(t *testing.T) {
	t.Parallel()
	// a converts 2 of 3, b 1 of 1, both together 1 of 1.
	converted, journeys := ints(0, 2, 1, 1), ints(0, 3, 1, 1)
	shapley.Within(converted)
	shapley.Within(journeys)
	got, err := shapley.Rates(converted, journeys)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{7.0 / 6, 17.0 / 6} { // beside 2.5 and 1.5 of the closed form
		if v, _ := got[i].Float64(); v < want-1e-12 || v > want+1e-12 {
			t.Errorf("channel %d: got %v, want %v", i, v, want)
		}
	}
	if sum := new(big.Rat).Add(got[0], got[1]); sum.Cmp(big.NewRat(4, 1)) != 0 {
		t.Errorf("shares add up to %v, want 4", sum)
	}
}

func TestTheChannelsThatEarnedTheMostAreKept(t *testing.T) {
	t.Parallel()
	earned := []int64{5, 1, 5, 5, 2, 5, 5, 5, 5, 5, 5, 2, 5, 2}
	want := []int{0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12}
	if diff := cmp.Diff(want, shapley.Kept(earned)); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	if got := shapley.Kept(earned[:12]); len(got) != 12 {
		t.Errorf("of twelve channels %d are kept", len(got))
	}
}

func TestWorthsThatMissCoalitionsAreRefused(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 3, 1 << 13} {
		if _, err := shapley.Exact(make([]*big.Int, n)); !errors.Is(err, shapley.ErrCoalitions) {
			t.Errorf("%d worths: got %v, want ErrCoalitions", n, err)
		}
	}
}
