package replay

import (
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// Version is a version of the playbook that is replayed.
type Version struct {
	Policy *qualify.Policy // nil: nobody qualifies
	// Closes says how routing closes the handoff of a lead as it opens; NotEnded if it does not.
	Closes func(Case) standing.Outcome
}

// minds says whether people are judged by the version because something of a kind happened at their account.
func (v *Version) minds(kind string) bool { return v.Policy != nil && v.Policy.Minds(kind) }

// Case is what routing decides by.
type Case struct {
	FirstMatch       int // the first routing rule that holds, counted from 0; -1 if none does
	Target           bool
	Intent           qualify.Intent
	Owner, DealOwner string // ids of reps; empty for nobody
	Requirements     []int  // those of routing that hold, counted from 0
}

// Qualification is a handoff that begins by a version.
type Qualification struct {
	Lead     string // the lead that stands for the person then
	At       time.Time
	Cycle    int32
	Case     Case
	ClosedAt time.Time // when sales really gave the person back; zero if it did not while this was open

	settled bool // whether the person was judged for what happened around it
}

// caseOf reads what routing decides by.
func (v *Version) caseOf(verdict *qualify.Verdict, at *Employer) Case {
	c := Case{FirstMatch: -1, Intent: verdict.Intent, Requirements: verdict.Requirements}
	if len(verdict.FirstMatch) > 0 {
		c.FirstMatch = verdict.FirstMatch[0]
	}
	if at == nil {
		return c
	}
	var target qualify.Target
	target, c.Target = v.Policy.Target(at.Subject.Domains, at.Subject.Above)
	if c.Owner, c.DealOwner = at.Owner, at.DealOwner; c.Owner == "" {
		c.Owner = target.Owner
	}
	return c
}

// asked is what the expressions of a version ask for that many people together make.
type asked struct{ committees, surges bool }

func (v *Version) asks() asked {
	if v.Policy == nil {
		return asked{}
	}
	return asked{committees: v.Policy.HasCommittee() && v.Policy.Mentions("committee"), surges: v.Policy.AsksForSurges()}
}
