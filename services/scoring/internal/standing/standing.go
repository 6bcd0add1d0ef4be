package standing

import (
	"slices"
	"time"
)

// Qualification is where the definition has put a lead. The numbers are the API's, and are stored.
type Qualification int

// The qualifications.
const (
	Unscored Qualification = iota + 1
	Unqualified
	MQL
	Disqualified
)

// Outcome is how a handoff ended. The numbers are the API's, and are stored.
type Outcome int

// The outcomes.
const (
	NotEnded Outcome = iota
	EndedSQL
	EndedNurture
	EndedDisqualified
	EndedRecycled
	EndedBadData
	EndedDuplicate
)

// Standing is where one lead stands.
type Standing struct {
	Qualification Qualification
	Disqualifier  string // the one that it meets; empty if none
	Cycle         int32  // from 1
	Handoff       string // of the present cycle; empty before the lead qualified in it
	QualifiedAt   time.Time
	// FirstQualifiedAt is when it qualified in its first cycle, whatever cycle is the present one; zero for never.
	FirstQualifiedAt time.Time
	Outcome          Outcome   // of the present handoff
	BySuite          bool      // whether the suite closed it, and not a rep's answer
	ClosedAt         time.Time // zero while it is open
	// Ruled is how the handoff counts as ended since a dispute over its end was decided otherwise: NotEnded if sales should have
	// kept the lead. It says nothing while RuledAt, when that became known, is zero.
	Ruled   Outcome
	RuledAt time.Time
}

// New is the standing of a new lead.
func New() Standing { return Standing{Qualification: Unscored, Cycle: 1} }

// Open reports whether sales has the lead now.
func (s Standing) Open() bool { return s.Handoff != "" && s.ClosedAt.IsZero() }

// Closed reports whether sales had the lead in this cycle and gave it back.
func (s Standing) Closed() bool { return s.Handoff != "" && !s.ClosedAt.IsZero() }

// Finding is what the policy says of a lead now.
type Finding struct {
	Disqualifier string // empty if none applies
	OverLine     bool
	Acted        bool          // the lead did something after its handoff was closed, and this is why it is judged
	Signal       bool          // and that shows high intent by itself
	Cooldown     time.Duration // how long a lead rests
}

// Step is what happens to a lead that is judged.
type Step int

// The steps.
const (
	Stay       Step = iota
	Qualify         // it crossed the line: a handoff begins
	Disqualify      // it met a disqualifier that it had not met
)

// Judge moves a lead on. Mint gives the id of the handoff of a cycle, and is called only when one begins.
func (s Standing) Judge(f Finding, now time.Time, mint func(cycle int32) string) (Standing, Step) {
	if f.Disqualifier != "" {
		return s.disqualify(f.Disqualifier)
	}
	s.Disqualifier = ""
	s.Qualification = Unqualified
	if s.Handoff != "" {
		s.Qualification = MQL
	}
	if !f.OverLine || s.Open() || s.Closed() && !s.mayReturn(f, now) {
		return s, Stay
	}
	next := Standing{Qualification: MQL, Cycle: s.Cycle, QualifiedAt: now, FirstQualifiedAt: earliest(s.FirstQualifiedAt, now)}
	if s.Closed() {
		next.Cycle++
	}
	next.Handoff = mint(next.Cycle)
	return next, Qualify
}

func (s Standing) disqualify(by string) (Standing, Step) {
	step := Disqualify
	if s.Qualification == Disqualified {
		step = Stay
	}
	s.Qualification, s.Disqualifier = Disqualified, by
	return s, step
}

// mayReturn reports whether a lead that sales gave back may begin another cycle.
func (s Standing) mayReturn(f Finding, now time.Time) bool {
	outcome := s.Outcome
	if !s.RuledAt.IsZero() {
		outcome = s.Ruled
	}
	switch outcome {
	case NotEnded: // overturned
		return true
	case EndedDuplicate:
		return s.BySuite
	case EndedDisqualified, EndedBadData:
		return false
	case EndedSQL, EndedNurture, EndedRecycled:
	}
	return f.Acted && (f.Signal || !now.Before(s.ClosedAt.Add(f.Cooldown)))
}

