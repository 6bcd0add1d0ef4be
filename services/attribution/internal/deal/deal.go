package deal

import (
	"reflect"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/credit"
)

// State says where a deal stands.
type State uint8

// The states. The zero State is not given.
const (
	Open State = iota + 1
	Won
	Lost
)

// Deal is what is on record about an opportunity. A zero field is not known, or not given. Times are UTC in microseconds.
type Deal struct {
	Source, SourceID string

	Account  string    // id
	Handoff  string    // id of the handoff that it grew out of
	Contacts []Contact // the people with a part in it, the primary contact first

	AmountMinor int64  // in minor units
	Currency    string // ISO 4217; empty when the amount is not known

	State    State
	Stage    string      // in the words of its source
	Owner    string      // id of a rep
	Recorded credit.Team // the source field

	OpenedAt, ClosedAt time.Time

	LossReason string
	Competitor string
}

// Contact is a person with a part in a deal.
type Contact struct {
	Lead string // id
	Role string // empty when it is not said
}

// Leads are the ids of the people with a part in the deal, the primary contact first.
func (d Deal) Leads() []string {
	var leads []string
	for _, c := range d.Contacts {
		leads = append(leads, c.Lead)
	}
	return leads
}

// Start completes what is given about a new deal: without a state it is open, without an instant of opening it was opened
// now.
func Start(given Deal, now time.Time) Deal {
	if given.State == 0 {
		given.State = Open
	}
	if given.OpenedAt.IsZero() {
		given.OpenedAt = now
	}
	return given
}

// Merge replaces what is given and keeps the rest.
func (d Deal) Merge(given Deal) Deal {
	merged := d
	replace(&merged.Account, given.Account)
	replace(&merged.Handoff, given.Handoff)
	if len(given.Contacts) > 0 {
		merged.Contacts = given.Contacts
	}
	if given.Currency != "" {
		merged.AmountMinor, merged.Currency = given.AmountMinor, given.Currency
	}
	replace(&merged.State, given.State)
	replace(&merged.Stage, given.Stage)
	replace(&merged.Owner, given.Owner)
	replace(&merged.Recorded, given.Recorded)
	replace(&merged.OpenedAt, given.OpenedAt)
	replace(&merged.ClosedAt, given.ClosedAt)
	replace(&merged.LossReason, given.LossReason)
	replace(&merged.Competitor, given.Competitor)
	return d.Become(merged)
}

// Become makes the deal what is wanted. A deal always has a state and an instant of opening, so those stay where none are
// wanted; a deal that is opened again loses the instant at which it was closed.
func (d Deal) Become(wanted Deal) Deal {
	if wanted.State == 0 {
		wanted.State = Open
	}
	if wanted.OpenedAt.IsZero() {
		wanted.OpenedAt = d.OpenedAt
	}
	if wanted.State == Open && wanted.ClosedAt.Equal(d.ClosedAt) {
		wanted.ClosedAt = time.Time{}
	}
	return wanted
}

// Equal reports whether both say the same. Since times are UTC in microseconds, equal instants are equal values.
func (d Deal) Equal(other Deal) bool {
	samePeople := slices.Equal(d.Contacts, other.Contacts)
	d.Contacts, other.Contacts = nil, nil
	return samePeople && reflect.DeepEqual(d, other)
}

// replace sets a field to what is given, if anything is.
func replace[T comparable](field *T, given T) {
	var nothing T
	if given != nothing {
		*field = given
	}
}
