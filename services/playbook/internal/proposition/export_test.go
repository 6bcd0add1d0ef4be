package proposition

// Left is what is left of the work.
func (l *Logic) Left() int { return l.left }

// Nodes is how many formulas and parts of formulas there are in memory.
func Nodes(all []*Formula) int {
	seen := map[*Formula]bool{}
	for len(all) > 0 {
		f := all[len(all)-1]
		all = all[:len(all)-1]
		if !seen[f] {
			seen[f], all = true, append(all, f.parts...)
		}
	}
	return len(seen)
}
