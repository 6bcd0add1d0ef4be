package proportion

import (
	"cmp"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// How many cases, and how many others, a slice must be expected to have for Pearson's statistic to follow χ² (Cochran 1954,
// Biometrics 10:417): a fifth of these numbers may be small, none tiny.
const (
	small = 5
	tiny  = 1
	mayBe = 0.2
)

// Test is what was found when shares were compared that may all be the same.
type Test struct {
	Statistic float64 // distributed as χ² if they are
	Freedom   int     // its degrees of freedom; 0 if there was nothing to compare
}

// P is the chance to find this much or more when all shares are the same; 1 if there was nothing to compare.
func (t Test) P() float64 {
	if t.Freedom == 0 {
		return 1
	}
	return distuv.ChiSquared{K: float64(t.Freedom)}.Survival(t.Statistic)
}

// Homogeneity compares the shares of slices that have no case in common, by Pearson's χ². As many of the smallest slices as
// are too small for it are taken together as one.
func Homogeneity(shares []Share) Test {
	var all Share
	for _, s := range shares {
		all = all.Plus(s)
	}
	if all.Part == 0 || all.Part == all.Whole {
		return Test{}
	}
	p := all.float()
	shares = pooled(shares, min(p, 1-p))
	if len(shares) < 2 {
		return Test{}
	}
	t := Test{Freedom: len(shares) - 1}
	for _, s := range shares {
		n := float64(s.Whole)
		off := float64(s.Part) - n*p
		t.Statistic += off * off / (n * p * (1 - p))
	}
	return t
}

// pooled takes the smallest slices together until all are large enough; rarer is the share of the rarer side overall.
func pooled(shares []Share, rarer float64) []Share {
	sorted := slices.Clone(shares)
	slices.SortFunc(sorted, func(a, b Share) int { return cmp.Or(cmp.Compare(a.Whole, b.Whole), cmp.Compare(a.Part, b.Part)) })
	for !suffice(sorted, rarer) {
		if len(sorted) < 2 {
			return nil
		}
		sorted[1] = sorted[1].Plus(sorted[0])
		sorted = sorted[1:]
	}
	return sorted
}

// suffice says whether slices are large enough: each is expected to have two numbers, of which the rarer may be small.
func suffice(shares []Share, rarer float64) bool {
	var few int
	for _, s := range shares {
		switch expected := float64(s.Whole) * rarer; {
		case expected < tiny:
			return false
		case expected < small:
			few++
		}
	}
	return float64(few) <= mayBe*2*float64(len(shares))
}
