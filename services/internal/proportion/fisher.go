package proportion

import "math"

// Fisher is the chance that a share has at least the part that it has, when the cases of both shares have what they have
// whichever share they are in: the upper tail of Fisher's exact test (1935), from 0 to 1.
func Fisher(s, other Share) float64 {
	all := s.Plus(other)
	deals := choose(all.Whole, s.Whole)
	var tail float64
	for part := s.Part; part <= min(s.Whole, all.Part); part++ {
		if rest := s.Whole - part; rest <= all.Whole-all.Part {
			tail += math.Exp(choose(all.Part, part) + choose(all.Whole-all.Part, rest) - deals)
		}
	}
	return min(1, tail)
}

// choose is the logarithm of the number of ways to choose k of n.
func choose(n, k int64) float64 { return factorial(n) - factorial(k) - factorial(n-k) }

// factorial is the logarithm of n!.
func factorial(n int64) float64 {
	l, _ := math.Lgamma(float64(n) + 1)
	return l
}
