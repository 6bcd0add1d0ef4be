package calculator

import (
	"fmt"
	"math/big"
	"time"

	"github.com/handoffhq/handoff/services/internal/credit"
	"github.com/handoffhq/handoff/services/internal/paths"
)

// decayed credits journeys by the age of their touches. Fractions of many journeys have no common denominator of any use, so
// each journey is shared in whole units as it comes, and those are added up.
type decayed struct {
	model       *credit.Model
	conversions []*big.Int // by channel, in units of 10⁻¹²
	value       []*big.Int // in units of 10⁻¹⁸
}

func (d *decayed) add(j *paths.Journeys) {
	weights := d.weights(j)
	conversions := shared(new(big.Int).Mul(big.NewInt(j.Conversions), conversionUnit()), weights)
	value := shared(j.Value.Int(), weights)
	for i, channel := range j.Steps {
		d.grow(int(channel) + 1)
		d.conversions[channel].Add(d.conversions[channel], conversions[i])
		d.value[channel].Add(d.value[channel], value[i])
	}
}

// weights are those of the suite's own journey with touches at the same times.
func (d *decayed) weights(j *paths.Journeys) []*big.Rat {
	touches := make([]credit.Touch, len(j.Steps))
	for i, at := range j.Times {
		touches[i] = credit.Touch{SourceEventID: fmt.Sprintf("%06d", i), OccurredAt: time.UnixMicro(at).UTC()}
	}
	return weightsOf(*d.model, touches, credit.Milestones{})
}

// shared is an amount in whole units by weights.
func shared(amount *big.Int, weights []*big.Rat) []*big.Int {
	whole := new(big.Rat).SetInt(amount)
	exact := make([]*big.Rat, len(weights))
	for i, w := range weights {
		exact[i] = new(big.Rat).Mul(w, whole)
	}
	return apportioned(exact, amount)
}

func (d *decayed) grow(channels int) {
	for len(d.conversions) < channels {
		d.conversions = append(d.conversions, new(big.Int))
		d.value = append(d.value, new(big.Int))
	}
}

func (d *decayed) merge(o *decayed, rename []uint16) {
	for channel := range o.conversions {
		to := int(rename[channel])
		d.grow(to + 1)
		d.conversions[to].Add(d.conversions[to], o.conversions[channel])
		d.value[to].Add(d.value[to], o.value[channel])
	}
}

// weightsOf are the weights that a model gives the touches of a journey.
func weightsOf(model credit.Model, touches []credit.Touch, reached credit.Milestones) []*big.Rat {
	journey, err := credit.NewJourney(touches, credit.Eligibility{}, reached)
	if err != nil {
		return nil // paths are no longer than journeys may be, and touches are numbered
	}
	weights := model.Weights(journey)
	out := make([]*big.Rat, weights.Len())
	for i := range out {
		out[i] = weights.Rat(i)
	}
	return out
}
