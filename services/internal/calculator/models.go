package calculator

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/credit"
	"github.com/handoffhq/handoff/services/internal/markov"
	"github.com/handoffhq/handoff/services/internal/shapley"
)

// byPlace credits by a rule that goes by places. In a file milestones are at either end, so the weights of a journey are
// those of its first and its last step, and one for all between; they depend on its length alone.
func (t *tally) byPlace(rule credit.Model, channels int) []amounts {
	out := noAmounts(channels)
	for length, of := range t.lengths {
		weights := placeWeights(rule, length)
		for channel := range channels {
			first, last, all := of.first.exact(channel), of.last.exact(channel), of.all.exact(channel)
			if length == 1 {
				out[channel].add(all, weights[0])
				continue
			}
			out[channel].add(first, weights[0])
			out[channel].add(last, weights[length-1])
			if length > 2 {
				out[channel].add(all.less(first).less(last), weights[1])
			}
		}
	}
	return out
}

// placeWeights are the weights of a journey that became an opportunity and a won deal with its last touch.
func placeWeights(rule credit.Model, length int) []*big.Rat {
	touches := make([]credit.Touch, length)
	for i := range touches {
		touches[i] = credit.Touch{SourceEventID: fmt.Sprintf("%06d", i), OccurredAt: time.Unix(int64(i), 0).UTC()}
	}
	end := touches[length-1].OccurredAt
	return weightsOf(rule, touches, credit.Milestones{OpportunityCreated: end, ClosedWon: end})
}

// exactly are whole amounts.
type exactly struct {
	conversions, value *big.Int
}

func (b byChannel) exact(channel int) exactly {
	if channel >= len(b) {
		return exactly{new(big.Int), new(big.Int)}
	}
	return exactly{big.NewInt(b[channel].conversions), b[channel].value.Int()}
}

func (e exactly) less(o exactly) exactly {
	return exactly{new(big.Int).Sub(e.conversions, o.conversions), new(big.Int).Sub(e.value, o.value)}
}

// add adds a share of what was earned.
func (a *amounts) add(e exactly, share *big.Rat) {
	for _, of := range []struct {
		into  *big.Rat
		whole *big.Int
	}{{a.conversions, e.conversions}, {a.value, e.value}} {
		if of.whole.Sign() != 0 && share.Sign() != 0 {
			part := new(big.Rat).SetInt(of.whole)
			of.into.Add(of.into, part.Mul(part, share))
		}
	}
}

// lastNonDirect credits the last channel that is not direct; where there is none but direct, that.
func (t *tally) lastNonDirect(direct, channels int) []amounts {
	var of byChannel
	for e, did := range t.endings {
		if int(e.last) == direct {
			of.at(e.other).add(*did)
		} else {
			of.at(e.last).add(*did)
		}
	}
	out, whole := noAmounts(channels), big.NewRat(1, 1)
	for channel := range out {
		out[channel].add(of.exact(channel), whole)
	}
	return out
}

// simplified credits by the closed form of Shapley's value.
func (t *tally) simplified(channels int) []amounts {
	conversions, value := make([][]*big.Int, len(t.sizes)), make([][]*big.Int, len(t.sizes))
	for k, of := range t.sizes {
		for channel := range channels {
			did := of.exact(channel)
			conversions[k], value[k] = append(conversions[k], did.conversions), append(value[k], did.value)
		}
	}
	out := make([]amounts, channels)
	values := shapley.Simplified(channels, value)
	for channel, share := range shapley.Simplified(channels, conversions) {
		out[channel] = amounts{share, values[channel]}
	}
	return out
}

// markovCredits credits by removal effects. What journeys were worth is shared as their conversions are.
func markovCredits(names []string, all *tally, cores int) (Credits, error) {
	chain := all.chain.Chain(len(names))
	removal, err := chain.Removal(cores)
	if err != nil {
		return Credits{}, err
	}
	effects, sum := make([]*big.Rat, len(names)), new(big.Rat)
	for i, effect := range removal.Effects {
		effects[i] = new(big.Rat).SetFloat64(effect)
		sum.Add(sum, effects[i])
	}
	if sum.Sign() == 0 {
		return Credits{}, markov.ErrNothing
	}
	whole := exactly{big.NewInt(all.total.conversions), all.total.value.Int()}
	exact := noAmounts(len(names))
	for i, effect := range effects {
		exact[i].add(whole, effect.Quo(effect, sum))
	}
	out := credited(names, all, exact)
	out.Error, out.States = removal.Bound, chain.States()
	for i := range out.Channels {
		out.Channels[i].Effect = &removal.Effects[i]
	}
	return out, nil
}

// other is the name of the channels together that coalitions have no room for.
const other = "other"

// coalitionCredits credits by Shapley's value over all coalitions, of conversions or of their rates.
func coalitionCredits(names []string, all *tally, rates bool) (Credits, error) {
	took := make([]int64, len(names))
	for _, of := range all.sets {
		for _, channel := range of.channels {
			took[channel] += of.earned.conversions
		}
	}
	kept := shapley.Kept(took)
	grouped := names
	var together []string
	if len(kept) < len(names) {
		grouped = nil
		for i, name := range names {
			if slices.Contains(kept, i) {
				grouped = append(grouped, name)
			} else {
				together = append(together, name)
			}
		}
		grouped = append(grouped, other)
	}
	conversions, value, journeys := all.coalitions(kept, len(grouped))
	shares, err := shapley.Exact(conversions)
	if rates {
		shares, err = shapley.Rates(conversions, journeys)
	}
	if err != nil {
		return Credits{}, err
	}
	values, err := shapley.Exact(value)
	if err != nil {
		return Credits{}, err
	}
	exact := make([]amounts, len(grouped))
	for i := range exact {
		exact[i] = amounts{shares[i], values[i]}
		if rates { // worth is shared as conversions are
			exact[i].value = proportional(shares[i], all)
		}
	}
	out := credited(grouped, all, exact)
	out.Grouped = together
	return out, nil
}

func proportional(share *big.Rat, all *tally) *big.Rat {
	if all.total.conversions == 0 {
		return new(big.Rat)
	}
	part := new(big.Rat).Mul(share, new(big.Rat).SetInt(all.total.value.Int()))
	return part.Quo(part, new(big.Rat).SetInt64(all.total.conversions))
}

// coalitions gives what journeys within each coalition did.
func (t *tally) coalitions(kept []int, n int) (conversions, value, journeys []*big.Int) {
	bit := map[uint16]int{}
	for i, channel := range kept {
		bit[uint16(channel)] = i
	}
	conversions, value, journeys = zeros(1<<n), zeros(1<<n), zeros(1<<n)
	for _, of := range t.sets {
		set := 0
		for _, channel := range of.channels {
			at, known := bit[channel]
			if !known {
				at = n - 1
			}
			set |= 1 << at
		}
		conversions[set].Add(conversions[set], big.NewInt(of.earned.conversions))
		value[set].Add(value[set], of.earned.value.Int())
		journeys[set].Add(journeys[set], big.NewInt(of.journeys))
	}
	shapley.Within(conversions)
	shapley.Within(value)
	shapley.Within(journeys)
	return conversions, value, journeys
}

func zeros(n int) []*big.Int {
	out := make([]*big.Int, n)
	for i := range out {
		out[i] = new(big.Int)
	}
	return out
}
