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

// surprising is how unlikely a variation must be by chance to count, in all comparisons of one side together.
const surprising = 0.01

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
	var tests []proportion.Test
	var compared []Dimension
	for _, d := range side {
		if test := proportion.Homogeneity(ordered(tally(rows, d))); test.Freedom > 0 {
			tests, compared = append(tests, test), append(compared, d)
		}
	}
	var all []Dimension
	for i, d := range compared {
		if tests[i].P()*float64(len(tests)) < surprising {
			all = append(all, d)
		}
	}
	return all
}

// remains says whether the share varies by one of these dimensions also among cases that are alike in each of the others.
func remains(rows []Row, these, others []Dimension) bool {
	return slices.ContainsFunc(these, func(d Dimension) bool {
		return !slices.ContainsFunc(others, func(within Dimension) bool {
			return proportion.Stratified(strata(rows, d, within)).P()*float64(len(these)) >= surprising
		})
	})
}

// tally adds up the shares by value in a dimension.
func tally(rows []Row, d Dimension) map[string]proportion.Share {
	shares := make(map[string]proportion.Share)
	for _, r := range rows {
		v := r.value(d)
		shares[v] = proportion.Share{Part: shares[v].Part + r.Part, Whole: shares[v].Whole + r.Whole}
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
		s.Part, s.Whole = s.Part+r.Part, s.Whole+r.Whole
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
