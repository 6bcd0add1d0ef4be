package dispatch

import (
	"cmp"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/presence"
)

// Trail is the way that a search took, to be told. It speaks of the desk as the search left it: ask before anything else
// changes the desk.
type Trail struct{ search *search }

// Rung is whom a search asked at once.
type Rung struct {
	Kind RungKind
	// Pool is the pool that was asked; empty for one rep. Missing says that there is none of this name.
	Pool    string
	Missing bool
	Mode    fairness.Mode
	// Epoch and Turn place the decision in the pool's ledger; 0 if it made none.
	Epoch, Turn int64
	// Candidates are who got the lead, then who could have taken it, by deficit, then everybody else.
	Candidates []Candidate
	// More are those for whom there was no room, by what came of them.
	More []Remainder
}

// RungKind is how a rung comes to be asked. The numbers are those of the API.
type RungKind uint8

// The kinds of rungs.
const (
	_           RungKind = iota
	AskOwner             // the owner, or the rep whom the playbook names
	AskCover             // who stands in for the owner
	AskPool              // the lead's own pool
	AskOverflow          // the pool that takes over
	AskFallback          // the last pool or rep
	AskNamed             // the rep whom somebody named
	AskClaimant          // the rep who takes it themselves
	AskPassed            // the pool past which an owner gets it, and which counts it
)

// Candidate is somebody who was asked, and what came of it.
type Candidate struct {
	Rep string
	// Unknown says that there is no such rep.
	Unknown bool
	// Offline says that they are inactive because they did not answer.
	Offline      bool
	Availability fairness.Availability
	// Loss says why an available member of a pool did not get the lead.
	Loss   fairness.Loss
	Picked bool
	// Spent is the cap that they are at; nil if they are at none, or it is not what stands in the way.
	Spent *presence.Spent
	// Lacking is what they do not cover, if that is what stands in the way.
	Lacking []string
	Open    int64

	// What the pool's ledger says of them: the turns before this one, what this lead added to what they are owed, and what
	// they are owed with it.
	Weight, Credits int64
	Share, Deficit  fairness.Units
	LastAssigned    time.Time
	// Next is when they can take a lead; zero if they can, or if that is not known.
	Next time.Time
}

// Remainder is how many candidates the same came of, and their part of the lead together.
type Remainder struct {
	Availability fairness.Availability
	Loss         fairness.Loss
	Count        int
	Share        fairness.Units
}

// asking is a rung while the search goes on.
type asking struct {
	kind     RungKind
	pool     string
	missing  bool
	first    int // of those who were asked
	ledger   fairness.Pool
	decision fairness.Decision
}

// begin begins a rung.
func (s *search) begin(a asking) {
	a.first = len(s.asked)
	s.rungs = append(s.rungs, a)
}

// decided notes what the pool of the latest rung decided.
func (s *search) decided(d fairness.Decision) { s.rungs[len(s.rungs)-1].decision = d }

// Rungs tells the way, with at most so many candidates a rung.
func (t *Trail) Rungs(most int) []Rung {
	s := t.search
	rungs := make([]Rung, len(s.rungs))
	for i, a := range s.rungs {
		end := len(s.asked)
		if i+1 < len(s.rungs) {
			end = s.rungs[i+1].first
		}
		rungs[i] = s.tell(a, s.asked[a.first:end])
		rungs[i].keep(most)
		for n := range rungs[i].Candidates {
			s.detail(&rungs[i].Candidates[n])
		}
	}
	return rungs
}

func (s *search) tell(a asking, asked []fairness.Candidate) Rung {
	r := Rung{Kind: a.kind, Pool: a.pool, Missing: a.missing, Mode: a.ledger.Policy.Mode, Epoch: a.decision.Epoch, Turn: a.decision.Turn,
		Candidates: make([]Candidate, len(asked))}
	for i, c := range asked {
		r.Candidates[i] = s.candidate(c)
	}
	if a.pool != "" {
		a.account(r.Candidates)
		return r
	}
	for i := range r.Candidates {
		r.Candidates[i].Picked = r.Candidates[i].Rep == s.taker
	}
	return r
}

// candidate is what came of somebody, without a ledger.
func (s *search) candidate(asked fairness.Candidate) Candidate {
	c := Candidate{Rep: asked.Member, Availability: asked.Availability, Open: asked.Open}
	rep := s.desk.reps[c.Rep]
	c.Unknown, c.Offline = rep == nil, rep != nil && rep.Offline
	return c
}

// detail adds what exactly stands in somebody's way, and until when.
func (s *search) detail(c *Candidate) {
	rep := s.desk.reps[c.Rep]
	switch c.Availability {
	case fairness.Available, fairness.Inactive, fairness.AnsweredBefore:
		return
	case fairness.Unsuited:
		c.Lacking = rep.Coverage.Lacking(s.lead.Needs)
		return
	}
	moment := s.desk.moment(c.Rep, s.lead)
	if spent, is := rep.Spent(moment); is && c.Availability == fairness.AtCap {
		c.Spent = &spent
	}
	if next, known := rep.Next(moment); known && !s.lead.refusedBy(c.Rep) {
		c.Next = next
	}
}

// account adds what the pool's ledger says of its members. Both are in the order of the members' ids.
func (a *asking) account(candidates []Candidate) {
	decided := a.decision.Turn > 0
	var losses []fairness.Loss
	var deficits []fairness.Units
	if decided {
		losses = a.ledger.Losses(a.decision)
	} else {
		deficits = a.ledger.Deficits()
	}
	at := 0
	for i := range a.ledger.Members {
		m := &a.ledger.Members[i]
		if at == len(candidates) {
			return
		}
		c := &candidates[at]
		if c.Rep != m.ID {
			continue
		}
		at++
		c.Weight, c.Credits, c.LastAssigned = m.Weight, m.Credits, m.LastAssigned
		if !decided {
			c.Deficit = deficits[i]
			continue
		}
		s := &a.decision.Standings[i]
		c.Share, c.Deficit, c.Loss = s.Share, s.Deficit, losses[i]
		c.Picked = a.kind != AskPassed && m.ID == a.decision.Member
	}
}

// keep orders the candidates, and leaves at most so many.
func (r *Rung) keep(most int) {
	slices.SortStableFunc(r.Candidates, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(b.Deficit, a.Deficit))
	})
	if len(r.Candidates) <= most {
		return
	}
	places := map[[2]uint8]int{}
	for _, c := range r.Candidates[most:] {
		key := [2]uint8{uint8(c.Availability), uint8(c.Loss)}
		at, known := places[key]
		if !known {
			at = len(r.More)
			places[key] = at
			r.More = append(r.More, Remainder{Availability: c.Availability, Loss: c.Loss})
		}
		r.More[at].Count++
		r.More[at].Share += c.Share
	}
	r.Candidates = r.Candidates[:most]
}

func (c *Candidate) rank() int {
	switch {
	case c.Picked:
		return 0
	case c.Availability.Eligible():
		return 1
	default:
		return 2
	}
}
