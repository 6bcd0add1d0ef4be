package deadline

import "time"

// Passage is how far a lead came, and how soon. Instants that have not come are zero.
type Passage struct {
	Assigned time.Time // to a rep, first
	Touched  time.Time // by a person, first, however late that was recorded
	Accepted bool      // by any rep
	SQL      bool      // it became one
	ForSales bool      // it was passed to sales: it did not go to nurture at once, and is not another lead
}

// Passage gives the passage of the lead of a handoff.
func (f *Facts) Passage() Passage {
	p := Passage{SQL: f.Closing.Outcome == OutcomeSQL}
	p.Touched, _ = f.Touched()
	for _, a := range f.Assignments {
		if p.Assigned.IsZero() {
			p.Assigned = a.At
		}
		p.Accepted = p.Accepted || a.Accepted
	}
	p.ForSales = f.Opened && f.Merged.IsZero() && !f.nurtured()
	return p
}

// nurtured says whether the handoff went to nurture as it was opened, and never to sales.
func (f *Facts) nurtured() bool { return f.Closing.Step == 0 && f.Closing.Outcome == OutcomeNurture }

// pool is the pool of an assignment; empty if an owner got it, or there is no such assignment.
func (f *Facts) pool(number int) string {
	for _, a := range f.Assignments {
		if a.Number == number {
			return a.Pool
		}
	}
	return ""
}
