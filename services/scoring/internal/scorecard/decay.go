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

// powers are 2^(−d/16), 2^(−d/16²), … 2^(−d/16⁸) for each hexadecimal digit d, in
// units of 2⁻⁶³, rounded to nearest.
var powers = [8][16]uint64{
	{
		0x8000000000000000, 0x7a92be8a92436616, 0x75606373ee921c97, 0x70666f76154a7089,
		0x6ba27e656b4eb57a, 0x6712460a8fc24072, 0x62b39508aa836d6f, 0x5e8451cfac061b5f,
		0x5a827999fcef3242, 0x56ac1f752150a563, 0x52ff6b54d8a89c75, 0x4f7a993048d088d7,
		0x4c1bf828c6dc54b8, 0x48e1e9b9d588e19b, 0x45cae0f1f545eb73, 0x42d561b3e6243d8a,
	},
	{
		0x8000000000000000, 0x7fa765aca88f6453, 0x7f4f08ae3dc7c426, 0x7ef6e8da4b544f9a,
		0x7e9f06067a4360ba, 0x7e47600890f223de, 0x7deff6b672f84e24, 0x7d98c9e62113e1fa,
		0x7d41d96db915019d, 0x7ceb252375c9cf9b, 0x7c94acddaeea5d3a, 0x7c3e7072d904a6ce,
		0x7be86fb985689ddc, 0x7b92aa886214411c, 0x7b3d20b6399fc237, 0x7ae7d219f329b948,
	},
	{
		0x8000000000000000, 0x7ffa748dff8dc61f, 0x7ff4e9597bed93ab, 0x7fef5e6272758c21,
		0x7fe9d3a8e07bf086, 0x7fe4492cc3571f68, 0x7fdebeee185d94dd, 0x7fd934ecdce5ea7d,
		0x7fd3ab290e46d769, 0x7fce21a2a9d73041, 0x7fc89859acede72a, 0x7fc30f4e14e20bc6,
		0x7fbd867fdf0acb3b, 0x7fb7fdef08bf7027, 0x7fb2759b8f5762aa, 0x7faced85702a285d,
	},
	{
		0x8000000000000000, 0x7fffa74712c3cdfd, 0x7fff4e8e6306ed59, 0x7ffef5d5f0c93372,
		0x7ffe9d1dbc0a75aa, 0x7ffe4465c4ca895f, 0x7ffdebae0b0943f2, 0x7ffd92f68ec67ac3,
		0x7ffd3a3f50020332, 0x7ffce1884ebbb29f, 0x7ffc88d18af35e6b, 0x7ffc301b04a8dbf6,
		0x7ffbd764bbdc00a2, 0x7ffb7eaeb08ca1cd, 0x7ffb25f8e2ba94db, 0x7ffacd435265af2b,
	},
	{
		0x8000000000000000, 0x7ffffa746f5f012f, 0x7ffff4e8defb81d7, 0x7fffef5d4ed581f7,
		0x7fffe9d1beed018a, 0x7fffe4462f42008e, 0x7fffdeba9fd47f01, 0x7fffd92f10a47ce0,
		0x7fffd3a381b1fa29, 0x7fffce17f2fcf6d8, 0x7fffc88c648572eb, 0x7fffc300d64b6e5f,
		0x7fffbd75484ee933, 0x7fffb7e9ba8fe362, 0x7fffb25e2d0e5cea, 0x7fffacd29fca55ca,
	},
	{
		0x8000000000000000, 0x7fffffa746f422d7, 0x7fffff4e8de8832d, 0x7ffffef5d4dd2103,
		0x7ffffe9d1bd1fc58, 0x7ffffe4462c7152d, 0x7ffffdeba9bc6b81, 0x7ffffd92f0b1ff55,
		0x7ffffd3a37a7d0a8, 0x7ffffce17e9ddf7b, 0x7ffffc88c5942bcd, 0x7ffffc300c8ab59f,
		0x7ffffbd753817cf0, 0x7ffffb7e9a7881c0, 0x7ffffb25e16fc410, 0x7ffffacd286743e0,
	},
	{
		0x8000000000000000, 0x7ffffffa746f4060, 0x7ffffff4e8de80fe, 0x7fffffef5d4dc1d9,
		0x7fffffe9d1bd02f2, 0x7fffffe4462c4448, 0x7fffffdeba9b85dc, 0x7fffffd92f0ac7ad,
		0x7fffffd3a37a09bb, 0x7fffffce17e94c08, 0x7fffffc88c588e91, 0x7fffffc300c7d159,
		0x7fffffbd7537145d, 0x7fffffb7e9a6579f, 0x7fffffb25e159b1f, 0x7fffffacd284dedc,
	},
	{
		0x8000000000000000, 0x7fffffffa746f404, 0x7fffffff4e8de809, 0x7ffffffef5d4dc0d,
		0x7ffffffe9d1bd012, 0x7ffffffe4462c417, 0x7ffffffdeba9b81d, 0x7ffffffd92f0ac23,
		0x7ffffffd3a37a028, 0x7ffffffce17e942f, 0x7ffffffc88c58835, 0x7ffffffc300c7c3c,
		0x7ffffffbd7537042, 0x7ffffffb7e9a6449, 0x7ffffffb25e15851, 0x7ffffffacd284c58,
	},
}

// ln2 is the natural logarithm of 2 in units of 2⁻⁶⁴.
const ln2 = 0xb17217f7d1cf79ac

// decayAt returns the factor for an age, which is not negative; a half-life of 0
// means no decay. The age is split into whole half-lives and a fraction f of one;
// 2^(−f) is the product of one power for each of the upper eight digits of f, and
// below them, where 2^(−x) is 1 − x·ln2 to the last place, one multiplication.
func decayAt(age, halfLife time.Duration) decay {
	if halfLife <= 0 || age <= 0 {
		return decay{mantissa: 1 << 63}
	}
	whole, rest := uint64(age)/uint64(halfLife), uint64(age)%uint64(halfLife)
	fraction, _ := bits.Div64(rest, 0, uint64(halfLife)) // units of 2⁻⁶⁴
	mantissa := uint64(1 << 63)
	for i := range powers {
		high, low := bits.Mul64(mantissa, powers[i][fraction>>(60-4*i)&15])
		mantissa = (high<<1 | low>>63) + low>>62&1
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
