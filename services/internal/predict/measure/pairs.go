package measure

import (
	"cmp"
	"slices"
)

// pair is a prediction and what became of it.
type pair struct {
	predicted float64
	positive  bool
}

// pairs are sorted by prediction; of equal ones the negatives come first.
type pairs []pair

// sorted pairs predictions with outcomes. Lists of different lengths are read as far as the shorter.
func sorted(predicted []float64, positive []bool) pairs {
	s := make(pairs, min(len(predicted), len(positive)))
	for i := range s {
		s[i] = pair{predicted[i], positive[i]}
	}
	slices.SortFunc(s, func(a, b pair) int {
		if c := cmp.Compare(a.predicted, b.predicted); c != 0 || a.positive == b.positive {
			return c
		}
		if a.positive {
			return 1
		}
		return -1
	})
	return s
}

// counts are how many are positive and negative.
func (s pairs) counts() (positives, negatives int) {
	for _, p := range s {
		if p.positive {
			positives++
		}
	}
	return positives, len(s) - positives
}
