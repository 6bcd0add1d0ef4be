package proportion

import "gonum.org/v1/gonum/mathext"

// Tail is the chance that at least part of whole cases have something that each has with the chance p, whatever the others
// have: the upper tail of the binomial distribution, by its identity with the regularised incomplete beta function.
func Tail(part, whole int64, p float64) float64 {
	switch {
	case part <= 0:
		return 1
	case part > whole:
		return 0
	default:
		return mathext.RegIncBeta(float64(part), float64(whole-part+1), p)
	}
}
