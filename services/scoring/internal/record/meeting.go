package record

import (
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
)

// Meeting is a meeting that a partner brought with a lead. It never changes.
type Meeting struct {
	ID               string
	Lead             string // under which it was brought
	Source, SourceID string
	Partner          string // that brought the lead; empty if none
	Agreement        Agreement
	MeetAt           time.Time // zero if that is not settled
	CreatedAt        time.Time

	Playbook     int64 // the version that it was checked by
	Checks       []qualify.Check
	Effect       Effect
	Handoff      string // that it began, or was added to; empty if none
	Disqualifier string // that kept it from sales; empty if none did
}

// Agreement is what a prospect and a partner agreed on, in the words of people. It is confidential.
type Agreement struct {
	MessageAngle string   `json:"message_angle"`
	Topics       []string `json:"topics"`
	Exclusions   []string `json:"exclusions,omitempty"`
	Objections   []string `json:"objections,omitempty"`
	UseCase      string   `json:"use_case,omitempty"`
	Purpose      string   `json:"purpose,omitempty"`
	Agreed       *bool    `json:"agreed,omitempty"` // nil if nobody knows
}

// Effect is what became of a meeting when it was brought. The numbers are the API's, and are stored.
type Effect int

// The effects.
const (
	MeetingQualified Effect = iota + 1
	MeetingAdded
	MeetingDisqualified
	MeetingTurnedAway
)

// Facts are what checks see of an agreement. Lists are known in full; a text that was not given is unknown.
func (a *Agreement) Facts() criteria.Meeting {
	m := criteria.Meeting{UseCase: text(a.UseCase), AgreedTopics: criteria.Known(a.Topics), Exclusions: criteria.Known(a.Exclusions),
		Objections: criteria.Known(a.Objections)}
	if a.Agreed != nil {
		m.AgreedPurpose = criteria.Known(*a.Agreed)
	}
	return m
}
