package deadline

import (
	"cmp"
	"slices"
	"time"
)

// Facts is what is known of one handoff. The zero value knows nothing.
//
// Each fact has one sender, and senders keep no common order. Facts of different senders touch different fields, or say
// the same; those of one sender are recorded in its order. So facts recorded in any order of senders are the same.
//
// The names of the fields in JSON are those in which facts are stored. Times are in UTC; the zero time means not known.
type Facts struct {
	MQL         time.Time    `json:"mql,omitzero"`    // the lead became an MQL
	Opened      bool         `json:"opened,omitzero"` // routing has opened the handoff, and the tier is known
	Tier        string       `json:"tier,omitzero"`   // when it was opened; empty for none
	Tiers       []TierChange `json:"tiers,omitempty"` // in their order
	Assignments []Assignment `json:"assignments,omitempty"`
	Covers      []Cover      `json:"covers,omitempty"` // in their order
	Holds       []Hold       `json:"holds,omitempty"`  // in their order
	Acts        []Act        `json:"acts,omitempty"`
	Pauses      []Pause      `json:"pauses,omitempty"` // in the order in which they were told
	Closing     Closing      `json:"closing,omitzero"`
	Merged      time.Time    `json:"merged,omitzero"` // the lead joined another
}

// TierChange is a later change of tier.
type TierChange struct {
	To string    `json:"to,omitzero"`
	At time.Time `json:"at"`
}

// Assignment is one rep's turn at the handoff.
type Assignment struct {
	Number   int       `json:"number"` // from 1
	Rep      string    `json:"rep,omitzero"`
	Calendar string    `json:"calendar,omitzero"` // the rep's own; empty for the playbook's
	Pool     string    `json:"pool,omitzero"`     // that gave it; empty if an owner got it
	At       time.Time `json:"at,omitzero"`
	Answered time.Time `json:"answered,omitzero"` // the rep accepted, declined or rejected
	Accepted bool      `json:"accepted,omitzero"`
	Released time.Time `json:"released,omitzero"` // it was taken away, and nobody has the handoff
	Taken    Taking    `json:"taken,omitzero"`    // why it was taken away, or passed on
}

// Cover is a time when somebody stood in for the rep of an assignment. It ends with the assignment at the latest.
type Cover struct {
	Assignment int       `json:"assignment"`
	Rep        string    `json:"rep"`
	Calendar   string    `json:"calendar,omitzero"` // the rep's own; empty for the playbook's
	From       time.Time `json:"from"`
	Until      time.Time `json:"until,omitzero"`
}

// Closing is how the handoff ended.
type Closing struct {
	At         time.Time `json:"at,omitzero"`
	Step       Step      `json:"step,omitzero"` // 0 when the suite closed it by itself
	Outcome    Outcome   `json:"outcome,omitzero"`
	Assignment int       `json:"assignment,omitzero"` // the last one; 0 if there was none
}

// Step is what a rep did to close a handoff.
type Step int

// The steps that close.
const (
	StepReject  Step = 3
	StepRecycle Step = 4
	StepDispose Step = 5
)

// Outcome is how a handoff ended.
type Outcome int

// The outcomes.
const (
	OutcomeSQL Outcome = iota + 1
	OutcomeNurture
	OutcomeDisqualified
	OutcomeRecycled
	OutcomeBadData
	OutcomeDuplicate
)

// Qualify records when the lead became an MQL.
func (f *Facts) Qualify(at time.Time) { f.MQL = at }

// Open records that routing opened the handoff in a tier.
func (f *Facts) Open(tier string) { f.Opened, f.Tier = true, tier }

// ChangeTier records a later change of tier.
func (f *Facts) ChangeTier(to string, at time.Time) {
	f.Tiers = append(f.Tiers, TierChange{To: to, At: at})
}

// Assign records that a rep got the handoff.
func (f *Facts) Assign(number int, rep, calendar string, at time.Time) {
	a := f.assignment(number)
	a.Rep, a.Calendar, a.At = rep, calendar, at
}

// Draw records from which pool the rep of an assignment came.
func (f *Facts) Draw(number int, pool string) { f.assignment(number).Pool = pool }

// Answer records that the rep of an assignment accepted it, or declined or rejected it.
func (f *Facts) Answer(number int, accepted bool, at time.Time) {
	a := f.assignment(number)
	a.Answered, a.Accepted = at, accepted
}

// Cover records that somebody stands in for the rep of an assignment from now on.
func (f *Facts) Cover(number int, rep, calendar string, from time.Time) {
	f.Covers = append(f.Covers, Cover{Assignment: number, Rep: rep, Calendar: calendar, From: from})
}

// Uncover records that nobody stands in for the rep of an assignment any more.
func (f *Facts) Uncover(number int, until time.Time) {
	for i, c := range f.Covers {
		if c.Assignment == number && c.Until.IsZero() {
			f.Covers[i].Until = until
		}
	}
}

// Hold records that nobody has the handoff. Before the first assignment that is nothing new.
func (f *Facts) Hold(at time.Time) {
	if n := len(f.Assignments); n > 0 && f.Assignments[n-1].Released.IsZero() {
		f.Assignments[n-1].Released = at
	}
}

// Close records how the handoff ended.
func (f *Facts) Close(c Closing) { f.Closing = c }

// Merge records that the lead joined another one.
func (f *Facts) Merge(at time.Time) { f.Merged = at }

// Unmerge records that the lead stands by itself again. Clocks go on as if it had never joined another.
func (f *Facts) Unmerge() { f.Merged = time.Time{} }

// assignment is the assignment of a number.
func (f *Facts) assignment(number int) *Assignment {
	i, found := slices.BinarySearchFunc(f.Assignments, number, func(a Assignment, n int) int { return cmp.Compare(a.Number, n) })
	if !found {
		f.Assignments = slices.Insert(f.Assignments, i, Assignment{Number: number})
	}
	return &f.Assignments[i]
}

// tierAt is the tier at an instant.
func (f *Facts) tierAt(at time.Time) string {
	tier := f.Tier
	for _, c := range f.Tiers {
		if c.At.After(at) {
			break
		}
		tier = c.To
	}
	return tier
}

// holder is the rep who had to act at an instant, or at last if that is zero: who had the handoff, or stood in for them; and in
// which assignment. What happened before anybody had it is put to the first rep.
func (f *Facts) holder(at time.Time) (turn int, rep string) {
	var last Assignment
	for i, a := range f.Assignments {
		if i > 0 && !at.IsZero() && a.At.After(at) {
			break
		}
		last = a
	}
	return last.Number, f.acting(last, at)
}

// Has says whether a rep has the handoff at an instant, or stands in for who has it.
func (f *Facts) Has(rep string, at time.Time) bool {
	turn, acting := f.holder(at)
	return turn != 0 && rep != "" && (rep == acting || rep == f.assignment(turn).Rep)
}

// acting is the rep of an assignment, or who stood in for them at an instant, or at last if that is zero.
func (f *Facts) acting(a Assignment, at time.Time) string {
	for _, c := range f.Covers {
		began := at.IsZero() || !c.From.After(at)
		lasts := c.Until.IsZero() || !at.IsZero() && at.Before(c.Until)
		if c.Assignment == a.Number && began && lasts {
			return c.Rep
		}
	}
	return a.Rep
}