// Close notes how a handoff ended. A handoff that is not the present one, or was closed before, changes nothing.
func (s Standing) Close(handoff string, outcome Outcome, bySuite bool, at time.Time) Standing {
	if handoff == "" || s.Handoff != handoff || s.Closed() {
		return s
	}
	s.Outcome, s.BySuite, s.ClosedAt = outcome, bySuite, at
	return s
}

// Rule notes how a dispute over the end of a handoff was decided, whether or not it is known by then how the handoff ended. A
// handoff that is not the present one, or was ruled on before, changes nothing.
func (s Standing) Rule(handoff string, outcome Outcome, at time.Time) Standing {
	if handoff == "" || s.Handoff != handoff || !s.RuledAt.IsZero() {
		return s
	}
	s.Ruled, s.RuledAt = outcome, at
	return s
}

// Merge is the standing of two leads that turned out to be one. The handoff that is open goes on; of two the survivor's.
// If none is open, the one that was closed last counts.
func Merge(survivor, absorbed Standing) Standing {
	merged := survivor
	if absorbed.outlasts(survivor) {
		merged = absorbed
	}
	merged.Cycle = max(survivor.Cycle, absorbed.Cycle)
	merged.FirstQualifiedAt = earliest(survivor.FirstQualifiedAt, absorbed.FirstQualifiedAt)
	merged.Disqualifier = survivor.Disqualifier
	switch {
	case survivor.Qualification == Disqualified:
		merged.Qualification = Disqualified
	case merged.Handoff != "":
		merged.Qualification = MQL
	default:
		merged.Qualification = survivor.Qualification
	}
	return merged
}

// outlasts reports whether the handoff of a lead counts for more than that of another one.
func (s Standing) outlasts(other Standing) bool {
	switch {
	case s.Handoff == "" || other.Open():
		return false
	case other.Handoff == "" || s.Open():
		return true
	default:
		return s.ClosedAt.After(other.ClosedAt)
	}
}

// Part is the standing of a lead when a merge is taken back: what it was before any merge, with what became of its own
// handoff since, and merged with those that stay. A handoff that was none of theirs before began when they were one, and
// stays with it.
func Part(now, before Standing, gone, stay []Standing) Standing {
	own := before
	switch {
	case own.Qualification == 0: // it was not kept
		if own = now; hasHandoff(gone, now.Handoff) {
			own = New()
		}
	case now.Handoff == own.Handoff:
		own = now
		own.Cycle, own.FirstQualifiedAt = before.Cycle, before.FirstQualifiedAt
	case !hasHandoff(gone, now.Handoff) && !hasHandoff(stay, now.Handoff):
		now.FirstQualifiedAt = firstWithout(now, before, gone, stay)
		return now
	}
	for _, other := range stay {
		own = Merge(own, other)
	}
	return own
}

// firstWithout is when a lead qualified first, if its present handoff began when it was one with those who are gone.
func firstWithout(now, before Standing, gone, stay []Standing) time.Time {
	theirs := slices.ContainsFunc(gone, func(s Standing) bool { return s.FirstQualifiedAt.Equal(now.FirstQualifiedAt) })
	if !theirs {
		return now.FirstQualifiedAt
	}
	first := earliest(before.FirstQualifiedAt, now.QualifiedAt)
	for _, other := range stay {
		first = earliest(first, other.FirstQualifiedAt)
	}
	return first
}

// earliest is the first of two instants, of which those that are zero never came.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// hasHandoff reports whether the present handoff of one of some leads is this one.
func hasHandoff(all []Standing, handoff string) bool {
	return handoff != "" && slices.ContainsFunc(all, func(s Standing) bool { return s.Handoff == handoff })
}
