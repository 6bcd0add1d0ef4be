package proportion_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/proportion"
)

// Women among Democrats, Independents and Republicans: Agresti (2007), An Introduction to Categorical Data Analysis, p. 39.
func TestPearsonsStatisticOfAPublishedTable(t *testing.T) {
	t.Parallel()
	got := proportion.Homogeneity([]proportion.Share{share(762, 762+484), share(327, 327+239), share(468, 468+477)})
	if math.Abs(got.Statistic-30.070) > 0.0005 || got.Freedom != 2 || math.Abs(got.P()-2.954e-07) > 0.0005e-07 {
		t.Errorf("got %.3f with %d degrees of freedom, P %.3e; want 30.070, 2, 2.954e-07", got.Statistic, got.Freedom, got.P())
	}
}

// The critical values are those of the usual tables.
func TestTheTailOfChiSquared(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		statistic float64
		freedom   int
		p         float64
	}{{3.841459, 1, 0.05}, {6.634897, 1, 0.01}, {18.475307, 7, 0.01}, {24.724970, 11, 0.01}, {0, 3, 1}} {
		if got := (proportion.Test{Statistic: c.statistic, Freedom: c.freedom}).P(); math.Abs(got-c.p) > 1e-7 {
			t.Errorf("χ²(%d) beyond %v: got %v, want %v", c.freedom, c.statistic, got, c.p)
		}
	}
}

func TestThereIsNothingToCompare(t *testing.T) {
	t.Parallel()
	for name, shares := range map[string][]proportion.Share{
		"no slice": nil, "one slice": {share(30, 100)}, "nobody has it": {share(0, 50), share(0, 60)}, "all have it": {share(50, 50), share(9, 9)},
		"slices that are small together": {share(1, 4), share(2, 3), share(0, 2)}, "one large slice": {share(30, 100), share(1, 2)},
	} {
		if got := proportion.Homogeneity(shares); got.Freedom != 0 || got.P() != 1 {
			t.Errorf("%s: %v, P %v", name, got, got.P())
		}
	}
}

// The rarer side is 16 % of 400. Two slices of five may be expected to have fewer than five cases, none fewer than one.
func TestTheSmallestSlicesAreOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		all  []proportion.Share
		free int
	}{
		{"large enough", []proportion.Share{share(30, 200), share(24, 100), share(5, 60), share(5, 40)}, 3},
		{"two small ones of five", []proportion.Share{share(30, 200), share(15, 90), share(15, 60), share(2, 30), share(2, 20)}, 4},
		{"three small ones of five", []proportion.Share{share(30, 200), share(30, 120), share(2, 30), share(1, 28), share(1, 22)}, 3},
		{"a tiny one", []proportion.Share{share(30, 200), share(29, 110), share(5, 85), share(0, 5)}, 2},
		{"tiny ones that are one small one", []proportion.Share{share(30, 200), share(32, 190), share(1, 5), share(1, 5)}, 2},
	} {
		if got := proportion.Homogeneity(c.all); got.Freedom != c.free {
			t.Errorf("%s: %v, want %d degrees of freedom", c.name, got, c.free)
		}
	}
	apart := []proportion.Share{share(30, 200), share(29, 110), share(5, 90)}
	if got, want := proportion.Homogeneity([]proportion.Share{share(5, 85), share(30, 200), share(0, 5), share(29, 110)}), proportion.Homogeneity(apart); got != want {
		t.Errorf("the tiny slice joins the next: got %v, want %v", got, want)
	}
}

// Whether a share varies does not depend on which of two sides is counted, nor on the order of slices.
func TestTheSidesOfAShareAreAlike(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var shares []proportion.Share
		for i := range rapid.Int64Range(2, 8).Draw(t, "slices") { // no two of a size: of these either may be pooled
			part := rapid.Int64Range(0, 100).Draw(t, "part")
			shares = append(shares, share(part, part+(8*rapid.Int64Range(12, 50).Draw(t, "size")+i-part)))
		}
		var turned []proportion.Share
		for i := range shares {
			s := shares[len(shares)-1-i]
			turned = append(turned, share(s.Whole-s.Part, s.Whole))
		}
		a, b := proportion.Homogeneity(shares), proportion.Homogeneity(turned)
		if a.Freedom != b.Freedom || math.Abs(a.Statistic-b.Statistic) > 1e-6*max(1, a.Statistic) {
			t.Errorf("got %v, turned round %v", a, b)
		}
	})
}
