package qualify

import (
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

// Around is what happens at an account.
type Around struct {
	// Events are what happened there and nobody in particular did, in any order; what machines did is left out.
	Events  []Engagement
	Members criteria.Opt[[]Member] // who is there, the lead too
	Surging criteria.Opt[bool]
}

// LooksAround reports whether rules or contexts need to know what happens around a lead at its account.
func (p *Policy) LooksAround() bool {
	return p.personas != nil || p.triggers != nil || p.happens == nil || p.Surge != nil
}

// lookAround adds what happens at the account.
func (p *Policy) lookAround(facts *criteria.Account, around *Around, asOf time.Time) {
	if around == nil {
		return
	}
	events := make([]criteria.Event, len(around.Events))
	for i := range around.Events {
		events[i] = around.Events[i].Event
	}
	facts.Events, facts.IsSurging = criteria.Known(criteria.History{Events: events, AsOf: asOf}), around.Surging
	if p.triggers != nil {
		triggered := p.Triggered(around.Events, asOf)
		facts.Triggers, facts.TriggerPoints = criteria.Known(triggered.Active), criteria.Known(criteria.Points(triggered.Score.Total))
	}
	if !around.Members.Known {
		return
	}
	if committee := p.Committee(around.Members.Value, asOf); committee != nil {
		var known, engaged []string
		for _, seat := range committee.Personas {
			if seat.Known > 0 {
				known = append(known, seat.Name)
			}
			if seat.Engaged > 0 {
				engaged = append(engaged, seat.Name)
			}
		}
		facts.Committee, facts.CommitteeEngaged = criteria.Known(known), criteria.Known(engaged)
		facts.CommitteeCoverage = criteria.Known(int64(committee.Coverage))
	}
}
