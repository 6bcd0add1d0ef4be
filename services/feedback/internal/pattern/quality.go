package pattern

import (
	"maps"
	"slices"
)

// Ratings are marks that sales gave to leads, from 1 to 5.
type Ratings struct{ Sum, Count int64 }

// Mean is the mean rating; 0 of none.
func (r Ratings) Mean() float64 {
	if r.Count == 0 {
		return 0
	}
	return float64(r.Sum) / float64(r.Count)
}

// Rated is the ratings of the leads of one origin.
type Rated struct {
	Origin
	Ratings
}

// Drop is a mean rating that fell.
type Drop struct {
	Slice  Slice
	Recent Ratings
	Before Ratings
}

// Drops compares recent ratings with those before, of all leads and by source and campaign, and gives what fell by at least
// so much where both are means of at least so many.
func Drops(recent, before []Rated, by float64, least int64) []Drop {
	now, then := rated(recent), rated(before)
	var all []Drop
	for _, s := range slices.SortedFunc(maps.Keys(now), compareSlices) {
		d := Drop{Slice: s, Recent: now[s], Before: then[s]}
		if min(d.Recent.Count, d.Before.Count) >= least && d.fell() >= by {
			all = append(all, d)
		}
	}
	return all
}

// fell is how far the mean fell: one quotient of integers, so that a fall by exactly one half is one half.
func (d Drop) fell() float64 {
	return float64(d.Before.Sum*d.Recent.Count-d.Recent.Sum*d.Before.Count) / float64(d.Before.Count*d.Recent.Count)
}

// rated adds up ratings by slice.
func rated(rows []Rated) map[Slice]Ratings {
	sums := make(map[Slice]Ratings)
	for _, r := range rows {
		for s := range r.slices() {
			if s.Dimension == All || s.Dimension == Source || s.Dimension == Campaign {
				sums[s] = Ratings{Sum: sums[s].Sum + r.Sum, Count: sums[s].Count + r.Count}
			}
		}
	}
	return sums
}
