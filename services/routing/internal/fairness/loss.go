package fairness

import "slices"

// Loss says why an eligible member did not get a lead that somebody else of the pool got.
type Loss uint8

const (
	// NoLoss is of the member who got the lead, of whoever could not take it, and of everybody when the pool was not asked.
	NoLoss Loss = iota
	// LessDeficit means that the pool owed somebody else more.
	LessDeficit
	// NotDue means that one more lead would have put the member too far ahead.
	NotDue
	// LaterDeadline means that somebody else who was due would have fallen too far behind sooner.
	LaterDeadline
	// MoreLoad means that somebody else had fewer open handoffs per weight.
	MoreLoad
	// TieLost means that the rule held the member equal with who got the lead, and the tie was broken.
	TieLost
)

var lossNames = [...]string{"NO_LOSS", "LESS_DEFICIT", "NOT_DUE", "LATER_DEADLINE", "MORE_LOAD", "TIE_LOST"}

// String gives the loss's name in capitals.
func (l Loss) String() string { return nameOf(lossNames[:], int(l)) }

// Losses says of each standing of a decision of the pool, in their order, why the member did not get the lead. The pool may
// be the one before the decision or after it.
func (p Pool) Losses(d Decision) []Loss {
	losses := make([]Loss, len(d.Standings))
	b := &ballot{pool: p, standings: d.Standings}
	for i, s := range d.Standings {
		if s.Availability.Eligible() {
			b.contenders = append(b.contenders, i)
		}
		if s.Accrues {
			b.accruing++
		}
	}
	lose := func(members []int, loss Loss) {
		for _, i := range members {
			losses[i] = loss
		}
	}
	rest, measure := b.contenders, b.byDeficit
	switch d.Rule {
	case LargestDeficit, NobodyDue:
		lose(rest, LessDeficit)
	case EarliestDeadline:
		lose(rest, NotDue)
		rest, measure = b.due(), b.byDeadline
		lose(rest, LaterDeadline)
	case SmallestLoad:
		lose(rest, MoreLoad)
		measure = b.byLoad
	default:
		return losses
	}
	lose(foremost(slices.Clone(rest), measure), TieLost)
	for i, s := range d.Standings {
		if s.Member == d.Member {
			losses[i] = NoLoss
		}
	}
	return losses
}
