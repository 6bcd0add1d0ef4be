package record

import (
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// Edge says that a lead joined another one that stood for the person then.
type Edge struct {
	Absorbed, Survivor string
	MergedAt, PartedAt time.Time // PartedAt is zero while it lasts
	// Before is what the survivor was before anybody joined it; one of its merges that last keeps that.
	Before Survivor
}

// Survivor is what a merge changes of the lead that goes on.
type Survivor struct {
	Standing   standing.Standing `json:"standing,omitzero"`
	OccurredAt time.Time         `json:"occurred_at,omitzero"`
	Match      Match             `json:"match,omitzero"`
}

// Known reports whether it was kept.
func (s Survivor) Known() bool { return !s.OccurredAt.IsZero() }

// Pair is two leads that may be one person, or that a person said something of.
type Pair struct {
	Lead, Other string // the older first
	Evidence    Evidence
	Resolution  Resolution
	FoundAt     time.Time
}

// Evidence is what two leads have in common. The numbers are the API's, and are stored.
type Evidence int

// The evidence. No evidence is that of leads that were merged and parted again.
const (
	NoEvidence Evidence = iota
	PhoneSurname
	NameDomain
)

// Resolution is what a person said of two leads. The numbers are the API's, and are stored.
type Resolution int

// The resolutions.
const (
	Unresolved Resolution = iota
	SamePerson
	DifferentPeople
)
