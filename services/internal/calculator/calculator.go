package calculator

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/handoffhq/handoff/services/internal/credit"
	"github.com/handoffhq/handoff/services/internal/markov"
	"github.com/handoffhq/handoff/services/internal/paths"
)

// Calculator takes journeys and credits their channels.
type Calculator struct {
	plan    Plan
	models  []string
	rules   map[string]credit.Model
	needs   needs
	tallies []*tally
}

// Credits are what one model says.
type Credits struct {
	Model       string
	Channels    []Channel // by name
	Conversions Amount    // the sum
	Value       Amount    // the sum
	Error       float64   // Markov: no removal effect is off by more
	States      int       // Markov: of the chain
	Grouped     []string  // Shapley: the channels that are one, as "other"
}

// Channel is what a channel is credited with.
type Channel struct {
	Name        string
	Conversions Amount
	Value       Amount
	Effect      *float64 // Markov: the removal effect
}

// FewError says that fewer journeys converted than an answer was to rest on.
type FewError struct {
	Conversions, Wanted int64
}

// Error gives both figures.
func (e *FewError) Error() string {
	return fmt.Sprintf("%d conversions are too few, %d are wanted", e.Conversions, e.Wanted)
}

// New makes a calculator. It fails with [ErrModel], with [markov.ErrOrder], or with what is wrong with weights.
func New(plan Plan) (*Calculator, error) {
	models, err := plan.models()
	if err != nil {
		return nil, err
	}
	c := &Calculator{plan: plan, models: models, rules: map[string]credit.Model{}}
	for _, name := range models {
		rule, byPlace, err := plan.rule(name)
		switch {
		case err != nil:
			return nil, err
		case byPlace:
			c.rules[name], c.needs.places = rule, true
			continue
		}
		switch name {
		case LastNonDirect:
			c.needs.endings = true
		case Shapley:
			c.needs.sizes = true
		case ShapleyExact:
			c.needs.sets = true
		case ShapleyRate:
			c.needs.sets, c.needs.rates = true, true
		case Markov:
			c.needs.order = plan.Order
			if _, err := markov.NewCounter(plan.Order); err != nil {
				return nil, err
			}
		case TimeDecay:
			decay, err := credit.TimeDecay(plan.HalfLife)
			if err != nil {
				return nil, err
			}
			c.needs.decay = &decay
		}
	}
	return c, nil
}

// Begin gives what takes the journeys of a reader. Readers begin one after another and may go on side by side.
func (c *Calculator) Begin(int) func(*paths.Journeys) {
	t, err := newTally(c.needs, c.plan.NoNulls)
	if err != nil {
		return func(*paths.Journeys) {} // New has made sure of the order
	}
	c.tallies = append(c.tallies, t)
	return t.add
}

// Credits works out the models of the plan. channels are the names of each reader's channels.
//
// It fails with a [*FewError], with [markov.ErrNothing] or with a [*markov.SlowError].
func (c *Calculator) Credits(channels [][]string) ([]Credits, error) {
	names, all, err := c.whole(channels)
	if err != nil {
		return nil, err
	}
	if n := all.total.conversions; n < c.plan.MinConversions {
		return nil, &FewError{Conversions: n, Wanted: c.plan.MinConversions}
	}
	out := make([]Credits, 0, len(c.models))
	for _, model := range c.models {
		one, err := c.credits(model, names, all)
		if err != nil {
			return nil, err
		}
		one.Model = model
		out = append(out, one)
	}
	return out, nil
}

// whole adds up the tallies of all readers, with channels numbered in the order of their names.
func (c *Calculator) whole(channels [][]string) ([]string, *tally, error) {
	var names []string
	for _, of := range channels {
		names = append(names, of...)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	all, err := newTally(c.needs, c.plan.NoNulls)
	if err != nil {
		return nil, nil, err
	}
	for i, t := range c.tallies {
		rename := make([]uint16, len(channels[i]))
		for channel, name := range channels[i] {
			at, _ := slices.BinarySearch(names, name)
			rename[channel] = uint16(at)
		}
		all.merge(t, rename)
	}
	return names, all, nil
}

// credits works out one model.
func (c *Calculator) credits(model string, names []string, all *tally) (Credits, error) {
	if rule, byPlace := c.rules[model]; byPlace {
		return credited(names, all, all.byPlace(rule, len(names))), nil
	}
	switch model {
	case LastNonDirect:
		direct := slices.Index(names, c.plan.Direct)
		return credited(names, all, all.lastNonDirect(direct, len(names))), nil
	case TimeDecay:
		all.decayed.grow(len(names))
		return inUnits(names, all, all.decayed.conversions, all.decayed.value), nil
	case Markov:
		return markovCredits(names, all, c.plan.Cores)
	case Shapley:
		return credited(names, all, all.simplified(len(names))), nil
	default:
		return coalitionCredits(names, all, model == ShapleyRate)
	}
}

// credited turns exact amounts into credits.
func credited(names []string, all *tally, exact []amounts) Credits {
	conversions, value := make([]*big.Rat, len(exact)), make([]*big.Rat, len(exact))
	unit := new(big.Rat).SetInt(conversionUnit())
	for i, e := range exact {
		conversions[i], value[i] = e.conversions.Mul(e.conversions, unit), e.value
	}
	return inUnits(names, all, apportioned(conversions, all.conversionUnits()), apportioned(value, all.total.value.Int()))
}

// inUnits puts credits together that are in whole units.
func inUnits(names []string, all *tally, conversions, value []*big.Int) Credits {
	out := Credits{
		Channels:    make([]Channel, len(names)),
		Conversions: Amount{all.conversionUnits(), conversionDecimals},
		Value:       Amount{all.total.value.Int(), paths.Decimals},
	}
	for i, name := range names {
		out.Channels[i] = Channel{Name: name, Conversions: Amount{conversions[i], conversionDecimals}, Value: Amount{value[i], paths.Decimals}}
	}
	return out
}

func (t *tally) conversionUnits() *big.Int {
	return new(big.Int).Mul(big.NewInt(t.total.conversions), conversionUnit())
}
