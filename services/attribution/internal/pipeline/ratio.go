package pipeline

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
)

// ErrBand says that the ends of a band are undefined or in the wrong order.
var ErrBand = errors.New("band has no low and high end in order")

// Ratio is a fraction that keeps its numerator and its denominator as they were counted, so that
// three of ten never looks like thirty of a hundred. With a denominator of zero or less it is
// undefined. The zero Ratio is undefined.
type Ratio struct {
	Numerator, Denominator int64
}

// Defined reports whether the ratio has a value.
func (r Ratio) Defined() bool { return r.Denominator > 0 }

// Rat returns the exact value, or nil when it is undefined.
func (r Ratio) Rat() *big.Rat {
	if !r.Defined() {
		return nil
	}
	return big.NewRat(r.Numerator, r.Denominator)
}

// In returns the value in the given parts of one, such as 1,000 for per mille, rounded half to even.
// It reports false when the ratio is undefined or the value out of range.
func (r Ratio) In(parts int64) (int64, bool) {
	value := r.Rat()
	if value == nil {
		return 0, false
	}
	return Minor(value.Mul(value, new(big.Rat).SetInt64(parts)))
}

// Standing says where a ratio stands against a band.
type Standing uint8

// The standings.
const (
	Undefined Standing = iota
	Below
	Within
	Above
)

// String returns the standing's stable name.
func (s Standing) String() string {
	switch s {
	case Below:
		return "BELOW"
	case Within:
		return "WITHIN"
	case Above:
		return "ABOVE"
	default:
		return "UNDEFINED"
	}
}

// Band is a healthy range, both ends included. Make one with [NewBand]; against the zero Band every
// standing is Undefined.
type Band struct {
	low, high *big.Rat
}

// NewBand makes a band. Ends given as floating-point numbers come through [FromFloat]. It fails with
// [ErrBand] when an end is nil, and when the low one is above the high one.
func NewBand(low, high *big.Rat) (Band, error) {
	if low == nil || high == nil || low.Cmp(high) > 0 {
		return Band{}, fmt.Errorf("band: %w: %s to %s", ErrBand, Decimal(low, 3), Decimal(high, 3))
	}
	return Band{low: new(big.Rat).Set(low), high: new(big.Rat).Set(high)}, nil
}

// Standing compares the unrounded ratio with the band. An undefined ratio has an undefined standing.
func (b Band) Standing(r Ratio) Standing {
	value := r.Rat()
	switch {
	case value == nil || b.low == nil || b.high == nil:
		return Undefined
	case value.Cmp(b.low) < 0:
		return Below
	case value.Cmp(b.high) > 0:
		return Above
	default:
		return Within
	}
}

// FromFloat returns the decimal number that a floating-point number was written as: 1/5 for 0.2, and
// not the binary fraction a little above it, against which 20 of 100 would fall short. It returns nil
// for infinities and for what is not a number.
func FromFloat(x float64) *big.Rat {
	value, ok := new(big.Rat).SetString(strconv.FormatFloat(x, 'g', -1, 64))
	if !ok {
		return nil
	}
	return value
}

// Decimal writes a value with the given number of decimal places, rounded half to even: 1/3 with two
// places is "0.33". Nil, the undefined value, is "undefined".
func Decimal(value *big.Rat, places uint8) string {
	if value == nil {
		return "undefined"
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
	scaled := new(big.Rat).Mul(value, new(big.Rat).SetInt(scale))
	return new(big.Rat).SetFrac(halfEven(scaled), scale).FloatString(int(places))
}

// Minor rounds an amount to whole minor units, half to even. It reports false when the amount is
// undefined or out of range.
func Minor(value *big.Rat) (int64, bool) {
	if value == nil {
		return 0, false
	}
	rounded := halfEven(value)
	return rounded.Int64(), rounded.IsInt64()
}

// halfEven rounds to the nearest integer, and to the even one of two that are equally near.
func halfEven(value *big.Rat) *big.Int {
	floor, remainder := new(big.Int).DivMod(value.Num(), value.Denom(), new(big.Int))
	nearer := remainder.Lsh(remainder, 1).Cmp(value.Denom())
	if nearer > 0 || nearer == 0 && floor.Bit(0) == 1 {
		floor.Add(floor, big.NewInt(1))
	}
	return floor
}
