package scorecard

import (
	"math/bits"
	"time"
)

// decay is the factor 2^(−age/half-life), in integers: mantissa·2^(−63−halvings)
// with a mantissa above one half and at most one, that is 2⁶³. It is off by less
// than 2⁻⁵⁷ of its value.
type decay struct {
	mantissa uint64
	halvings uint64
}

// roots are 2^(−1/2), 2^(−1/4), … 2^(−1/2³²) in units of 2⁻⁶⁴, rounded to nearest.
var roots = [32]uint64{
	0xb504f333f9de6484, 0xd744fccad69d6af4, 0xeac0c6e7dd24392f, 0xf5257d152486cc2c,
	0xfa83b2db722a033a, 0xfd3e0c0cf486c175, 0xfe9e115c7b8f884c, 0xff4ecb59511ec8a5,
	0xffa756521c8daed2, 0xffd3a751c0f7e10c, 0xffe9d2b2f7db2756, 0xfff4e91bff1b8c3e,
	0xfffa747ea0040664, 0xfffd3a3b7814eb54, 0xfffe9d1cc60ddab1, 0xffff4e8e25879bfa,
	0xffffa7470363f451, 0xffffd3a37dda0313, 0xffffe9d1bdf703af, 0xfffff4e8debe025e,
	0xfffffa746f4fa150, 0xfffffd3a37a3f8b0, 0xfffffe9d1bd1065a, 0xffffff4e8de845ae,
	0xffffffa746f41377, 0xffffffd3a37a05e4, 0xffffffe9d1bd01fc, 0xfffffff4e8de80c0,
	0xfffffffa746f4051, 0xfffffffd3a37a025, 0xfffffffe9d1bd011, 0xffffffff4e8de808,
}

// ln2 is the natural logarithm of 2 in units of 2⁻⁶⁴.
const ln2 = 0xb17217f7d1cf79ac

// decayAt returns the factor for an age, which is not negative; a half-life of 0
// means no decay. The age is split into whole half-lives and a fraction f of one;
// 2^(−f) is the product of one root for each bit of f, and below the 32nd bit,
// where 2^(−x) is 1 − x·ln2 to the last place, one multiplication.
func decayAt(age, halfLife time.Duration) decay {
	if halfLife <= 0 || age <= 0 {
		return decay{mantissa: 1 << 63}
	}
	whole, rest := uint64(age)/uint64(halfLife), uint64(age)%uint64(halfLife)
	fraction, _ := bits.Div64(rest, 0, uint64(halfLife)) // units of 2⁻⁶⁴
	mantissa := uint64(1 << 63)
	for i, root := range roots {
		if fraction&(1<<(63-i)) != 0 {
			mantissa = multiply(mantissa, root)
		}
	}
	tail := multiply(fraction&(1<<32-1), ln2)
	return decay{mantissa: mantissa - multiply(mantissa, tail), halvings: whole}
}

// multiply returns a·b·2⁻⁶⁴, rounded to nearest.
func multiply(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high + low>>63
}

// of returns what is left of some points, rounded half to even. The points of an
// event are below 2²⁸ micro-points, so the error of the factor is below 2⁻²⁹ of
// one: the result is the correctly rounded one unless the true value is that close
// to a half. It is exactly a half only where the fraction is 0 and nothing is lost.
func (d decay) of(points Micro) Micro {
	if d.halvings > 60 {
		return 0
	}
	high, low := bits.Mul64(uint64(points), d.mantissa)
	whole, fraction := high<<1|low>>63, low<<1 // units of 1 and of 2⁻⁶⁴, before the halvings
	unit := uint64(1) << d.halvings
	kept, rest := whole/unit, whole%unit
	// Compare twice the remainder with one unit.
	twice, below := rest<<1|fraction>>63, fraction<<1
	if twice > unit || twice == unit && (below > 0 || kept&1 == 1) {
		kept++
	}
	return Micro(kept)
}
