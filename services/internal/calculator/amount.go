package calculator

import (
	"math/big"
	"slices"
	"strings"
)

// conversionDecimals is how finely conversions are shared.
const conversionDecimals = 12

// conversionUnit is how many units a conversion has.
func conversionUnit() *big.Int { return big.NewInt(1_000_000_000_000) }

// Amount is an exact decimal number.
type Amount struct {
	units    *big.Int
	decimals int
}

// String writes it with as many decimals as it needs.
func (a Amount) String() string {
	digits := new(big.Int).Abs(a.units).String()
	if missing := a.decimals + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	whole, rest := digits[:len(digits)-a.decimals], strings.TrimRight(digits[len(digits)-a.decimals:], "0")
	if rest != "" {
		whole += "." + rest
	}
	if a.units.Sign() < 0 {
		whole = "-" + whole
	}
	return whole
}

// Rounded writes it with so many decimals, half away from zero.
func (a Amount) Rounded(decimals int) string {
	return a.Rat().FloatString(decimals)
}

// Rat gives the number as a fraction.
func (a Amount) Rat() *big.Rat {
	return new(big.Rat).SetFrac(a.units, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(a.decimals)), nil))
}

// MarshalText writes it as [Amount.String] does.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// apportioned rounds exact amounts to whole ones that add up to the total, which is what they add up to, by the largest
// remainder: all are rounded down, and what is left over goes one by one to those that lost the most, the earlier first
// among equals. Where an amount is not whole because rounding is all that it has in common with the total, such as one from
// a float64, that still holds.
func apportioned(exact []*big.Rat, total *big.Int) []*big.Int {
	parts, lost := make([]*big.Int, len(exact)), make([]*big.Rat, len(exact))
	left := new(big.Int).Set(total)
	order := make([]int, len(exact))
	for i, e := range exact {
		// Floored towards minus infinity, since denominators are positive.
		parts[i] = new(big.Int).Div(e.Num(), e.Denom())
		lost[i] = new(big.Rat).Sub(e, new(big.Rat).SetInt(parts[i]))
		left.Sub(left, parts[i])
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return lost[b].Cmp(lost[a]) })
	one := big.NewInt(1)
	for _, i := range order {
		if left.Sign() <= 0 {
			break
		}
		parts[i].Add(parts[i], one)
		left.Sub(left, one)
	}
	return parts
}
