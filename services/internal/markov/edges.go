package markov

import (
	"iter"
	"math/bits"
)

// maxDense is how many places rows may take before edges are hashed instead: 64 MiB.
const maxDense = 1 << 22

// edges hold where each node leads by each channel, and how often that happened.
//
// They have two layouts. While there is room each node has a row with a place for every channel, which costs one look into
// memory a step and no comparing. With many channels rows are mostly empty; then edges are hashed.
type edges struct {
	places []place
	shift  uint     // a row has 1<<shift places
	width  uint16   // the channels that have one; none when hashed
	keys   []uint64 // hashed: which edge a place holds, 0 for none; nil while there are rows
	used   int      // hashed: how many
}

// place holds an edge: a step looks at both figures, so they lie side by side.
type place struct {
	count int64
	to    uint32 // 0 is none, as nothing leads to the root
}

type edge struct {
	node    uint32
	channel uint16
	to      uint32
	count   int64
}

func newEdges() edges { return edges{shift: 4, width: 16} }

// find gives the place of an edge, which may be empty. Where a row has no place for the channel it gives the spare place,
// which always is: see grow.
func (e *edges) find(node uint32, channel uint16) int {
	if channel < e.width {
		return int(node)<<e.shift | int(channel)
	}
	return e.probe(node, channel)
}

// probe finds the place of a hashed edge. It stays out of find so that find is small enough to be part of the loop over steps.
//
//go:noinline
func (e *edges) probe(node uint32, channel uint16) int {
	if e.keys == nil {
		return len(e.places) - 1 // the spare place
	}
	key := edgeKey(node, channel)
	mask := len(e.keys) - 1
	// Fibonacci hashing: the upper bits of the product are well mixed.
	at := int(key * 0x9E3779B97F4A7C15 >> (64 - bits.Len(uint(mask))))
	for e.keys[at] != 0 && e.keys[at] != key {
		at = (at + 1) & mask
	}
	return at
}

func edgeKey(node uint32, channel uint16) uint64 {
	return uint64(node)<<channelBits | uint64(channel) + 1
}

// add makes an edge if it is not there yet, for a counter of so many nodes, and gives its place.
func (e *edges) add(node uint32, channel uint16, to uint32, nodes int) int {
	if e.keys == nil && channel >= e.width {
		e.relay(uint(bits.Len16(channel)), nodes)
	}
	if e.keys != nil && 2*e.used >= len(e.keys) {
		e.rehash(2 * len(e.keys))
	}
	at := e.find(node, channel)
	if e.places[at].to == 0 {
		e.places[at].to = to
		if e.keys != nil {
			e.keys[at] = edgeKey(node, channel)
			e.used++
		}
	}
	return at
}

// grow makes room for the rows of so many nodes.
func (e *edges) grow(nodes int) {
	if e.keys != nil {
		return
	}
	if nodes<<e.shift > maxDense {
		e.rehash(1 << 16)
		return
	}
	// One place is spare: it is empty for ever, and stands for channels that rows have no place for.
	e.places = append(e.places, make([]place, nodes<<e.shift+1-len(e.places))...)
}

// relay lays rows out anew, with room for channels of so many bits.
func (e *edges) relay(shift uint, nodes int) {
	if nodes<<shift > maxDense {
		e.rehash(1 << 16)
		return
	}
	old := *e
	*e = edges{shift: shift, width: uint16(min(1<<shift, MaxChannels)), places: make([]place, nodes<<shift+1)}
	for o := range old.all() {
		e.places[e.find(o.node, o.channel)] = place{o.count, o.to}
	}
}

// rehash hashes the edges into at least so many places, a power of two.
func (e *edges) rehash(places int) {
	old := *e
	held := old.used
	if old.keys == nil {
		for range old.all() {
			held++
		}
	}
	for places < 4*held {
		places *= 2
	}
	*e = edges{keys: make([]uint64, places), places: make([]place, places)}
	for o := range old.all() {
		at := e.probe(o.node, o.channel)
		e.keys[at], e.places[at] = edgeKey(o.node, o.channel), place{o.count, o.to}
		e.used++
	}
}

// all yields the edges, in no order that means anything.
func (e *edges) all() iter.Seq[edge] {
	return func(yield func(edge) bool) {
		for at, p := range e.places {
			if p.to == 0 {
				continue
			}
			node, channel := uint32(at>>e.shift), uint16(at&(1<<e.shift-1))
			if e.keys != nil {
				key := e.keys[at] - 1
				node, channel = uint32(key>>channelBits), uint16(key&channelMask)
			}
			if !yield(edge{node, channel, p.to, p.count}) {
				return
			}
		}
	}
}
