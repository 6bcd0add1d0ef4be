package pipeline

import (
	"fmt"
	"math/big"
	"slices"
	"time"
)

// microsPerDay is a day of a pipeline: 24 hours, whatever the calendar says.
const microsPerDay = int64(24 * time.Hour / time.Microsecond)

// Mean is a sum and the number of things summed. Without any it is undefined.
type Mean struct {
	Sum, Count int64
}

// Rat returns the exact mean, or nil when it is undefined.
func (m Mean) Rat() *big.Rat { return Ratio{Numerator: m.Sum, Denominator: m.Count}.Rat() }

func (m Mean) plus(other Mean) (Mean, bool) {
	sum, sumFits := add(m.Sum, other.Sum)
	count, countFits := add(m.Count, other.Count)
	return Mean{Sum: sum, Count: count}, sumFits && countFits
}

// Closes are the opportunities closed in a window. Open ones never enter a win rate.
type Closes struct {
	Won, Lost int64
}

// WinRate returns won ÷ (won + lost). It is undefined without closes, and when the numbers are
// negative or too large to add.
func (c Closes) WinRate() Ratio {
	closed, fits := add(c.Won, c.Lost)
	if !fits || c.Won < 0 || c.Lost < 0 {
		return Ratio{}
	}
	return Ratio{Numerator: c.Won, Denominator: closed}
}

// Flow is what the velocity of a pipeline, or of a segment of one, is computed from. A policy may take
// its parts over different windows.
type Flow struct {
	Open   int64  // qualified opportunities open at the as-of instant
	Amount Mean   // minor units, of won deals
	Closes Closes // in the window
	Cycle  Mean   // microseconds from creation to won, of won deals
}

// Velocity returns the minor units that flow through the pipeline a day, exactly:
//
//	open opportunities × mean amount × win rate ÷ mean cycle in days
//
// It is nil, for undefined, without closes or won deals and when the mean cycle is not positive.
func (f Flow) Velocity() *big.Rat {
	amount, rate, cycle := f.Amount.Rat(), f.Closes.WinRate().Rat(), f.Cycle.Rat()
	if amount == nil || rate == nil || cycle == nil || cycle.Sign() <= 0 {
		return nil
	}
	velocity := new(big.Rat).SetInt64(f.Open)
	velocity.Mul(velocity, amount)
	velocity.Mul(velocity, rate)
	velocity.Mul(velocity, new(big.Rat).SetInt64(microsPerDay))
	return velocity.Quo(velocity, cycle)
}

// Pool adds up the flows of segments. The velocity of the total is the velocity of this sum: neither
// the sum nor the mean of the segments' velocities is. It fails with [ErrOverflow].
func Pool(segments ...Flow) (Flow, error) {
	var total Flow
	for _, s := range segments {
		var fits [5]bool
		total.Open, fits[0] = add(total.Open, s.Open)
		total.Amount, fits[1] = total.Amount.plus(s.Amount)
		total.Closes.Won, fits[2] = add(total.Closes.Won, s.Closes.Won)
		total.Closes.Lost, fits[3] = add(total.Closes.Lost, s.Closes.Lost)
		total.Cycle, fits[4] = total.Cycle.plus(s.Cycle)
		if slices.Contains(fits[:], false) {
			return Flow{}, fmt.Errorf("pool segments: %w", ErrOverflow)
		}
	}
	return total, nil
}

// Median returns the middle of the spans, or the mean of the two in the middle, rounded towards the
// shorter. It reports false when there are none.
func Median(spans []time.Duration) (time.Duration, bool) {
	if len(spans) == 0 {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(spans))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle], true
	}
	shorter, longer := sorted[middle-1], sorted[middle]
	return shorter + time.Duration(uint64(longer-shorter)/2), true
}
