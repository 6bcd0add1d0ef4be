package shapley

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"math/bits"
	"slices"
)

// MaxChannels is how many channels coalitions are formed of at most: there are 2ⁿ.
const MaxChannels = 12

// ErrCoalitions says that there is not one worth for each coalition of up to [MaxChannels] channels.
var ErrCoalitions = errors.New("not one worth for each coalition of at most 12 channels")

// Exact gives the share of each channel. worth[S] is the worth of the coalition whose channels are the bits of S. It fails
// with [ErrCoalitions].
func Exact(worth []*big.Int) ([]*big.Rat, error) {
	n := bits.Len(uint(len(worth))) - 1
	if n < 0 || n > MaxChannels || len(worth) != 1<<n {
		return nil, fmt.Errorf("shapley: %w: %d", ErrCoalitions, len(worth))
	}
	// Each coalition counts for its members with one weight and against the others with another, so worths of one size are
	// added up first.
	with, all := sums(n, n+1), sums(1, n+1)[0]
	for coalition, v := range worth {
		size := bits.OnesCount(uint(coalition))
		all[size].Add(all[size], v)
		for rest := uint(coalition); rest != 0; rest &= rest - 1 {
			own := with[bits.TrailingZeros(rest)]
			own[size].Add(own[size], v)
		}
	}
	shares := make([]*big.Rat, n)
	for i, own := range with {
		total, term := new(big.Int), new(big.Int)
		for size := range n {
			// A coalition of so many others, without the channel and with it.
			weight := new(big.Int).Mul(factorial(size), factorial(n-size-1))
			term.Sub(own[size+1], all[size]).Add(term, own[size])
			total.Add(total, term.Mul(term, weight))
		}
		shares[i] = new(big.Rat).SetFrac(total, factorial(n))
	}
	return shares, nil
}

// Within turns what journeys over exactly the channels of a set earned into what those within it earned, in place.
func Within(earned []*big.Int) {
	for bit := 1; bit < len(earned); bit *= 2 {
		for set := range earned {
			if set&bit != 0 {
				earned[set].Add(earned[set], earned[set^bit])
			}
		}
	}
}

// Simplified gives the share of each channel where a coalition is worth what journeys within it earned. earned[k][i] is what
// journeys over k+1 distinct channels earned, of which i is one.
func Simplified(channels int, earned [][]*big.Int) []*big.Rat {
	shares := make([]*big.Rat, channels)
	for i := range shares {
		shares[i] = new(big.Rat)
		for k, of := range earned {
			shares[i].Add(shares[i], new(big.Rat).SetFrac(of[i], big.NewInt(int64(k+1))))
		}
	}
	return shares
}

// rateBits is the precision of rates.
const rateBits = 192

// Rates gives the share of each channel of the conversions where a coalition is worth the rate at which journeys within it
// convert. Both are by coalition, as [Within] gives them. Shares add up to the conversions of all. It fails with
// [ErrCoalitions].
func Rates(converted, journeys []*big.Int) ([]*big.Rat, error) {
	rates := make([]*big.Int, len(converted))
	for set := range rates {
		rates[set] = new(big.Int)
		if journeys[set].Sign() > 0 {
			rates[set].Lsh(converted[set], rateBits)
			rates[set].Quo(rates[set], journeys[set])
		}
	}
	shares, err := Exact(rates)
	if err != nil {
		return nil, err
	}
	if whole := rates[len(rates)-1]; whole.Sign() > 0 {
		scale := new(big.Rat).SetFrac(converted[len(converted)-1], whole)
		for _, s := range shares {
			s.Mul(s, scale)
		}
	}
	return shares, nil
}

// Kept says which channels are themselves where coalitions are formed: all of up to [MaxChannels], else one fewer, and what
// is not among them is one more, all the others together. Kept are those that earned the most; among equals the lower
// number. They come in ascending order.
func Kept(earned []int64) []int {
	channels := make([]int, len(earned))
	for i := range channels {
		channels[i] = i
	}
	if len(channels) <= MaxChannels {
		return channels
	}
	slices.SortStableFunc(channels, func(a, b int) int { return cmp.Compare(earned[b], earned[a]) })
	kept := channels[:MaxChannels-1]
	slices.Sort(kept)
	return kept
}

func sums(rows, columns int) [][]*big.Int {
	out := make([][]*big.Int, rows)
	for i := range out {
		out[i] = make([]*big.Int, columns)
		for j := range out[i] {
			out[i][j] = new(big.Int)
		}
	}
	return out
}

func factorial(n int) *big.Int { return new(big.Int).MulRange(1, int64(n)) }
