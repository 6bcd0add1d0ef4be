package pattern

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/handoffhq/handoff/services/internal/proportion"
)

// Rule is what the playbook calls a pattern.
type Rule struct {
	Share float64 // from 0 to 1, of the answers of a slice
	Least int64   // how many answers a slice must have
}

// Finding is a share that is an alert.
type Finding struct {
	Slices []Slice // of which it is the share; more than one are the same cases
	Share  proportion.Share
	Strong bool // whether the lower end of its interval reaches the rule's share
	Label  Label
}

// Lower is the lower end of the share's 95 % interval.
func (f Finding) Lower() float64 {
	lower, _, _ := f.Share.Interval()
	return lower
}

// Find finds the slices in which a share is an alert, the surest first.
func Find(rows []Row, rule Rule) []Finding {
	rows = condense(rows)
	groups := make(map[string]*Finding) // by the rows that their slices have in common
	for slice, members := range byValue(rows) {
		var share proportion.Share
		for _, i := range members {
			share.Part, share.Whole = share.Part+rows[i].Part, share.Whole+rows[i].Whole
		}
		if share.Whole < rule.Least || !share.Reaches(rule.Share) {
			continue
		}
		key := fmt.Sprint(members)
		if groups[key] == nil {
			groups[key] = &Finding{Share: share}
		}
		groups[key].Slices = append(groups[key].Slices, slice)
	}
	if len(groups) == 0 {
		return nil
	}
	label := labelOf(rows)
	var all []Finding
	for _, f := range groups {
		slices.SortFunc(f.Slices, compareSlices)
		f.Strong = f.Lower() >= rule.Share
		f.Label = label
		if f.sides() > 1 {
			f.Label = Unclear
		}
		all = append(all, *f)
	}
	slices.SortFunc(all, compareFindings)
	return all
}

// condense adds up rows of the same origin, and drops empty ones.
func condense(rows []Row) []Row {
	shares := make(map[Origin]proportion.Share, len(rows))
	for _, r := range rows {
		if r.Whole > 0 {
			shares[r.Origin] = proportion.Share{Part: shares[r.Origin].Part + r.Part, Whole: shares[r.Origin].Whole + r.Whole}
		}
	}
	all := make([]Row, 0, len(shares))
	for _, origin := range slices.SortedFunc(maps.Keys(shares), compareOrigins) {
		all = append(all, Row{Origin: origin, Share: shares[origin]})
	}
	return all
}

// byValue lists the rows of each slice.
func byValue(rows []Row) map[Slice][]int {
	members := make(map[Slice][]int)
	for i, r := range rows {
		for _, s := range r.slices() {
			members[s] = append(members[s], i)
		}
	}
	return members
}

// sides counts the sides that a finding's slices are on: where the leads come from, and who answers.
func (f Finding) sides() int {
	var from, by int
	for _, s := range f.Slices {
		if slices.Contains(targeting, s.Dimension) {
			from = 1
		}
		if slices.Contains(process, s.Dimension) {
			by = 1
		}
	}
	return from + by
}

func compareFindings(a, b Finding) int {
	return cmp.Or(cmp.Compare(b.Lower(), a.Lower()), compareSlices(a.Slices[0], b.Slices[0]))
}

func compareSlices(a, b Slice) int {
	return cmp.Or(cmp.Compare(a.Dimension, b.Dimension), cmp.Compare(a.Value, b.Value))
}

func compareOrigins(a, b Origin) int {
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Campaign, b.Campaign), cmp.Compare(a.LeadMagnet, b.LeadMagnet),
		cmp.Compare(a.Rep, b.Rep), cmp.Compare(a.Pool, b.Pool))
}
