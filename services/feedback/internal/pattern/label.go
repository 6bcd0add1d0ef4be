package pattern

import (
	"maps"
	"slices"

	"github.com/handoffhq/handoff/services/internal/proportion"
)

// Label says where the cause of a pattern is to be looked for.
type Label int8

// The labels.
const (
	Unclear   Label = iota + 1 // cannot be told
	Targeting                  // in the leads: the share varies with where they come from
	Process                    // in the work: the share varies with who answers
)

// surprising is how unlikely a variation must be by chance to count, in all comparisons of one side together. A slice is an
// alert because its share is high, so of those that luck made an alert far more vary than of any others: one in a hundred
// would label one alert of luck in thirteen.
const surprising = 0.001

// labelOf compares the sides.
func labelOf(rows []Row) Label {
	from, by := varying(rows, targeting), varying(rows, process)
	leads, work := len(from) > 0, len(by) > 0
	if leads && work {
		leads, work = remains(rows, from, by), remains(rows, by, from)
	}
	switch {
	case leads && !work:
		return Targeting
	case work && !leads:
		return Process
	default:
		return Unclear
	}
}

// varying are the dimensions of a side by which the share varies more than by chance.
func varying(rows []Row, side []Dimension) []Dimension {
	var all []Dimension
	for _, d := range side {
		if apart(ordered(tally(rows, d)))*float64(len(side)) < surprising {
			all = append(all, d)
		}
	}
	return all
}

// remains says whether the share varies by one of these dimensions also among cases that are alike in each of the others.
func remains(rows []Row, these, others []Dimension) bool {
	return slices.ContainsFunc(these, func(d Dimension) bool {
		return !slices.ContainsFunc(others, func(within Dimension) bool {
			return apartWithin(strata(rows, d, within))*float64(len(these)) >= surprising
		})
	})
}

// apart is how likely shares are to differ so much by chance. All are compared together, which finds many small differences,
// and each with the others, which finds one large one among many; as many comparisons find that much more by chance.
func apart(shares []proportion.Share) float64 {
	var all proportion.Share
	for _, s := range shares {
		all = all.Plus(s)
	}
	p := proportion.Homogeneity(shares).P()
	for _, s := range shares {
		p = min(p, proportion.Fisher(s, all.Less(s)))
	}
	return min(1, p*float64(len(shares)+1))
}

// apartWithin is the same of shares that are compared within strata only.
func apartWithin(strata [][]proportion.Share) float64 {
	p := proportion.Stratified(strata).P()
	slices := len(strata[0])
	for i := range slices {
		p = min(p, proportion.Stratified(against(strata, i)).P())
	}
	return min(1, p*float64(slices+1))
}

// against are the strata with one slice and all others as one.
func against(strata [][]proportion.Share, i int) [][]proportion.Share {
	var pairs [][]proportion.Share
	for _, stratum := range strata {
		var all proportion.Share
		for _, s := range stratum {
			all = all.Plus(s)
		}
		pairs = append(pairs, []proportion.Share{stratum[i], all.Less(stratum[i])})
	}
	return pairs
}

// tally adds up the shares by value in a dimension.
func tally(rows []Row, d Dimension) map[string]proportion.Share {
	shares := make(map[string]proportion.Share)
	for _, r := range rows {
		shares[r.value(d)] = shares[r.value(d)].Plus(r.Share)
	}
	return shares
}

// strata are the shares by value in one dimension, within each value of another.
func strata(rows []Row, d, within Dimension) [][]proportion.Share {
	place := make(map[string]int)
	for i, v := range slices.Sorted(maps.Keys(tally(rows, d))) {
		place[v] = i
	}
	stratum := make(map[string][]proportion.Share)
	for _, r := range rows {
		v := r.value(within)
		if stratum[v] == nil {
			stratum[v] = make([]proportion.Share, len(place))
		}
		s := &stratum[v][place[r.value(d)]]
		*s = s.Plus(r.Share)
	}
	return ordered(stratum)
}

// ordered are the values of a map in the order of its keys, so that sums of them are the same each time.
func ordered[V any](m map[string]V) []V {
	all := make([]V, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		all = append(all, m[key])
	}
	return all
}
