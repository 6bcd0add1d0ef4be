package deadline

import "time"

// OnReassign is what becomes of a clock when another rep gets the handoff.
type OnReassign int

// What becomes of it. Zero is what is usual: accept restarts, for it asks something of one rep, and the others carry on.
const (
	Carry   OnReassign = iota + 1 // what was used stays used
	Restart                       // the next rep has the whole budget, unless what was asked for was done by then
)

// restarts says whether a kind of clock has a run for each assignment.
func (r Rule) restarts(kind Kind) bool {
	if r.OnReassign == 0 {
		return kind == Accept
	}
	return r.OnReassign == Restart
}

// runs are the clocks of a kind that restarts, one for each assignment until one of them is answered. What was done before
// one began, while nobody had the handoff, answers it at once.
func (d *docket) runs(kind Kind, rule Rule) []start {
	var all []start
	for i, a := range d.facts.Assignments {
		s := start{kind: kind, run: a.Number, at: a.At, turn: a.Number}
		if rule.From == FromAccepted {
			s.at = a.accepted()
		}
		if s.at.IsZero() || kind.Own() && d.comesTooLate(rule, s.at) {
			continue
		}
		s.end = earliest(d.passedOn(i), d.ending(kind, rule, s.at))
		s.rep = d.facts.acting(a, s.end.at)
		all = append(all, s)
		if s.end.how == answered {
			break
		}
	}
	return all
}

// accepted is when the rep of an assignment accepted; zero if they did not.
func (a Assignment) accepted() time.Time {
	if !a.Accepted {
		return time.Time{}
	}
	return a.Answered
}

// acceptRuns are the accept clocks, one for each assignment, for each asks something of one rep. One that carries on counts from
// where the first did. Of those that restart, only the first counts from the MQL if the rule says so: the next rep cannot answer
// for what was lost before.
func (d *docket) acceptRuns(rule Rule) []start {
	var all []start
	for i, a := range d.facts.Assignments {
		s := start{kind: Accept, run: a.Number, at: a.At, end: d.acceptEnding(i), turn: a.Number}
		s.rep = d.facts.acting(a, s.end.at)
		switch {
		case rule.From == FromAccepted:
			s.at = a.accepted()
		case rule.From == FromMQL && i == 0:
			s.at = d.facts.MQL
		case i > 0 && len(all) > 0 && !rule.restarts(Accept):
			s.at = all[0].at
		}
		if !s.at.IsZero() {
			all = append(all, s)
		}
	}
	return all
}

// passedOn is what ends the clocks of the i-th assignment when another rep gets the handoff, or nobody has it any more.
func (d *docket) passedOn(i int) ending {
	var next ending
	if i+1 < len(d.facts.Assignments) {
		next = cancel(d.facts.Assignments[i+1].At, Reassigned)
	}
	return earliest(next, cancel(d.facts.Assignments[i].Released, Held))
}

// addUp gives the runs of a kind that restarts the time that was used over them.
func (r Rule) addUp(kind Kind, runs []Clock) {
	var total time.Duration
	for i := range runs {
		if !r.restarts(kind) {
			total = 0
		}
		total += runs[i].Elapsed
		if !runs[i].Stop.IsZero() {
			runs[i].Total = total
		}
	}
}
