package credit

import (
	"cmp"
	"strings"
	"time"
)

// Team is the side that caused a touch, or that an opportunity's source is put down to.
type Team uint8

// The teams. NoTeam means that nothing on record points to anybody.
const (
	NoTeam Team = iota
	Marketing
	Sales
)

// String returns the team's stable name, such as "MARKETING".
func (t Team) String() string {
	switch t {
	case Marketing:
		return "MARKETING"
	case Sales:
		return "SALES"
	default:
		return "NONE"
	}
}

// Kind says what sort of contact a touch was, such as "webinar_attend".
type Kind string

// The kinds that need no act of the person reached. See [PassiveKinds].
const (
	EmailSent  Kind = "email_sent"
	Impression Kind = "impression"
	PageScroll Kind = "page_scroll"
)

// PassiveKinds returns the kinds that earn no credit unless a policy says otherwise: whoever sends
// the most mail must not collect the most credit.
func PassiveKinds() []Kind { return []Kind{EmailSent, Impression, PageScroll} }

// Touch is one line of the touch ledger.
//
// (Source, SourceEventID) is unique in the ledger. Times are UTC in microseconds.
type Touch struct {
	ID            string
	Source        string // the system that reported it
	SourceEventID string // its id there
	OccurredAt    time.Time
	RecordedAt    time.Time // when the ledger learned of it
	Person        string    // empty for an anonymous touch of the account
	Kind          Kind
	Team          Team
	Channel       string
	Campaign      string
	Direct        bool // came without any referrer or campaign
}

// Compare orders touches by when they happened, then by source, then by the source's event id. It
// never looks at when they arrived. Zero means that both are the same event.
func Compare(a, b Touch) int {
	return cmp.Or(
		a.OccurredAt.Compare(b.OccurredAt),
		strings.Compare(a.Source, b.Source),
		strings.Compare(a.SourceEventID, b.SourceEventID),
	)
}
