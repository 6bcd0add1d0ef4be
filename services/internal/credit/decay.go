package credit

import "math/bits"

const (
	// decayBits is the precision of time decay: the newest touch has 2⁴⁰ shares. With [MaxTouches]
	// touches the whole stays within 2⁵⁷.
	decayBits = 40

	// ln2 is the natural logarithm of 2 in units of 2⁻⁶⁴.
	ln2 = 0xB17217F7D1CF79AC

	// seriesTerms bounds the error of the series below 2⁻⁶⁴: 0.6932²¹ ÷ 21! < 10⁻²².
	seriesTerms = 20
)

// decayed weighs a journey by the age of its touches. Ages are taken from the newest touch rather
// than from the cut: the difference is a common factor, and so the newest touch never vanishes.
func (m Model) decayed(j Journey) Weights {
	newest := j.touches[j.Len()-1].OccurredAt.UnixMicro()
	shares := make([]uint64, j.Len())
	var whole uint64
	for i, t := range j.touches {
		age := uint64(newest - t.OccurredAt.UnixMicro())
		shares[i] = halved(age, m.halfLife)
		whole += shares[i]
	}
	return lowestTerms(shares, whole)
}

// halved returns 2^(−age ÷ halfLife) in units of 2⁻⁴⁰, rounded half up. Whole half-lives are exact.
func halved(age, halfLife uint64) uint64 {
	const spare = 63 - decayBits
	lives, part := age/halfLife, age%halfLife
	if lives > decayBits {
		return 0
	}
	fraction, _ := bits.Div64(part, 0, halfLife) // part ÷ halfLife in units of 2⁻⁶⁴
	shift := spare + lives
	return (halfPower(fraction) + 1<<(shift-1)) >> shift
}

// halfPower returns 2^(−x) in units of 2⁻⁶³ for x in units of 2⁻⁶⁴. It sums the series of
// e^(−y) with y = x·ln 2, as 1 − y(1 − y/2(1 − y/3(…))).
func halfPower(x uint64) uint64 {
	const one = 1 << 63
	y, _ := bits.Mul64(x, ln2)
	sum := uint64(one)
	for n := uint64(seriesTerms); n > 0; n-- {
		term, _ := bits.Mul64(y, sum)
		sum = one - term/n
	}
	return sum
}
