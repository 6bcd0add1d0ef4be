package markov

import "math"

const (
	// blockWidth is how many channels are swept together: a transition is read once for all, and their sums stay in registers.
	blockWidth = 4

	// goodEnough is the share of the conversions that sweeps may still move in the end: twice the rounding of one.
	goodEnough = 2 * 0x1p-52

	// maxSweeps is when sweeping is given up.
	maxSweeps = 5000
)

// prepared is a chain as sweeps read it, the same for all channels.
type prepared struct {
	chain    *Chain
	leads    []float64 // the probability of each transition
	converts []float64 // of each state: to go to CONVERSION from there
	weight   []float64 // of each state: its visits ÷ conversions
	rounding float64   // how much of the conversions the roundings of a last sweep may move
}

func (c *Chain) prepare() *prepared {
	p := &prepared{chain: c, leads: make([]float64, len(c.to)), converts: make([]float64, len(c.states)), weight: make([]float64, len(c.states))}
	for i, s := range c.states {
		visits := float64(s.visits)
		p.converts[i] = float64(s.conversions) / visits
		p.weight[i] = visits / float64(c.won)
		p.rounding += float64(p.weight[i]*float64(s.until-s.from+4)) * unit
		for e := s.from; e < s.until; e++ {
			p.leads[e] = float64(c.count[e]) / visits
		}
	}
	return p
}

type columns [blockWidth]float64

// sweep works out what is left without each channel of a block, whose first is given. It says how many sweeps that took.
//
// A value is the probability of converting from a state. All are worked out from those of the states that follow, again and
// again, the last state first. Slow modes of the error fade at one rate in the end; they are jumped over now and then.
func (p *prepared) sweep(into []estimate, first int) int {
	n := len(p.chain.states)
	values, moves, masks := make([]columns, n), make([]columns, n), make([]columns, n)
	for i, key := range p.chain.keys {
		for j := range into {
			if !holds(key, first+j) {
				masks[i][j] = 1
			}
		}
	}
	limit := max(goodEnough, p.rounding/8)
	var before, moved columns
	sweeps, next := 0, firstJump
	for sweeps < maxSweeps {
		moved = p.once(values, moves, masks)
		sweeps++
		if greatest(moved) <= limit {
			break
		}
		if sweeps == next {
			jump(values, moves, before, moved)
			next *= 2
		}
		before = moved
	}
	for j := range into {
		into[j] = p.left(values, j)
		into[j].bound = moved[j] + p.rounding
	}
	return sweeps
}

// once sweeps over all states. It gives by how much that moved what is left, at most, for each channel: the moves of the
// states, weighed by their visits.
func (p *prepared) once(values, moves, masks []columns) columns {
	var moved columns
	states, to, leads := p.chain.states, p.chain.to, p.leads
	for i := len(states) - 1; i >= 0; i-- {
		s := &states[i]
		start := p.converts[i]
		v0, v1, v2, v3 := start, start, start, start
		probabilities := leads[s.from:s.until]
		for e, next := range to[s.from:s.until] {
			x, share := &values[next], probabilities[e]
			v0 += float64(share * x[0])
			v1 += float64(share * x[1])
			v2 += float64(share * x[2])
			v3 += float64(share * x[3])
		}
		now := columns{v0 * masks[i][0], v1 * masks[i][1], v2 * masks[i][2], v3 * masks[i][3]}
		weight := p.weight[i]
		for j := range now {
			moves[i][j] = now[j] - values[i][j]
			moved[j] += float64(weight * math.Abs(moves[i][j]))
		}
		values[i] = now
	}
	return moved
}

// firstJump is after how many sweeps the error has about one rate. Each jump comes after twice as many as the one before, so
// that jumps which go wrong do not keep sweeps from getting there.
const firstJump = 5

// jump goes where the last moves lead if they go on fading as they did: a geometric series. A jump may go wrong and only
// costs time then, since what counts is how far the sweep after it moves.
func jump(values, moves []columns, before, moved columns) {
	var further columns
	for j := range further {
		if rate := moved[j] / before[j]; rate < 1 { // not where nothing moves
			further[j] = rate / (1 - rate)
		}
	}
	for i := range values {
		for j := range further {
			values[i][j] = min(max(values[i][j]+float64(further[j]*moves[i][j]), 0), 1)
		}
	}
}

func greatest(moved columns) float64 { return max(max(moved[0], moved[1]), max(moved[2], moved[3])) }

// left is the share of the conversions that a channel leaves, from the values of a sweep.
func (p *prepared) left(values []columns, j int) estimate {
	var converted sum
	for i, s := range p.chain.states {
		if s.start > 0 {
			converted.add(float64(s.start) * values[i][j])
		}
	}
	return estimate{share: converted.value() / float64(p.chain.won)}
}
