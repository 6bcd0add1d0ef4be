package markov_test

import (
	"math/big"
	"slices"
)

// exactEffects solves the chain in fractions, without what the package knows of it. It gives nothing where nothing converts.
func exactEffects(all []journeys, order, channels int) []*big.Rat {
	exact := oracle{counts: map[string]map[string]int64{}}
	for _, j := range all {
		exact.add(j, order)
	}
	whole := exact.reached(-1)
	if whole.Sign() == 0 {
		return nil
	}
	effects := make([]*big.Rat, channels)
	for channel := range effects {
		effects[channel] = new(big.Rat).Sub(big.NewRat(1, 1), new(big.Rat).Quo(exact.reached(channel), whole))
	}
	return effects
}

type oracle struct {
	counts map[string]map[string]int64
}

const startState, wonState, lostState = "start", "won", "lost"

func (o oracle) add(j journeys, order int) {
	weight := j.conversions + j.nulls
	if weight == 0 {
		return
	}
	last := startState
	for i := min(order, len(j.path)); i <= len(j.path); i++ {
		s := ""
		for _, c := range j.path[max(0, i-order):i] {
			s += string(rune('a' + c))
		}
		if s != last {
			o.count(last, s, weight)
		}
		last = s
	}
	o.count(last, wonState, j.conversions)
	o.count(last, lostState, j.nulls)
}

func (o oracle) count(from, to string, n int64) {
	if o.counts[from] == nil {
		o.counts[from] = map[string]int64{}
	}
	o.counts[from][to] += n
}

// reached is the probability of converting without a channel, by Gauss and Jordan.
func (o oracle) reached(channel int) *big.Rat {
	index := map[string]int{}
	var states []string
	for s := range o.counts {
		if s != startState && slices.Contains([]byte(s), byte('a'+channel)) {
			continue
		}
		index[s] = len(states)
		states = append(states, s)
	}
	n := len(states)
	m := make([][]*big.Rat, n)
	for i, s := range states {
		m[i] = make([]*big.Rat, n+1)
		for j := range m[i] {
			m[i][j] = new(big.Rat)
		}
		m[i][i].SetInt64(1)
		var total int64
		for _, count := range o.counts[s] {
			total += count
		}
		for to, count := range o.counts[s] {
			p := big.NewRat(count, total)
			if to == wonState {
				m[i][n].Add(m[i][n], p)
			} else if j, kept := index[to]; kept {
				m[i][j].Sub(m[i][j], p)
			}
		}
	}
	for col := range n {
		pivot := col
		for m[pivot][col].Sign() == 0 {
			pivot++
		}
		m[col], m[pivot] = m[pivot], m[col]
		for i := range n {
			if i == col || m[i][col].Sign() == 0 {
				continue
			}
			factor := new(big.Rat).Quo(m[i][col], m[col][col])
			for j := col; j <= n; j++ {
				m[i][j].Sub(m[i][j], new(big.Rat).Mul(factor, m[col][j]))
			}
		}
	}
	at, known := index[startState]
	if !known {
		return new(big.Rat)
	}
	return new(big.Rat).Quo(m[at][n], m[at][at])
}
