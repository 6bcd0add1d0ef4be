package qualify

import (
	"slices"
	"time"

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
	// History is Engagements once more, put into the forms that expressions and cards read, for somebody who is judged again and
	// again. It is nil for anybody else.
	History *History
	Lists   map[string]*criteria.List // must not change

	// First is when the lead made contact, CreatedAt when it was taken in, and Qualified when it qualified first, if it did.
	// Only models ask. All are zero for somebody who is not stored: then everything is early.
	First, CreatedAt, Qualified time.Time
}

// Account is the company of a lead. Whether it is a target follows from the policy and is not read from Facts.
type Account struct {
	Facts criteria.Account
	// Domains are the registrable domains of the account, Above those of the accounts above it, the nearest first.
	Domains, Above []string
	// Owner is the id of the rep who owns it; empty if nobody does.
	Owner string
	// Around is what happens at the account beside the lead; nil if that is not known.
	Around *Around
}

// Engagement is one thing that the lead did. Its ID is unique.
type Engagement struct {
	ID string
	criteria.Event
	KnownAt time.Time // since when it is known that the lead did it; zero if nobody says: since it happened
}

// History is what somebody did in the forms in which policies read it, for whoever judges the same person at many instants or
// by several policies: then it is put into those forms once.
type History struct {
	facts  []criteria.Event
	events []scorecard.Event
}

// Grow makes room for more engagements.
func (h *History) Grow(n int) {
	h.facts, h.events = slices.Grow(h.facts, n), slices.Grow(h.events, n)
}

// Add adds engagements.
func (h *History) Add(engagements ...Engagement) {
	for i := range engagements {
		e := &engagements[i]
		h.facts = append(h.facts, e.Event)
		h.events = append(h.events, e.scored())
	}
}

// Clear empties it.
func (h *History) Clear() { h.facts, h.events = h.facts[:0], h.events[:0] }

// scored is an engagement as a card sees it.
func (e *Engagement) scored() scorecard.Event {
	return scorecard.Event{ID: e.ID, Type: e.Type, OccurredAt: e.OccurredAt, Page: e.Page, Form: e.Form, Asset: e.Asset}
}

// hearing is the room in which a subject is judged. It is used again and again, so that judging leaves little behind.
type hearing struct {
	criteria.Evaluation

	facts  criteria.Facts
	events []scorecard.Event
	own    History // of subjects that bring none

	target Target
	listed bool
}

// room is a free room, with what was left in it.
func (p *Policy) room() *hearing {
	if h, ok := p.hearings.Get().(*hearing); ok {
		return h
	}
	return new(hearing)
}

// hear begins the hearing of a subject. The caller ends it.
func (p *Policy) hear(s *Subject, asOf time.Time) *hearing {
	h := p.room()
	h.facts.Lead, h.facts.Lists, h.facts.Predicted = s.Lead, s.Lists, p.predicted(s)
	h.facts.Account, h.target, h.listed = criteria.Account{}, Target{}, false
	if s.Account != nil {
		h.target, h.listed = p.Target(s.Account.Domains, s.Account.Above)
		h.facts.Account = s.Account.Facts
		h.facts.Account.IsTarget = criteria.Known(h.listed)
		h.facts.Account.HasOwner = criteria.Known(s.Account.Owner != "" || h.target.Owner != "")
		p.lookAround(&h.facts.Account, s.Account.Around, asOf)
	}
	history := s.History
	if history == nil {
		history = &h.own
		history.Clear()
		history.Add(s.Engagements...)
	}
	h.facts.Engagements, h.events = history.facts, history.events
	h.Evaluate(p.set, &h.facts, asOf)
	return h
}

// end frees the room.
func (p *Policy) end(h *hearing) { p.hearings.Put(h) }

// scored are engagements as a card sees them.
func scored(engagements []Engagement) []scorecard.Event {
	events := make([]scorecard.Event, len(engagements))
	for i := range engagements {
		events[i] = engagements[i].scored()
	}
	return events
}
