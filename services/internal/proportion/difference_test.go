package proportion_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/proportion"
)

// The examples are those of Newcombe (1998), Table II, method 10.
func TestTheIntervalOfADifferenceIsNewcombes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b                     proportion.Share
		difference, lower, upper float64
	}{
		{share(56, 70), share(48, 80), 0.2, 0.0524, 0.3339},
		{share(9, 10), share(3, 10), 0.6, 0.1705, 0.8090},
		{share(6, 7), share(2, 7), 0.5714, 0.0582, 0.8062},
		{share(5, 56), share(0, 29), 0.0893, -0.0381, 0.1926},
		{share(0, 10), share(0, 20), 0, -0.1611, 0.2775},
		{share(0, 10), share(0, 10), 0, -0.2775, 0.2775},
		{share(10, 10), share(0, 20), 1, 0.6791, 1},
		{share(10, 10), share(0, 10), 1, 0.6075, 1},
	} {
		difference, lower, upper, ok := proportion.Difference(c.a, c.b)
		if !ok || !close4(difference, c.difference) || !close4(lower, c.lower) || !close4(upper, c.upper) {
			t.Errorf("%v less %v: got %.4f [%.4f, %.4f] %v, want %.4f [%.4f, %.4f]", c.a, c.b, difference, lower, upper, ok,
				c.difference, c.lower, c.upper)
		}
	}
	if _, _, _, ok := proportion.Difference(share(0, 0), share(1, 2)); ok {
		t.Error("something is known of the difference to nothing")
	}
}

func TestADifferenceTurnsRoundWithItsInterval(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyShare(t, "a"), anyShare(t, "b")
		d, low, high, _ := proportion.Difference(a, b)
		e, backLow, backHigh, _ := proportion.Difference(b, a)
		if d != -e || math.Abs(low+backHigh) > 1e-12 || math.Abs(high+backLow) > 1e-12 || low > d || d > high {
			t.Errorf("%v less %v is %v [%v, %v], turned round %v [%v, %v]", a, b, d, low, high, e, backLow, backHigh)
		}
	})
}

func TestAShareReachesItsOwnLevel(t *testing.T) {
	t.Parallel()
	for whole := int64(10); whole <= 100_000; whole += 10 {
		part := whole / 10 * 3
		if !share(part, whole).Reaches(0.3) || share(part-1, whole).Reaches(0.3) {
			t.Fatalf("%d of %d is not told apart from 30 %%", part, whole)
		}
	}
	if share(0, 0).Reaches(0) {
		t.Error("nothing reaches a level")
	}
}

func share(part, whole int64) proportion.Share { return proportion.Share{Part: part, Whole: whole} }

// close4 says whether two numbers are the same when printed with four decimals.
func close4(got, want float64) bool { return math.Abs(got-want) <= 0.00005+1e-12 }

func anyShare(t *rapid.T, label string) proportion.Share {
	whole := rapid.Int64Range(1, 5_000).Draw(t, label+" whole")
	return share(rapid.Int64Range(0, whole).Draw(t, label+" part"), whole)
}
