package fairness

// clamp enforces the policy's bound on deficits in place and reports what it
// moved. Cutting one member can push another over the bound, so it repeats; each
// round fills at least one member for good. As deficits add up to zero there is
// always somebody with room for what was cut.
func (p *Pool) clamp() []Share {
	bound := p.Policy.MaxDeficit
	if bound <= 0 {
		return nil
	}
	initial := p.Deficits()
	deficits := initial
	for {
		surplus := p.cut(deficits, bound)
		if surplus == 0 {
			return p.moves(initial, p.Deficits())
		}
		spread(p.Members, surplus, func(i int) bool { return hasRoom(deficits[i], surplus, bound) })
		deficits = p.Deficits()
	}
}

// cut brings every deficit within the bound and returns what was taken off in
// all, which is negative if more was added to low deficits than cut from high.
func (p *Pool) cut(deficits []Units, bound Units) (surplus Units) {
	for i, d := range deficits {
		excess := d - min(max(d, -bound), bound)
		p.Members[i].Entitled -= excess
		surplus += excess
	}
	return surplus
}

// hasRoom says whether a member can take a part of the surplus. Whoever was cut
// in this direction has none, by the deficit before the cut as well.
func hasRoom(deficit, surplus, bound Units) bool {
	if surplus > 0 {
		return deficit < bound
	}
	return deficit > -bound
}

func (p *Pool) moves(before, after []Units) []Share {
	var moves []Share
	for i := range before {
		if before[i] != after[i] {
			moves = append(moves, Share{Member: p.Members[i].ID, Units: after[i] - before[i]})
		}
	}
	return moves
}
