package proportion

import (
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// least is how many cases, and how many others, a slice must be expected to have for Pearson's statistic to follow χ²
// (Cochran 1954).
const least = 5

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

// Homogeneity compares the shares of slices that have no case in common, by Pearson's χ². Slices that are too small for it
// are taken together as one.
func Homogeneity(shares []Share) Test {
	var all Share
	for _, s := range shares {
		all = all.plus(s)
	}
	if all.Part == 0 || all.Part == all.Whole {
		return Test{}
	}
	p := all.float()
	large := pooled(shares, float64(least)/min(p, 1-p))
	if len(large) < 2 {
		return Test{}
	}
	t := Test{Freedom: len(large) - 1}
	for _, s := range large {
		n := float64(s.Whole)
		off := float64(s.Part) - n*p
		t.Statistic += off * off / (n * p * (1 - p))
	}
	return t
}

// pooled are the slices of at least a size, and all others as one. If these are still too small they join the smallest slice.
func pooled(shares []Share, size float64) []Share {
	var large []Share
	var others Share
	for _, s := range shares {
		if float64(s.Whole) < size {
			others = others.plus(s)
		} else {
			large = append(large, s)
		}
	}
	switch {
	case others.Whole == 0:
	case float64(others.Whole) >= size || len(large) == 0:
		large = append(large, others)
	default:
		slices.SortFunc(large, func(a, b Share) int { return int(min(1, max(-1, a.Whole-b.Whole))) })
		large[0] = large[0].plus(others)
	}
	return large
}

func (s Share) plus(other Share) Share {
	return Share{Part: s.Part + other.Part, Whole: s.Whole + other.Whole}
}
