package calculator

import (
	"math/big"
	"slices"

	"github.com/handoffhq/handoff/services/internal/credit"
	"github.com/handoffhq/handoff/services/internal/markov"
	"github.com/handoffhq/handoff/services/internal/paths"
)

// earned is what journeys did: conversions, and what those were worth.
type earned struct {
	conversions int64
	value       paths.Value
}

func (e *earned) add(o earned) {
	e.conversions += o.conversions
	e.value.Add(o.value)
}

// byChannel grows as channels turn up.
type byChannel []earned

func (b *byChannel) at(channel uint16) *earned {
	for len(*b) <= int(channel) {
		*b = append(*b, earned{})
	}
	return &(*b)[channel]
}

// places are what journeys of one length earned, by the channel of their first, their last and of every step.
type places struct {
	first, last, all byChannel
}

// ending is how a path ends: its last channel, and the last one that is another; the same where there is none.
type ending struct {
	last, other uint16
}

// coalition is what journeys over the same set of channels did.
type coalition struct {
	channels []uint16
	earned   earned
	journeys int64
}

// tally is what is kept of journeys. What no model of the plan needs stays empty.
type tally struct {
	needs   needs
	noNulls bool
	total   earned
	chain   *markov.Counter
	lengths map[int]*places
	endings map[ending]*earned
	sizes   []byChannel // by the number of distinct channels, less one
	sets    map[string]*coalition
	decayed decayed

	distinct []uint16
	seen     []uint32 // by channel: the journey that met it last
	journey  uint32
	key      []byte
}

type needs struct {
	places, endings, sizes, sets bool
	rates                        bool // of sets, and so those of journeys that did not convert
	decay                        *credit.Model
	order                        int // of the chain; 0 for none
}

func newTally(n needs, noNulls bool) (*tally, error) {
	t := &tally{needs: n, noNulls: noNulls, lengths: map[int]*places{}, endings: map[ending]*earned{}, sets: map[string]*coalition{}}
	t.decayed.model = n.decay
	var err error
	if n.order != 0 {
		t.chain, err = markov.NewCounter(n.order)
	}
	return t, err
}

// add takes journeys into the tally.
func (t *tally) add(j *paths.Journeys) {
	nulls := j.Nulls
	if t.noNulls {
		nulls = 0
	}
	if t.chain != nil {
		t.chain.Add(j.Steps, j.Conversions, nulls)
	}
	did := earned{j.Conversions, j.Value}
	worthless := j.Conversions == 0 && j.Value.IsZero()
	if t.needs.sets && !worthless || t.needs.rates && nulls > 0 {
		t.addSet(j.Steps, did, j.Conversions+nulls)
	}
	if worthless {
		return
	}
	t.total.add(did)
	if t.needs.places {
		t.addPlaces(j.Steps, did)
	}
	if t.needs.endings {
		t.addEnding(j.Steps, did)
	}
	if t.needs.sizes {
		t.addSize(j.Steps, did)
	}
	if t.needs.decay != nil {
		t.decayed.add(j)
	}
}

func (t *tally) addPlaces(steps []uint16, did earned) {
	of := t.lengths[len(steps)]
	if of == nil {
		of = &places{}
		t.lengths[len(steps)] = of
	}
	of.first.at(steps[0]).add(did)
	of.last.at(steps[len(steps)-1]).add(did)
	for _, step := range steps {
		of.all.at(step).add(did)
	}
}

func (t *tally) addEnding(steps []uint16, did earned) {
	last := steps[len(steps)-1]
	e := ending{last, last}
	for _, step := range slices.Backward(steps) {
		if step != last {
			e.other = step
			break
		}
	}
	of := t.endings[e]
	if of == nil {
		of = &earned{}
		t.endings[e] = of
	}
	of.add(did)
}

func (t *tally) addSize(steps []uint16, did earned) {
	distinct := t.distinctOf(steps)
	for len(t.sizes) < len(distinct) {
		t.sizes = append(t.sizes, nil)
	}
	of := &t.sizes[len(distinct)-1]
	for _, channel := range distinct {
		of.at(channel).add(did)
	}
}

func (t *tally) addSet(steps []uint16, did earned, journeys int64) {
	distinct := t.distinctOf(steps)
	slices.Sort(distinct)
	t.key = t.key[:0]
	for _, channel := range distinct {
		t.key = append(t.key, byte(channel), byte(channel>>8))
	}
	of := t.sets[string(t.key)]
	if of == nil {
		of = &coalition{channels: slices.Clone(distinct)}
		t.sets[string(t.key)] = of
	}
	of.earned.add(did)
	of.journeys += journeys
}

// distinctOf gives the channels of a path, each once. It is valid until it is asked again.
func (t *tally) distinctOf(steps []uint16) []uint16 {
	if t.journey++; t.journey == 0 { // it went round
		clear(t.seen)
		t.journey = 1
	}
	t.distinct = t.distinct[:0]
	for _, step := range steps {
		for len(t.seen) <= int(step) {
			t.seen = append(t.seen, 0)
		}
		if t.seen[step] != t.journey {
			t.seen[step] = t.journey
			t.distinct = append(t.distinct, step)
		}
	}
	return t.distinct
}

// merge adds what another tally holds. Its channel i is rename[i] here.
func (t *tally) merge(o *tally, rename []uint16) {
	t.total.add(o.total)
	if t.chain != nil {
		t.chain.Merge(o.chain, rename)
	}
	for length, of := range o.lengths {
		into := t.lengths[length]
		if into == nil {
			into = &places{}
			t.lengths[length] = into
		}
		into.first.merge(of.first, rename)
		into.last.merge(of.last, rename)
		into.all.merge(of.all, rename)
	}
	for e, of := range o.endings {
		named := ending{rename[e.last], rename[e.other]}
		if t.endings[named] == nil {
			t.endings[named] = &earned{}
		}
		t.endings[named].add(*of)
	}
	for i, of := range o.sizes {
		for len(t.sizes) <= i {
			t.sizes = append(t.sizes, nil)
		}
		t.sizes[i].merge(of, rename)
	}
	for _, of := range o.sets {
		named := make([]uint16, len(of.channels))
		for i, channel := range of.channels {
			named[i] = rename[channel]
		}
		t.addSet(named, of.earned, of.journeys)
	}
	t.decayed.merge(&o.decayed, rename)
}

func (b *byChannel) merge(o byChannel, rename []uint16) {
	for channel, of := range o {
		if of != (earned{}) {
			b.at(rename[channel]).add(of)
		}
	}
}

// amounts are exact: conversions, and values in units of 10⁻¹⁸.
type amounts struct {
	conversions, value *big.Rat
}

func noAmounts(n int) []amounts {
	out := make([]amounts, n)
	for i := range out {
		out[i] = amounts{new(big.Rat), new(big.Rat)}
	}
	return out
}
