package dossier

import (
	"time"

	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"github.com/handoffhq/handoff/services/internal/credit"
)

// Dossier is everything on record that bears on one opportunity. A zero instant means that something has not happened.
// Times are UTC in microseconds.
type Dossier struct {
	Opportunity string
	AmountMinor int64 // zero when it is not known
	OpenedAt    time.Time
	ClosedAt    time.Time
	Won         bool
	Recorded    credit.Team // the source field
	SourcedBy   credit.Team // as frozen when it was put on record

	Touches       []credit.Touch // of the people who count, whenever they happened
	LeadAt        time.Time      // when the first of these people became a lead
	SoldAt        time.Time      // when a person of sales first did something on the account
	MarketingSQLs int64          // marketing's sales-qualified leads that became this opportunity
}

// Terms are what both teams agreed on.
type Terms struct {
	Lookback  time.Duration // how long before the opening a touch may lie
	Influence time.Duration // the same for influence
}

// Credit shares the amount among the touches by a model.
//
// Errors: those of [credit.NewJourney] and [credit.ErrNegativeAmount].
func (t Terms) Credit(d Dossier, model credit.Model) ([]credit.Entry, error) {
	reached := credit.Milestones{LeadCreated: d.LeadAt, OpportunityCreated: d.OpenedAt}
	window := credit.Lookback(d.OpenedAt, t.Lookback)
	if model == credit.FullPath() && d.Won {
		window.To, reached.ClosedWon = d.ClosedAt, d.ClosedAt
	}
	journey, err := credit.NewJourney(d.Touches, eligible(window), reached)
	if err != nil {
		return nil, err
	}
	return model.Entries(journey, d.AmountMinor)
}

// Sourcing gives the answer of every rule to what is on record now.
func (t Terms) Sourcing(d Dossier) pipeline.Sourcing {
	facts := pipeline.SourceFacts{
		CreatedAt: d.OpenedAt,
		Touches:   eligible(credit.Lookback(d.OpenedAt, t.Lookback)).Select(d.Touches),
	}
	if d.Recorded != credit.NoTeam {
		facts.Fields = []pipeline.SourceField{{Team: d.Recorded}}
	}
	if !d.SoldAt.IsZero() {
		facts.Activities = []pipeline.Activity{{OccurredAt: d.SoldAt}}
	}
	// Nothing in a dossier carries the instant at which it was recorded: all of it is on record.
	return pipeline.Source(facts, time.Time{})
}

// Opportunity is the opportunity as the pipeline's figures count it, with what is known as of an instant.
func (t Terms) Opportunity(d Dossier, asOf time.Time) pipeline.Opportunity {
	window := pipeline.InfluenceWindow(d.OpenedAt, d.ClosedAt, asOf, t.Influence)
	return pipeline.Opportunity{
		ID:            d.Opportunity,
		AmountMinor:   d.AmountMinor,
		SourcedBy:     d.SourcedBy,
		Influence:     pipeline.Influenced(d.Touches, eligible(window)),
		MarketingSQLs: d.MarketingSQLs,
	}
}

// Window spans every touch that any figure about the opportunity can depend on, as of an instant.
func (t Terms) Window(d Dossier, asOf time.Time) credit.Window {
	return credit.Window{From: d.OpenedAt.Add(-max(t.Lookback, t.Influence)), To: latest(d.OpenedAt, d.ClosedAt, asOf)}
}

// eligible counts touches of the window that took an act of the person reached. The people were chosen before.
func eligible(window credit.Window) credit.Eligibility {
	return credit.Eligibility{Window: window, People: credit.Account(), Excluded: credit.PassiveKinds()}
}

func latest(instants ...time.Time) time.Time {
	var last time.Time
	for _, at := range instants {
		if at.After(last) {
			last = at
		}
	}
	return last
}
