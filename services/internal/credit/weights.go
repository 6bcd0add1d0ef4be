package credit

import "math/big"

// Weights are the fractions of a journey's credit, one a touch, in touch order. They are integer
// shares of a common whole in lowest terms and sum to exactly that whole, which is below 2⁶³. The
// zero Weights belong to a journey without touches.
type Weights struct {
	shares []uint64
	whole  uint64
}

// Len returns the number of weights, which is the number of touches.
func (w Weights) Len() int { return len(w.shares) }

// Share returns the i-th weight's numerator. [Weights.Whole] is its denominator.
func (w Weights) Share(i int) uint64 { return w.shares[i] }

// Whole returns the denominator of all weights: the sum of their shares.
func (w Weights) Whole() uint64 { return w.whole }

// Rat returns the i-th weight as an exact fraction.
func (w Weights) Rat(i int) *big.Rat {
	share, whole := new(big.Int).SetUint64(w.shares[i]), new(big.Int).SetUint64(w.whole)
	return new(big.Rat).SetFrac(share, whole)
}

// Weights shares the credit of a journey.
//
//   - Where one touch holds several milestones, their parts add up.
//   - An absent milestone leaves its parts to the milestones that are there, in proportion; the rest
//     stays what it is.
//   - Without touches in the middle the rest goes to the milestones, in proportion.
//   - A journey that holds none of the model's milestones is shared evenly, since credit never
//     vanishes. Only custom models can come to that.
func (m Model) Weights(j Journey) Weights {
	switch {
	case j.Len() == 0:
		return Weights{}
	case m.halfLife > 0:
		return m.decayed(j)
	default:
		return m.placed(j)
	}
}

// placed weighs a journey by the milestones that its touches hold.
func (m Model) placed(j Journey) Weights {
	shares := make([]uint64, j.Len())
	var present uint64
	for at, parts := range m.parts {
		if place := j.places[at]; place != absent {
			shares[place] += parts
			present += parts
		}
	}
	var middle uint64
	for _, held := range shares {
		if held == 0 {
			middle++
		}
	}
	s := m.split(present, middle)
	for i, held := range shares {
		shares[i] = held * s.perPart
		if held == 0 {
			shares[i] = s.perMiddle
		}
	}
	return lowestTerms(shares, s.whole)
}

// split says what one part of a milestone and what one touch in the middle gets of the whole.
type split struct {
	perPart, perMiddle, whole uint64
}

// split shares the whole between milestones, which together hold the present parts, and the touches
// in the middle. The whole is at most 10⁶ · 10⁶ · 2¹⁷ < 2⁵⁷.
func (m Model) split(present, middle uint64) split {
	switch {
	case present == 0:
		return split{perMiddle: 1, whole: middle}
	case middle == 0:
		return split{perPart: 1, whole: present}
	default:
		return split{
			perPart:   (WholeParts - m.rest) * middle,
			perMiddle: m.rest * present,
			whole:     WholeParts * present * middle,
		}
	}
}

// lowestTerms divides shares and whole by their greatest common divisor, in place.
func lowestTerms(shares []uint64, whole uint64) Weights {
	divisor := whole
	for _, share := range shares {
		for share != 0 {
			divisor, share = share, divisor%share
		}
		if divisor == 1 {
			break
		}
	}
	for i := range shares {
		shares[i] /= divisor
	}
	return Weights{shares: shares, whole: whole / divisor}
}
