package recalibrate

import (
	"cmp"
	"slices"
	"time"
)

const week = 7 * 24 * time.Hour

// Case is a lead that was handed over, and what sales made of it.
type Case struct {
	Handoff string // the id
	Lead    string // the id
	At      time.Time
	Good    bool
	Word    string // what sales said, such as `bad_fit_firmographic`
	Week    int    // of the period, from 0; Split sets it
}

// Judged is a case as the playbook in force holds it.
type Judged struct {
	Case
	Combined int64 // its combined score, in millionths of a point
}

// Period is the time that is looked at: some weeks up to an instant, of which the last are held out.
type Period struct {
	End         time.Time
	Weeks, Held int
}

// Start is when the period begins.
func (p Period) Start() time.Time { return p.End.Add(-time.Duration(p.Weeks) * week) }

// HeldFrom is when the weeks begin that are held out.
func (p Period) HeldFrom() time.Time { return p.End.Add(-time.Duration(p.Held) * week) }

// Split parts the cases of a period. A lead counts once, by its last case, so that nobody is in both parts.
func (p Period) Split(cases []Case) (training, held []Case) {
	last := map[string]Case{}
	for _, c := range cases {
		if c.At.Before(p.Start()) || !c.At.Before(p.End) {
			continue
		}
		if known, is := last[c.Lead]; !is || c.later(known) {
			last[c.Lead] = c
		}
	}
	for _, c := range last {
		c.Week = int(c.At.Sub(p.Start()) / week)
		if c.At.Before(p.HeldFrom()) {
			training = append(training, c)
		} else {
			held = append(held, c)
		}
	}
	slices.SortFunc(training, Case.order)
	slices.SortFunc(held, Case.order)
	return training, held
}

func (c Case) order(other Case) int {
	return cmp.Or(c.At.Compare(other.At), cmp.Compare(c.Handoff, other.Handoff))
}

func (c Case) later(other Case) bool { return c.order(other) > 0 }
