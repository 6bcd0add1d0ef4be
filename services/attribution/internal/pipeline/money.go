package pipeline

import (
	"errors"
	"fmt"
	"math/bits"
)

var (
	// ErrDuplicateOpportunity says that an opportunity stands twice in a pipeline.
	ErrDuplicateOpportunity = errors.New("opportunity occurs twice")
	// ErrNegativeAmount says that an amount, or a number of things, is below zero.
	ErrNegativeAmount = errors.New("amount is negative")
	// ErrOverflow says that a sum exceeds what 64 bits hold.
	ErrOverflow = errors.New("sum is out of range")
)

// Line is a number of things and what they are worth together.
type Line struct {
	Count       int64
	AmountMinor int64
}

// count adds one thing. The caller has checked that the sum of all amounts fits.
func (l *Line) count(amountMinor int64) {
	l.Count++
	l.AmountMinor += amountMinor
}

// countAll adds some things of one amount and reports whether the sum fits.
func (l *Line) countAll(things, amountMinor int64) bool {
	worth, fits := times(things, amountMinor)
	amount, amountFits := add(l.AmountMinor, worth)
	count, countFits := add(l.Count, things)
	l.Count, l.AmountMinor = count, amount
	return fits && amountFits && countFits
}

// check refuses a pipeline whose opportunities are not distinct, or whose amounts have no sum.
func check(opportunities []Opportunity) error {
	seen := make(map[string]bool, len(opportunities))
	var sum int64
	for _, o := range opportunities {
		if seen[o.ID] {
			return fmt.Errorf("pipeline: %w: %q", ErrDuplicateOpportunity, o.ID)
		}
		seen[o.ID] = true
		if o.AmountMinor < 0 || o.MarketingSQLs < 0 {
			return fmt.Errorf("pipeline: opportunity %q: %w", o.ID, ErrNegativeAmount)
		}
		var ok bool
		if sum, ok = add(sum, o.AmountMinor); !ok {
			return fmt.Errorf("pipeline: %w", ErrOverflow)
		}
	}
	return nil
}

// add returns a + b and whether it fits.
func add(a, b int64) (int64, bool) {
	sum := a + b
	return sum, (sum > a) == (b > 0)
}

// times returns a · b of numbers that are not negative, and whether it fits.
func times(a, b int64) (int64, bool) {
	high, low := bits.Mul64(uint64(a), uint64(b))
	return int64(low), high == 0 && low < 1<<63
}
