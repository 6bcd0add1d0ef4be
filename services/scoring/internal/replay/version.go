package replay

import (
	"fmt"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
)

// Version is a version of the playbook that is replayed.
type Version struct {
	Policy *qualify.Policy // nil: nobody qualifies
	// Nurtures says whether routing closes the handoff of a lead as it opens.
	Nurtures func(Case) bool
}

// minds says whether people are judged by the version because something of a kind happened at their account.
func (v *Version) minds(kind string) bool { return v.Policy != nil && v.Policy.Minds(kind) }

// Case is what routing decides by.
type Case struct {
	FirstMatch       int // the first routing rule that holds, counted from 0; -1 if none does
	Target           bool
	Intent           qualify.Intent
	Owner, DealOwner string // ids of reps; empty for nobody
}

// Qualification is a handoff that begins by a version.
type Qualification struct {
	Lead     string // the lead that stands for the person then
	At       time.Time
	Cycle    int32
	Case     Case
	ClosedAt time.Time // when sales really gave the person back; zero if it did not while this was open
}

// caseOf reads what routing decides by.
func (v *Version) caseOf(verdict *qualify.Verdict, at *Employer) Case {
	c := Case{FirstMatch: -1, Intent: verdict.Intent}
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

// Unknown says in sentences what the versions ask for and a replay does not know.
func (w *World) Unknown() []string {
	var sentences []string
	for v := range w.Versions {
		by, policy := map[int]string{Baseline: "baseline", Draft: "draft"}[v], w.Versions[v].Policy
		if policy == nil {
			continue
		}
		if policy.Surge != nil && policy.Mentions("is_surging") {
			sentences = append(sentences, fmt.Sprintf("the %s asks whether accounts surge, which is not replayed: to its expressions it is unknown", by))
		}
	}
	return sentences
}
