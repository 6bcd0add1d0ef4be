package hindsight

import "github.com/handoffhq/handoff/services/internal/proportion"

// The outcomes that qualification is held against.
const (
	Opportunity = iota
	Won
	outcomes
)

// Fit is how well qualification foretells an outcome.
type Fit struct {
	Precision proportion.Share
	Recall    proportion.Share
	Immature  int64 // leads that qualified too lately to tell
}

// counts says whether a deal is of an outcome.
func (d *deal) counts(outcome int) bool { return outcome == Opportunity || d.Won }

// foretell holds the qualifications of a lead by a version against its deals. First is its first one in the period; nil if
// there is none.
func (t *Tally) foretell(version int, l *Lead, first *Qualification) {
	deals := t.deals.of(l)
	for _, d := range deals {
		for i := range l.Found[version] {
			if !l.Found[version][i].At.After(d.OpenedAt) {
				d.foretold[version] = true
			}
		}
	}
	if first == nil {
		return
	}
	mature := !first.At.Add(t.period.Maturity).After(t.period.AsOf)
	for outcome := range outcomes {
		hit, open := false, false
		for _, d := range deals {
			if d.OpenedAt.Before(first.At) {
				continue
			}
			hit = hit || d.counts(outcome)
			open = open || d.Open
		}
		fit := &t.fits[version][outcome]
		switch {
		case !mature: // whatever came of it: those of whom nothing came yet are left out too
			fit.Immature++
		case hit:
			fit.Precision.Add(true)
		case open:
			fit.Immature++
		default:
			fit.Precision.Add(false)
		}
	}
}

// Fit is how well a version foretells an outcome. It is complete when all leads were added.
func (t *Tally) Fit(version, outcome int) Fit {
	fit := t.fits[version][outcome]
	for _, d := range t.deals.all {
		if d.counts(outcome) && t.period.Holds(d.OpenedAt) {
			fit.Recall.Add(d.foretold[version])
		}
	}
	return fit
}
