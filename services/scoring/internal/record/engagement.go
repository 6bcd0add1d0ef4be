package record

import (
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
)

// Engagement is something that a person did, or that is said of an account. It never changes, except that one which
// waited gets its lead or account.
type Engagement struct {
	ID                    string
	Lead                  string // as recorded; empty while the person is unknown, and for what nobody in particular did
	Account               string // of what nobody in particular did; empty for what a person did
	Source, SourceEventID string
	Type                  string
	Page, Form, Asset     string
	Campaign              string // its id
	Channel               string
	Automated             bool // kept, never scored
	OccurredAt            time.Time
	RecordedAt            time.Time
	// KnownAt is since when it is known whose it is, which is later than RecordedAt if it waited; zero for since then.
	KnownAt time.Time
}

// Known is since when it is known whose it is.
func (e *Engagement) Known() time.Time {
	if e.KnownAt.IsZero() {
		return e.RecordedAt
	}
	return e.KnownAt
}

// Since is the instant from which it counts. A clock that is ahead must not make it count from the future, when nobody
// would look: what was recorded has happened.
func (e *Engagement) Since() time.Time {
	if e.OccurredAt.After(e.RecordedAt) {
		return e.RecordedAt
	}
	return e.OccurredAt
}

// Subject is what was read, visited or filled in; empty if nothing is known of it.
func (e *Engagement) Subject() string {
	switch {
	case e.Page != "":
		return e.Page
	case e.Form != "":
		return e.Form
	default:
		return e.Asset
	}
}

// Human are those that people did, as the policy sees them.
func Human(engagements []Engagement) []qualify.Engagement {
	human := make([]qualify.Engagement, 0, len(engagements))
	for i := range engagements {
		e := &engagements[i]
		if e.Automated {
			continue
		}
		human = append(human, qualify.Engagement{ID: e.ID, KnownAt: e.Known(), Event: criteria.Event{Type: e.Type, OccurredAt: e.Since(), Page: e.Page, Form: e.Form,
			Asset: e.Asset, Campaign: e.Campaign, Channel: e.Channel, Source: e.Source}})
	}
	return human
}
