package markov

import (
	"errors"
	"fmt"
	"math"
	"sync"
)

const (
	// MaxError is the greatest error that a removal effect may have: where it cannot be shown to be smaller, there is no
	// answer. Sweeps usually come to 10⁻¹³. What is shown of elimination grows with the cube of the size, and is far from
	// what it does.
	MaxError = 1e-6

	// maxAtOnce is the size up to which a chain is eliminated at once, and maxEliminated that up to which it is where sweeps
	// do not get below wanted. Elimination takes as many steps as the cube of the size, for each channel.
	maxAtOnce     = 64
	maxEliminated = 1600
	wanted        = 1e-10
)

// ErrNothing says that no journey converted, so that there is nothing to remove.
var ErrNothing = errors.New("nothing converted")

// SlowError says that the removal effect of a channel could not be worked out with an error below [MaxError].
type SlowError struct {
	Channel int
	States  int
	Bound   float64 // what the error was got down to
}

// Error says how far it got.
func (e *SlowError) Error() string {
	return fmt.Sprintf("markov: some loops among the %d states are left so seldom that an effect is only known within %.1g", e.States, e.Bound)
}

// Removal is what taking away each channel does.
type Removal struct {
	Effects []float64 // by channel, from 0 to 1: by which share there would be fewer conversions
	Bound   float64   // no effect is off by more
	Sweeps  int       // the most that a channel took; 0 where the chain was eliminated
}

// Removal works out the removal effects, on so many cores at the same time; the number changes nothing but the time.
//
// It fails with [ErrNothing] or a [*SlowError].
func (c *Chain) Removal(cores int) (Removal, error) {
	if c.won == 0 {
		return Removal{}, fmt.Errorf("markov: %w", ErrNothing)
	}
	left, sweeps := make([]estimate, c.channels), 0
	if len(c.states) <= maxAtOnce {
		side(cores, c.channels, func(channel int) { left[channel] = c.eliminated(channel) })
	} else {
		prepared := c.prepare()
		blocks := (c.channels + blockWidth - 1) / blockWidth
		took := make([]int, blocks)
		side(cores, blocks, func(b int) {
			took[b] = prepared.sweep(left[b*blockWidth:min((b+1)*blockWidth, c.channels)], b*blockWidth)
		})
		for _, n := range took {
			sweeps = max(sweeps, n)
		}
		if len(c.states) <= maxEliminated {
			side(cores, c.channels, func(channel int) {
				if left[channel].bound > wanted {
					if other := c.eliminated(channel); other.bound < left[channel].bound {
						left[channel] = other
					}
				}
			})
		}
	}
	out := Removal{Effects: make([]float64, c.channels), Sweeps: sweeps}
	for channel, e := range left {
		if !(e.bound <= MaxError) {
			return Removal{}, &SlowError{Channel: channel, States: len(c.states), Bound: e.bound}
		}
		out.Effects[channel] = min(max(1-e.share, 0), 1)
		out.Bound = max(out.Bound, e.bound)
	}
	return out, nil
}

// estimate is which share of the conversions is left without a channel, and by how much that may be off.
type estimate struct {
	share, bound float64
}

// unit is the relative error of one operation.
const unit = 0x1p-53

// side does n things side by side on so many cores.
func side(cores, n int, do func(i int)) {
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	var workers sync.WaitGroup
	for range max(1, min(cores, n)) {
		workers.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	workers.Wait()
}

// sum adds with Neumaier's compensation, so that its error does not grow with the number of terms.
type sum struct {
	high, low float64
}

func (s *sum) add(x float64) {
	t := s.high + x
	if math.Abs(s.high) >= math.Abs(x) {
		s.low += s.high - t + x
	} else {
		s.low += x - t + s.high
	}
	s.high = t
}

func (s *sum) value() float64 { return s.high + s.low }
