package markov

import (
	"cmp"
	"iter"
	"slices"
)

// Chain is what was counted, in a fixed order: states ascend by their channels, and so do the transitions of each. It does
// not change and may be shared.
type Chain struct {
	channels int
	keys     []uint64 // of the states, with the first channel in the highest bits
	states   []state
	to       []uint32 // of the transitions, state after state
	count    []int64
	total    int64 // journeys
	won      int64 // those that converted
}

// state is how often journeys came to a state and went from it. What starts and what comes from elsewhere is as much as
// what leaves.
type state struct {
	start              int64
	conversions, nulls int64
	visits             int64 // each ends in a conversion, in a null, or in a transition
	from, until        int   // its transitions
}

// Chain makes the chain of what was counted, for so many channels.
func (c *Counter) Chain(channels int) *Chain {
	nodes := c.stateNodes()
	at := make([]uint32, len(c.keys)) // the state of a node, plus one
	ch := &Chain{channels: channels, keys: make([]uint64, len(nodes)), states: make([]state, len(nodes))}
	for i, node := range nodes {
		at[node] = uint32(i) + 1
		ch.keys[i] = c.leftmost(c.keys[node])
		s := &ch.states[i]
		s.conversions, s.nulls = c.conversions[node], c.nulls[node]
		s.visits = s.conversions + s.nulls
		ch.won += s.conversions
		ch.total += s.visits
		if length(c.keys[node]) < c.order {
			s.start = s.visits
		}
	}
	c.transitions(ch, at)
	return ch
}

// stateNodes are the nodes that are states, in the order of their channels: those of full length, and the shorter ones at
// which a journey ended.
func (c *Counter) stateNodes() []uint32 {
	var nodes []uint32
	for i, key := range c.keys {
		if length(key) == c.order || c.conversions[i]+c.nulls[i] > 0 {
			nodes = append(nodes, uint32(i))
		}
	}
	slices.SortFunc(nodes, func(a, b uint32) int {
		return cmp.Compare(c.leftmost(c.keys[a]), c.leftmost(c.keys[b]))
	})
	return nodes
}

// leftmost moves the channels of a key into its highest bits, so that keys compare as their tuples do.
func (c *Counter) leftmost(key uint64) uint64 {
	return key << (channelBits * (MaxOrder - length(key)))
}

// transitions lays out those between different states, in order. What leads to a state from a shorter tuple starts there.
func (c *Counter) transitions(ch *Chain, at []uint32) {
	between := func(e edge) bool { return length(c.keys[e.node]) == c.order && e.to != e.node } // not one visit still
	total := 0
	for e := range c.edges.all() {
		switch {
		case between(e):
			ch.states[at[e.node]-1].until++
			total++
		case length(c.keys[e.to]) == c.order && e.to != e.node:
			ch.states[at[e.to]-1].start += e.count
		}
	}
	from := 0
	for i := range ch.states { // so many each: where they begin
		s := &ch.states[i]
		s.from, s.until, from = from, from, from+s.until
	}
	found := make([]transition, total)
	for e := range c.edges.all() {
		if between(e) {
			s := &ch.states[at[e.node]-1]
			found[s.until] = transition{at[e.to] - 1, e.count}
			s.until++
			s.visits += e.count
		}
	}
	ch.to, ch.count = make([]uint32, total), make([]int64, total)
	for _, s := range ch.states {
		slices.SortFunc(found[s.from:s.until], func(a, b transition) int { return cmp.Compare(a.to, b.to) })
	}
	for i, t := range found {
		ch.to[i], ch.count[i] = t.to, t.count
	}
}

type transition struct {
	to    uint32
	count int64
}

// States is how many states there are.
func (c *Chain) States() int { return len(c.states) }

// Transitions is how many pairs of states follow each other.
func (c *Chain) Transitions() int { return len(c.to) }

// Journeys is how many were counted, and how many of them converted. Their ratio is exactly the probability of converting.
func (c *Chain) Journeys() (total, converted int64) { return c.total, c.won }

// State gives the channels of a state, the earliest first.
func (c *Chain) State(i int) []int {
	var channels []int
	for key := c.keys[i]; key != 0; key <<= channelBits {
		channels = append(channels, int(key>>(channelBits*(MaxOrder-1)))-1)
	}
	return channels
}

// Leaving says how often journeys started at a state, and from it went to CONVERSION and to NULL.
func (c *Chain) Leaving(i int) (start, conversions, nulls int64) {
	s := c.states[i]
	return s.start, s.conversions, s.nulls
}

// Next yields the states that followed a state, and how often.
func (c *Chain) Next(i int) iter.Seq2[int, int64] {
	return func(yield func(int, int64) bool) {
		for e := c.states[i].from; e < c.states[i].until; e++ {
			if !yield(int(c.to[e]), c.count[e]) {
				return
			}
		}
	}
}
