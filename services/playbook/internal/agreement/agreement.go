// Package agreement holds the rules by which a playbook version becomes binding.
//
//	         submit            second signature        activate           replaced
//	DRAFT ------------> REVIEW ---------------> SIGNED ---------> ACTIVE ---------> RETIRED
//	  |\__ first signature __/|                     |
//	  |                       |                     |
//	  +-----------------------+---------------------+--> REFUSED   by a lead of a team
//
// Marketing and sales each sign once, by two different people with the right role. What is signed is the hash of the
// document; the document never changes. Only people sign, refuse and activate. What was refused stays refused: what a
// team would sign is another version.
package agreement

import "errors"

// State is where a version stands.
type State int

// The states, in the order in which a version passes them.
const (
	Draft State = iota + 1
	Review
	Signed
	Active
	Retired
	Refused
)

var stateNames = [...]string{"", "DRAFT", "IN_REVIEW", "SIGNED", "ACTIVE", "RETIRED", "REFUSED"}

func (s State) String() string {
	if s < Draft || s > Refused {
		return "UNKNOWN"
	}
	return stateNames[s]
}

// Team is a team that signs.
type Team int

// The two teams.
const (
	Marketing Team = iota + 1
	Sales
)

func (t Team) String() string {
	switch t {
	case Marketing:
		return "marketing"
	case Sales:
		return "sales"
	default:
		return "unknown"
	}
}

// Person is who acts. Subjects are compared together with their issuers.
type Person struct {
	Issuer, Subject string
	Human           bool // a person, not a platform or an AI
	Leads           Team // the team whose lead it is; 0 if none
	LeadsBoth       bool // leads both teams, and may sign for either
}

// speaksFor reports whether a person's word is the team's.
func (p Person) speaksFor(team Team) bool { return p.Human && (p.Leads == team || p.LeadsBoth) }

// Signature is the consent of a team.
type Signature struct {
	Team   Team
	Issuer string
	Signer string
}

// Version is what the rules need to know of a playbook version.
type Version struct {
	State      State
	Hash       string
	Signatures []Signature
}

// Why a step is refused.
var (
	ErrState       = errors.New("the version is not in a state that allows it")
	ErrNotAllowed  = errors.New("only a person who leads the team speaks for it")
	ErrNotHuman    = errors.New("only a person brings a playbook into force")
	ErrNotDistinct = errors.New("one person cannot sign for both teams")
	ErrSigned      = errors.New("the team has signed already")
	ErrHash        = errors.New("the hash is not that of the document")
	ErrUnsigned    = errors.New("a signature is missing")
)

// Submit opens a draft for signatures.
func (v Version) Submit() (Version, error) {
	if v.State != Draft {
		return v, ErrState
	}
	v.State = Review
	return v, nil
}

// Sign adds a team's consent. A hash that is not empty must be the document's.
func (v Version) Sign(by Person, team Team, hash string) (Version, error) {
	switch {
	case !by.speaksFor(team):
		return v, ErrNotAllowed
	case !v.isOpen():
		return v, ErrState
	case hash != "" && hash != v.Hash:
		return v, ErrHash
	}
	for _, s := range v.Signatures {
		if s.Team == team {
			return v, ErrSigned
		}
		if s.Issuer == by.Issuer && s.Signer == by.Subject {
			return v, ErrNotDistinct
		}
	}
	v.Signatures = append(v.Signatures[:len(v.Signatures):len(v.Signatures)], Signature{Team: team, Issuer: by.Issuer, Signer: by.Subject})
	v.State = Review
	if len(v.Missing()) == 0 {
		v.State = Signed
	}
	return v, nil
}

// Refuse ends a version that is not in force yet, for a team.
func (v Version) Refuse(by Person, team Team) (Version, error) {
	switch {
	case !by.speaksFor(team):
		return v, ErrNotAllowed
	case !v.isOpen():
		return v, ErrState
	}
	v.State = Refused
	return v, nil
}

// isOpen says whether teams still decide about the version.
func (v Version) isOpen() bool { return v.State == Draft || v.State == Review || v.State == Signed }

// Missing are the teams that have not signed.
func (v Version) Missing() []Team {
	var missing []Team
	for _, team := range []Team{Marketing, Sales} {
		if !v.signedBy(team) {
			missing = append(missing, team)
		}
	}
	return missing
}

func (v Version) signedBy(team Team) bool {
	for _, s := range v.Signatures {
		if s.Team == team {
			return true
		}
	}
	return false
}

// Activate brings a signed version into force.
func (v Version) Activate(by Person) (Version, error) {
	switch {
	case !by.Human:
		return v, ErrNotHuman
	case v.State == Draft || v.State == Review:
		return v, ErrUnsigned
	case v.State != Signed:
		return v, ErrState
	}
	v.State = Active
	return v, nil
}

// Retire takes a version out of force when another replaces it.
func (v Version) Retire() (Version, error) {
	if v.State != Active {
		return v, ErrState
	}
	v.State = Retired
	return v, nil
}
