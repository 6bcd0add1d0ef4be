package paths

import (
	"errors"
	"math/big"
	"math/bits"
)

// Decimals is how many a [Value] has.
const Decimals = 18

// Limits of what a file may hold. They keep every sum of the counters that are fed from it within its type.
const (
	MaxCount = 1_000_000_000_000 // on one row
	MaxTotal = 1 << 46           // journeys in a file
	MaxSteps = 1 << 17           // of a path
)

var (
	errNumber   = errors.New("is not a number")
	errWhole    = errors.New("is not a whole number")
	errNegative = errors.New("is less than nothing")
	errCount    = errors.New("is more than 10¹²")
	errValue    = errors.New("is more than 10¹⁵")
)

// Value is an amount in units of 10⁻¹⁸, up to 2¹²⁸ of them.
type Value struct {
	High, Low uint64
}

// Add adds an amount.
func (v *Value) Add(o Value) {
	var carry uint64
	v.Low, carry = bits.Add64(v.Low, o.Low, 0)
	v.High, _ = bits.Add64(v.High, o.High, carry)
}

// Int gives the amount in units of 10⁻¹⁸.
func (v Value) Int() *big.Int {
	out := new(big.Int).SetUint64(v.High)
	return out.Lsh(out, 64).Or(out, new(big.Int).SetUint64(v.Low))
}

// IsZero says whether it is nothing.
func (v Value) IsZero() bool { return v.High|v.Low == 0 }

// power holds the powers of ten up to 10¹⁸.
var power = func() (p [Decimals + 1]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = 10 * p[i-1]
	}
	return p
}()

// parseValue reads an amount: digits with or without decimals, with or without an exponent.
func parseValue(text []byte) (Value, error) {
	var mantissa uint64
	point := -1
	for i, c := range text {
		switch {
		case c >= '0' && c <= '9' && i < Decimals:
			mantissa = 10*mantissa + uint64(c-'0')
		case c == '.' && point < 0 && i < Decimals:
			point = i
		default:
			return parseDecimal(text)
		}
	}
	decimals := 0
	if point >= 0 {
		decimals = len(text) - point - 1
	}
	if len(text) == 0 || point >= 0 && len(text) == 1 || len(text)-decimals > 15 {
		return parseDecimal(text)
	}
	high, low := bits.Mul64(mantissa, power[Decimals-decimals])
	return Value{high, low}, nil
}

// parseDecimal reads an amount that is written in an unusual way.
func parseDecimal(text []byte) (Value, error) {
	if !decimalForm(text) {
		return Value{}, errNumber
	}
	amount, ok := new(big.Rat).SetString(string(text))
	switch {
	case !ok:
		return Value{}, errNumber
	case amount.Sign() < 0:
		return Value{}, errNegative
	case amount.Cmp(big.NewRat(1_000_000_000_000_000, 1)) > 0:
		return Value{}, errValue
	}
	unit := new(big.Int).SetUint64(power[Decimals])
	amount.Mul(amount, new(big.Rat).SetInt(unit))
	// Half up: twice the amount and one, halved.
	twice := new(big.Int).Lsh(amount.Num(), 1)
	whole := twice.Add(twice, amount.Denom()).Quo(twice, new(big.Int).Lsh(amount.Denom(), 1))
	low := new(big.Int).And(whole, new(big.Int).SetUint64(^uint64(0)))
	return Value{whole.Rsh(whole, 64).Uint64(), low.Uint64()}, nil
}

// decimalForm says whether a text is a decimal number with an exponent of at most three digits: fractions and other bases are
// not, and what would take long to read is not either.
func decimalForm(text []byte) bool {
	digits, point, exponent := 0, false, -1
	for i, c := range text {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' && !point && exponent < 0:
			point = true
		case (c == 'e' || c == 'E') && exponent < 0 && digits > 0:
			exponent, digits = i, 0
		case (c == '-' || c == '+') && (i == 0 || i == exponent+1 && exponent >= 0):
		default:
			return false
		}
	}
	return digits > 0 && len(text) <= 64 && (exponent < 0 || digits <= 3)
}

// parseCount reads a whole number that is not negative.
func parseCount(text []byte) (int64, error) {
	var n int64
	for i, c := range text {
		if c < '0' || c > '9' || i == 13 {
			return parseWhole(text)
		}
		n = 10*n + int64(c-'0')
	}
	if len(text) == 0 {
		return 0, errWhole
	}
	if n > MaxCount {
		return 0, errCount
	}
	return n, nil
}

// parseWhole reads a whole number that is written in an unusual way, such as 1.0 or 1e+05.
func parseWhole(text []byte) (int64, error) {
	v, err := parseDecimal(text)
	switch {
	case errors.Is(err, errNumber):
		return 0, errWhole
	case errors.Is(err, errValue):
		return 0, errCount
	case err != nil:
		return 0, err
	}
	whole, rest := v.Int(), new(big.Int)
	whole.QuoRem(whole, new(big.Int).SetUint64(power[Decimals]), rest)
	if rest.Sign() != 0 {
		return 0, errWhole
	}
	if !whole.IsInt64() || whole.Int64() > MaxCount {
		return 0, errCount
	}
	return whole.Int64(), nil
}
