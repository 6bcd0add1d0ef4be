package deadline

import (
	"cmp"
	"slices"
	"time"
)

// MaxActs is how many acts of a handoff are recorded at most.
const MaxActs = 1000

// Act is something that a person of sales did with the lead, or that came of it.
type Act struct {
	Occurred time.Time `json:"occurred"`
	Recorded time.Time `json:"recorded"`
	Deed     Deed      `json:"deed"`
	Source   string    `json:"source,omitzero"`  // the system that says so itself; empty if a person does, or names a system
	ID       string    `json:"id,omitzero"`      // of the activity that tells of it; empty for a deal
	Suspect  bool      `json:"suspect,omitzero"` // too many came at once for a person
	Counts   bool      `json:"counts,omitzero"`  // even if it is suspect: somebody confirmed it, or the playbook counts bursts
}

// Deed is a sort of act, and what a clock may ask for. The first are numbered as the API numbers activities.
type Deed int

// The deeds.
const (
	Call               Deed = iota + 1 // reached somebody
	CallAttempt                        // as an act: reached nobody; asked for: any call
	Email                              //
	Message                            // on a network or by telephone
	MeetingBooked                      //
	MeetingHeld                        //
	Reply                              // of the lead's
	Touch                              // asked for: anything that a person of sales did
	Accepted                           // asked for: a rep accepted
	Disposed                           // asked for: the handoff was disposed of or recycled
	OpportunityCreated                 // a deal grew out of the handoff
)

// does says whether an act of this sort is what is asked for.
func (d Deed) does(asked Deed) bool {
	switch asked {
	case Touch:
		return d.touches()
	case CallAttempt:
		return d == Call || d == CallAttempt
	default:
		return d == asked
	}
}

func (d Deed) is(other Deed) bool { return d == other }

// touches says whether a person reached out to the lead.
func (d Deed) touches() bool { return d >= Call && d <= MeetingHeld }

// books says whether it makes for a demo: a meeting, or a deal, which is more.
func (d Deed) books() bool { return d == MeetingBooked || d == OpportunityCreated }

// Act records something that sales did, unless it decides nothing besides what is known.
func (f *Facts) Act(a Act) {
	for _, known := range f.Acts {
		if known.covers(a) {
			return
		}
	}
	f.Acts = append(slices.DeleteFunc(slices.Clone(f.Acts), a.covers), a)
	slices.SortFunc(f.Acts, Act.compare)
}

// compare orders acts by time; those of one time by their sort.
func (a Act) compare(b Act) int {
	return cmp.Or(a.Occurred.Compare(b.Occurred), a.Recorded.Compare(b.Recorded), cmp.Compare(a.Deed, b.Deed),
		cmp.Compare(a.Source, b.Source), cmp.Compare(a.ID, b.ID))
}

// stands says whether an act counts at all.
func (a Act) stands() bool { return !a.Suspect || a.Counts }

// Stands says whether the act of an activity counts.
func (f *Facts) Stands(id string) bool {
	return slices.ContainsFunc(f.Acts, func(a Act) bool { return a.ID == id && a.stands() })
}

// Flag records that an act is one of too many for a person, and whether the playbook counts it all the same. It reports whether that
// was new.
func (f *Facts) Flag(id string, counts bool) bool {
	return f.mark(id, func(a *Act) { a.Suspect, a.Counts = true, a.Counts || counts })
}

// Confirm records that a person did it, whether it is flagged or not. It reports whether that changed anything.
func (f *Facts) Confirm(id string) bool {
	return f.mark(id, func(a *Act) { a.Counts = true })
}

// mark changes the act of an activity, and reports whether it did.
func (f *Facts) mark(id string, change func(*Act)) bool {
	i := slices.IndexFunc(f.Acts, func(a Act) bool { return a.ID == id })
	if i < 0 {
		return false
	}
	before := f.Acts[i]
	f.Acts = slices.Clone(f.Acts)
	change(&f.Acts[i])
	return f.Acts[i] != before
}

// covers says whether b decides nothing that a does not decide: it is the same, or a deal that is told again. Of deals only the
// first matters, and b counts no earlier, whatever the tolerance is.
func (a Act) covers(b Act) bool {
	if a.Deed != OpportunityCreated || b.Deed != OpportunityCreated {
		return a.compare(b) == 0
	}
	return !a.Occurred.After(b.Occurred) && a.lateness() <= b.lateness()
}

// lateness is how long after an act it was recorded.
func (a Act) lateness() time.Duration { return a.Recorded.Sub(a.Occurred) }

// counted is when an act counts as done: when it happened, if it was recorded soon enough or by a system that both teams trust,
// or else when it was recorded.
func (p Policy) counted(a Act) time.Time {
	if a.lateness() > p.LateLogging && (a.Source == "" || !slices.Contains(p.Trusted, a.Source)) {
		return a.Recorded
	}
	return a.Occurred
}

// Touched is when a person first touched the lead, however late that was recorded.
func (f *Facts) Touched() (time.Time, bool) {
	first, ok := f.FirstTouch()
	return first.Occurred, ok
}

// FirstTouch is the act by which a person first touched the lead. What is suspect is no touch.
func (f *Facts) FirstTouch() (Act, bool) {
	for _, a := range f.Acts {
		if a.Deed.touches() && a.stands() {
			return a, true // the acts are sorted
		}
	}
	return Act{}, false
}

// first is when the first act of a sort counts as done.
func (d *docket) first(sort func(Deed) bool) time.Time {
	return d.firstAfter(time.Time{}, sort)
}

// firstAfter is when the first act of a sort counts as done that counts after an instant.
func (d *docket) firstAfter(after time.Time, sort func(Deed) bool) time.Time {
	var first time.Time
	for _, a := range d.facts.Acts {
		at := d.policy.counted(a)
		if sort(a.Deed) && a.stands() && at.After(after) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}
