package qualify

import (
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

// Subject is everything that is known of one lead.
type Subject struct {
	Lead criteria.Lead
	// Account is nil for a lead that belongs to none.
	Account *Account
	// Engagements are what people did, in any order; what machines did is left out by the caller.
	Engagements []Engagement
	Lists       map[string]*criteria.List // must not change
}

// Account is the company of a lead. Whether it is a target follows from the policy and is not read from Facts.
type Account struct {
	Facts criteria.Account
	// Domains are the registrable domains of the account and of those above it, its own first.
	Domains []string
	// Owner is the id of the rep who owns it; empty if nobody does.
	Owner string
}

// Engagement is one thing that the lead did. Its ID is unique.
type Engagement struct {
	ID string
	criteria.Event
}

// facts is the subject as expressions see it.
func (p *Policy) facts(s *Subject) (*criteria.Facts, Target, bool) {
	facts := &criteria.Facts{Lead: s.Lead, Lists: s.Lists}
	var target Target
	listed := false
	if s.Account != nil {
		target, listed = p.Target(s.Account.Domains)
		facts.Account = s.Account.Facts
		facts.Account.IsTarget = criteria.Known(listed)
		facts.Account.HasOwner = criteria.Known(s.Account.Owner != "" || target.Owner != "")
	}
	facts.Engagements = make([]criteria.Event, len(s.Engagements))
	for i := range s.Engagements {
		facts.Engagements[i] = s.Engagements[i].Event
	}
	return facts, target, listed
}

// scored are the engagements as the card sees them.
func (s *Subject) scored() []scorecard.Event {
	events := make([]scorecard.Event, len(s.Engagements))
	for i := range s.Engagements {
		e := &s.Engagements[i]
		events[i] = scorecard.Event{ID: e.ID, Type: e.Type, OccurredAt: e.OccurredAt, Page: e.Page, Form: e.Form, Asset: e.Asset}
	}
	return events
}
