package criteria

import "time"

// Facts is everything an expression may look at: one lead, the account it belongs
// to, what its people did, what was agreed on for a meeting, and the lists to look
// things up in. A zero Lead, Account or Meeting is legal and means that nothing is
// known about it.
type Facts struct {
	Lead        Lead
	Account     Account
	Engagements []Event
	Meeting     Meeting
	Lists       map[string]*List // lists.NAME; one that is not here is unknown
	// Predicted are probabilities that models give, 0 to 1: predicted.NAME. One that is not here is unknown.
	Predicted map[string]float64
}

// Lead holds what is known about the person.
type Lead struct {
	Seniority       Opt[string]
	Function        Opt[string]
	Title           Opt[string]
	Country         Opt[string]
	EmailDomain     Opt[string]
	EmailDomainKind Opt[string]
	Source          Opt[string]
	Campaign        Opt[string]
	Partner         Opt[string]
	Attributes      map[string]string // one that is not here is unknown
}

// Account holds what is known about the company.
type Account struct {
	Domain             Opt[string]
	Domains            Opt[[]string]
	Employees          Opt[int64]
	AnnualRevenue      Opt[Money]
	Industry           Opt[string]
	Country            Opt[string]
	Technologies       Opt[[]string]
	IsTarget           Opt[bool]
	IsCustomer         Opt[bool]
	HasOpenOpportunity Opt[bool]
	HasOwner           Opt[bool]
	Attributes         map[string]string // one that is not here is unknown

	Events            Opt[History]  // what happened there and nobody in particular did
	Triggers          Opt[[]string] // names of the triggers that are active
	TriggerPoints     Opt[Points]
	Committee         Opt[[]string] // personas that are known there
	CommitteeEngaged  Opt[[]string] // those of them that engaged lately
	CommitteeCoverage Opt[int64]    // per cent
	IsSurging         Opt[bool]
}

// Meeting holds what a prospect and whoever brings a meeting with it agreed on.
type Meeting struct {
	UseCase       Opt[string]
	AgreedTopics  Opt[[]string]
	Exclusions    Opt[[]string]
	Objections    Opt[[]string]
	AgreedPurpose Opt[bool]
}

// History is events in any order, seen from the instant of the evaluation: what
// happens after it does not exist.
type History struct {
	Events []Event
	AsOf   time.Time
}

// Points are an amount in micro-points: 1 point is 1,000,000.
type Points int64

// Event is one engagement: a page view, a form, a click. The order of events in
// Facts does not matter. A property that is empty is not there.
type Event struct {
	Type       string
	OccurredAt time.Time
	Page       string // "/pricing"
	Form       string // "demo_request"
	Asset      string // what was read, watched or attended
	Campaign   string
	Channel    string
	Source     string // the system that saw it
}

// Opt is a value that may be unknown. The zero value is unknown, so a fact that
// nobody filled in can never be mistaken for "no", zero or "".
type Opt[T any] struct {
	Value T
	Known bool
}

// Known returns an Opt that holds v.
func Known[T any](v T) Opt[T] { return Opt[T]{Value: v, Known: true} }

// Scores are the figures that a gate compares, in micro-points: 1 point is
// 1,000,000, so a score of 70.000001 is above 70 and a score of 70 is not.
type Scores struct {
	Fit        int64
	Engagement int64
	Combined   int64
}
