package pattern

import "slices"

// Choice is a finding of one of several looks.
type Choice struct {
	Finding
	Look int // which, from 0
}

// Choose picks what counts of what several looks at the same found, such as looks at windows of different length: for each
// slice the surest finding, and of equally sure ones that of the earlier look. The surest come first.
func Choose(looks [][]Finding) []Choice {
	var all []Choice
	for i, findings := range looks {
		for _, f := range findings {
			all = append(all, Choice{Finding: f, Look: i})
		}
	}
	slices.SortStableFunc(all, func(a, b Choice) int { return compareFindings(a.Finding, b.Finding) })
	taken := make(map[Slice]bool)
	return slices.DeleteFunc(all, func(c Choice) bool {
		if slices.ContainsFunc(c.Slices, func(s Slice) bool { return taken[s] }) {
			return true
		}
		for _, s := range c.Slices {
			taken[s] = true
		}
		return false
	})
}
