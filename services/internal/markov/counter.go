package markov

import (
	"errors"
	"fmt"
	"math/bits"
)

const (
	// MaxOrder is the highest order of a chain.
	MaxOrder = 4
	// MaxChannels is how many channels there can be: they are numbered from 0.
	MaxChannels = 1<<channelBits - 1

	channelBits = 16
	channelMask = 1<<channelBits - 1
)

// ErrOrder says that an order is not within 1 to [MaxOrder].
var ErrOrder = errors.New("order is not within 1 to 4")

// Counter counts journeys. It remembers transitions, not journeys: its memory is bounded by how different they are. It is
// not safe for concurrent use; give each goroutine its own and [Counter.Merge] them.
//
// Every journey walks from the root, which is the empty tuple, over the tuples of its first steps to its states, so the
// edges into a state of full length from a shorter tuple say how often journeys start there.
type Counter struct {
	order       int
	mask        uint64            // of a key of full length
	keys        []uint64          // of the nodes; the root is the first
	nodes       map[uint64]uint32 // by key
	conversions []int64           // that ended at the node
	nulls       []int64
	edges       edges
}

// NewCounter makes a counter of an order from 1 to [MaxOrder]. It fails with [ErrOrder].
func NewCounter(order int) (*Counter, error) {
	if order < 1 || order > MaxOrder {
		return nil, fmt.Errorf("markov: %w: %d", ErrOrder, order)
	}
	c := &Counter{order: order, mask: 1<<(channelBits*order) - 1, nodes: map[uint64]uint32{}, edges: newEdges()}
	c.node(0)
	return c, nil
}

// Add counts journeys over the same channels, each below [MaxChannels]: so many that converted and so many that did not.
// Neither is negative. Journeys without steps are not counted.
func (c *Counter) Add(path []uint16, conversions, nulls int64) {
	if len(path) == 0 || conversions+nulls == 0 {
		return
	}
	node := c.walk(path, conversions+nulls)
	c.conversions[node] += conversions
	c.nulls[node] += nulls
}

// walk counts the steps of a path and gives the node at its end.
func (c *Counter) walk(path []uint16, weight int64) uint32 {
	node := uint32(0)
	for _, channel := range path {
		at := c.edges.find(node, channel)
		if c.edges.places[at].to == 0 {
			at = c.enter(node, channel)
		}
		p := &c.edges.places[at]
		p.count += weight
		node = p.to
	}
	return node
}

// enter makes the edge from a node by a channel, and gives its place.
func (c *Counter) enter(node uint32, channel uint16) int {
	next := c.node(c.pushed(c.keys[node], channel))
	return c.edges.add(node, channel, next, len(c.keys))
}

// Merge adds what another counter of the same order counted. Its channel i is rename[i] here.
func (c *Counter) Merge(other *Counter, rename []uint16) {
	nodes := make([]uint32, len(other.keys))
	for i, key := range other.keys {
		nodes[i] = c.node(renamed(key, rename))
		c.conversions[nodes[i]] += other.conversions[i]
		c.nulls[nodes[i]] += other.nulls[i]
	}
	for e := range other.edges.all() {
		at := c.edges.add(nodes[e.node], rename[e.channel], nodes[e.to], len(c.keys))
		c.edges.places[at].count += e.count
	}
}

// node gives the node of a key, made if need be.
func (c *Counter) node(key uint64) uint32 {
	node, known := c.nodes[key]
	if !known {
		node = uint32(len(c.keys))
		c.nodes[key] = node
		c.keys = append(c.keys, key)
		c.conversions = append(c.conversions, 0)
		c.nulls = append(c.nulls, 0)
		c.edges.grow(len(c.keys))
	}
	return node
}

// A key holds up to [MaxOrder] channels, the latest in the lowest bits, each plus one: shorter tuples have keys of their own.

func (c *Counter) pushed(key uint64, channel uint16) uint64 {
	return (key<<channelBits | uint64(channel) + 1) & c.mask
}

func renamed(key uint64, rename []uint16) uint64 {
	var out uint64
	for shift := 0; shift < channelBits*length(key); shift += channelBits {
		channel := key>>shift&channelMask - 1
		out |= (uint64(rename[channel]) + 1) << shift
	}
	return out
}

// length is how many channels a key holds.
func length(key uint64) int { return (bits.Len64(key) + channelBits - 1) / channelBits }

// holds says whether a key holds a channel.
func holds(key uint64, channel int) bool {
	for ; key != 0; key >>= channelBits {
		if key&channelMask == uint64(channel)+1 {
			return true
		}
	}
	return false
}
