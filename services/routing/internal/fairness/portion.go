package fairness

import "math/bits"

// maxTurn ends an epoch that has lasted for ever, long before the entitlement
// of its decisions leaves 64 bits (10⁹ decisions · 10⁹ units = 10¹⁸).
const maxTurn = 1_000_000_000

// amountAfter is what the accruing set has gained together after so many
// decisions of an epoch.
func amountAfter(turn int64) uint64 { return uint64(turn) * uint64(PerLead) }

// portions divides an amount among weights, one weight after the other, without
// residue: with C the prefix sums of the weights and W their total, weight i
// gets ⌊amount·C(i+1)/W⌋ − ⌊amount·C(i)/W⌋. The parts telescope to exactly the
// amount, and each prefix is within one unit of the exact proportion.
//
// For amount = 10⁹·t this is the entitlement after t decisions, and the share
// of decision t is its difference to the same with t−1.
//
// The prefix is carried as quotient and remainder, so that a division is needed
// only where the weight differs from the one before: amount·w = quotient·W +
// remainder, and a prefix's floor grows by the quotient, and by one more when
// the remainders overflow W. The product needs 128 bits.
type portions struct {
	amount, total       uint64
	weight              int64
	quotient, remainder uint64
	carried             uint64
}

// newPortions prepares to divide amount among weights that add up to total.
func newPortions(amount uint64, total int64) portions {
	return portions{amount: amount, total: uint64(total)}
}

// next gives the part of the next weight. A weight outside 1..W gets nothing:
// within it the quotient is at most the amount, so that Div64 cannot overflow.
func (p *portions) next(weight int64) Units {
	if weight != p.weight {
		if weight < 1 || uint64(weight) > p.total {
			return 0
		}
		high, low := bits.Mul64(p.amount, uint64(weight))
		p.quotient, p.remainder = bits.Div64(high, low, p.total)
		p.weight = weight
	}
	part := p.quotient
	p.carried += p.remainder
	if p.carried >= p.total {
		p.carried -= p.total
		part++
	}
	return Units(part)
}

// spread adds amount, which may be negative, to the entitlements of the members
// that take part, in proportion to their weights and without residue. Nothing
// happens when nobody takes part.
func spread(members []Member, amount Units, takes func(i int) bool) {
	var total int64
	for i := range members {
		if takes(i) {
			total += members[i].Weight
		}
	}
	sign := Units(1)
	if amount < 0 {
		sign, amount = -1, -amount
	}
	parts := newPortions(uint64(amount), total)
	for i := range members {
		if takes(i) {
			members[i].Entitled += sign * parts.next(members[i].Weight)
		}
	}
}

func everyone(int) bool { return true }
