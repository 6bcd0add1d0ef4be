package replay

import (
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// Activation is what would happen with a person if the draft came into force at the cut. It starts from where the person
// really stands then.
type Activation struct {
	Qualifies    *Qualification // nil if no handoff would begin
	Disqualifies bool           // whether the person would meet a disqualifier, and met none before
}

// activate judges a person as the service judges everybody when a version comes into force: nothing is new about it.
func (w *World) activate(p *who) (Activation, error) {
	version := &w.Versions[Draft]
	if version.Policy == nil {
		return Activation{}, nil
	}
	if err := p.look(w, w.Cut); err != nil {
		return Activation{}, err
	}
	stands := p.lead.Standing
	p.regard(w, Draft, &stands, w.Cut, true)
	if p.around.Surging.Known { // accounts are looked at by the draft before people are
		p.around.Surging = criteria.Known(w.Surroundings.surgesNow(p.account))
	}
	decision := version.Policy.Decide(&p.subject, w.Cut)
	next, step := stands.Judge(dossier.Find(version.Policy, &p.subject, &decision.Verdict, &stands, nil, w.Cut), w.Cut, p.mint(w.Cut))
	switch step {
	case standing.Qualify:
		return Activation{Qualifies: &Qualification{Lead: p.lead.ID, At: w.Cut, Cycle: next.Cycle, Case: version.caseOf(&decision.Verdict, p.employer)}}, nil
	case standing.Disqualify:
		return Activation{Disqualifies: true}, nil
	default:
		return Activation{}, nil
	}
}
