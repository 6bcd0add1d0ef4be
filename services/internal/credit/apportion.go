package credit

import (
	"cmp"
	"errors"
	"fmt"
	"math/bits"
	"slices"
)

// ErrNegativeAmount says that an amount of money is below zero.
var ErrNegativeAmount = errors.New("amount is negative")

// Apportion shares an amount in minor units by the weights. The parts sum to exactly the amount.
//
// It is the method of the largest remainder: everybody gets the whole units of their share, and the
// units left over go one by one to the largest fractions, the earlier touch first among equals:
// 100.00 over three equal weights is 33.34, 33.33, 33.33. Without weights there are no parts.
//
// It fails with [ErrNegativeAmount].
func (w Weights) Apportion(amountMinor int64) ([]int64, error) {
	if amountMinor < 0 {
		return nil, fmt.Errorf("apportion: %w: %d", ErrNegativeAmount, amountMinor)
	}
	if w.Len() == 0 {
		return nil, nil
	}
	parts := make([]int64, w.Len())
	remainders := make([]uint64, w.Len())
	unshared := amountMinor
	for i, share := range w.shares {
		// A share is at most the whole, so the quotient is at most the amount.
		high, low := bits.Mul64(uint64(amountMinor), share)
		quotient, remainder := bits.Div64(high, low, w.whole)
		parts[i], remainders[i] = int64(quotient), remainder
		unshared -= parts[i]
	}
	for _, i := range byRemainder(remainders)[:unshared] {
		parts[i]++
	}
	return parts, nil
}

// byRemainder returns the indices in the order in which they get the units left over. The remainders
// sum to as many wholes as units are left, so there are fewer units than fractions above zero.
func byRemainder(remainders []uint64) []int {
	order := make([]int, len(remainders))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainders[b], remainders[a]) })
	return order
}

// Entry is what one touch earns under one model.
type Entry struct {
	Touch       Touch
	Millionths  int64 // share of the credit for display, of [WholeParts]
	AmountMinor int64
}

// Entries credits the amount, in minor units, to the touches of a journey. Touches that weigh nothing
// get no entry. The amounts sum to exactly the amount and the millionths to exactly [WholeParts],
// unless the journey has no touches: then there are no entries. Both come from the exact weights, so
// neither inherits the other's rounding.
//
// It fails with [ErrNegativeAmount].
func (m Model) Entries(j Journey, amountMinor int64) ([]Entry, error) {
	weights := m.Weights(j)
	amounts, err := weights.Apportion(amountMinor)
	if err != nil {
		return nil, err
	}
	millionths, err := weights.Apportion(WholeParts)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for i, amount := range amounts {
		if weights.Share(i) > 0 {
			entries = append(entries, Entry{Touch: j.Touch(i), Millionths: millionths[i], AmountMinor: amount})
		}
	}
	return entries, nil
}
