package dispute

import "time"

// Policy is what a playbook says of disputes.
type Policy struct {
	Automatic  Automatic     // which contradicted evidence opens a dispute by itself
	OpenWithin time.Duration // how long after the answer a person can open one
	Within     time.Duration // how long the teams have the word
}

// Automatic says which contradicted evidence opens a dispute by itself. The numbers are those of the API, here and in the
// types below.
type Automatic uint8

// What opens a dispute.
const (
	OnRecord Automatic = iota + 1 // what is on record, or what sales itself says, speaks against the reason
	OnClaim                       // only what sales itself says
	Never                         // nothing: people open disputes
)

// State is where a dispute stands.
type State uint8

// The states.
const (
	Opened State = iota + 1
	Resolved
	Lapsed
)

var states = [...]string{"", "OPEN", "RESOLVED", "LAPSED"}

// String is the state's name in capitals.
func (s State) String() string {
	if int(s) >= len(states) {
		return ""
	}
	return states[s]
}

// Opener is who disputes a verdict.
type Opener uint8

// The openers.
const (
	ByEvidence  Opener = iota + 1 // nobody: the evidence does not bear the reason out
	ByMarketing                   // somebody in marketing
	ByPartner                     // the partner who brought the lead
)

// Team is a team that has the word.
type Team uint8

// The two teams.
const (
	Marketing Team = iota + 1
	Sales
)

// Ruling is what is held of a verdict.
type Ruling uint8

// The rulings.
const (
	Uphold     Ruling = iota + 1 // it counts as it was given
	Overturn                     // the lead should not have been turned away
	Reclassify                   // another reason is the right one
)
