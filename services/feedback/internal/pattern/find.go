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
	alerts := make(map[Slice]proportion.Share)
	for slice, share := range bySlice(rows) {
		if share.Whole >= rule.Least && share.Reaches(rule.Share) {
			alerts[slice] = share
		}
	}
	if len(alerts) == 0 {
		return nil
	}
	rows = condense(rows)
	label := labelOf(rows)
	var all []Finding
	for _, slices := range sameCases(rows, alerts) {
		f := Finding{Slices: slices, Share: alerts[slices[0]], Label: label}
		f.Strong = f.Lower() >= rule.Share
		if f.sides() > 1 {
			f.Label = Unclear
		}
		all = append(all, f)
	}
	slices.SortFunc(all, compareFindings)
	return all
}

// bySlice adds up the shares of each slice.
func bySlice(rows []Row) map[Slice]proportion.Share {
	shares := make(map[Slice]proportion.Share)
	for _, r := range rows {
		for s := range r.slices() {
			shares[s] = shares[s].Plus(r.Share)
		}
	}
	return shares
}

// condense adds up rows of the same origin, and drops empty ones.
func condense(rows []Row) []Row {
	shares := make(map[Origin]proportion.Share, len(rows))
	for _, r := range rows {
		if r.Whole > 0 {
			shares[r.Origin] = shares[r.Origin].Plus(r.Share)
		}
	}
	all := make([]Row, 0, len(shares))
	for _, origin := range slices.SortedFunc(maps.Keys(shares), compareOrigins) {
		all = append(all, Row{Origin: origin, Share: shares[origin]})
	}
	return all
}

// sameCases groups slices by the rows that they consist of.
func sameCases(rows []Row, alerts map[Slice]proportion.Share) [][]Slice {
	members := make(map[Slice][]int)
	for i, r := range rows {
		for s := range r.slices() {
			if _, ok := alerts[s]; ok {
				members[s] = append(members[s], i)
			}
		}
	}
	groups := make(map[string][]Slice)
	for _, s := range slices.SortedFunc(maps.Keys(members), compareSlices) {
		key := fmt.Sprint(members[s])
		groups[key] = append(groups[key], s)
	}
	return slices.Collect(maps.Values(groups))
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
