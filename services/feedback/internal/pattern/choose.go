package pattern

import "slices"

// Choose picks what to tell of what several looks at the same found, such as looks at windows of different length: for each
// slice the surest finding, and of equally sure ones that of the earlier look; and nothing of slices that were told lately.
// Chosen findings are given by look.
func Choose(looks [][]Finding, lately func(Slice) bool) [][]Finding {
	type candidate struct {
		Finding
		look int
	}
	var all []candidate
	for i, findings := range looks {
		for _, f := range findings {
			all = append(all, candidate{Finding: f, look: i})
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return compareFindings(a.Finding, b.Finding) })
	chosen, taken := make([][]Finding, len(looks)), make(map[Slice]bool)
	for _, c := range all {
		if slices.ContainsFunc(c.Slices, func(s Slice) bool { return taken[s] || lately(s) }) {
			continue
		}
		for _, s := range c.Slices {
			taken[s] = true
		}
		chosen[c.look] = append(chosen[c.look], c.Finding)
	}
	return chosen
}
