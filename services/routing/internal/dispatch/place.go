package dispatch

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

// Placement is who got a lead.
type Placement struct {
	Rep string
	// CoverFor is the owner in whose stead Rep got the lead; empty for nobody.
	CoverFor string
	// Pool is the pool that decided; empty for whoever got it by name.
	Pool string
	// Past is the pool past which an owner got the lead who is a member of it; else empty.
	Past string
	// Decision is what stands in the ledger of Pool, or of Past if that counts owners' turns; else it has no turn.
	Decision fairness.Decision
	// Trail tells how it came to that; nil if nobody was searched for.
	Trail *Trail
}

// Hold is why nobody got a lead.
type Hold struct {
	Reason Reason
	// Next is the earliest instant at which somebody becomes available by the calendars; zero if that is not known.
	Next time.Time
	// Trail tells how it came to that; nil if nobody was searched for.
	Trail *Trail
}

// Reason is why nobody gets a lead. The numbers are those of the API.
type Reason uint8

const (
	_ Reason = iota
	// PoolEmpty means that the pool has no members.
	PoolEmpty
	// NobodyAvailable means that everybody is off shift, away or inactive.
	NobodyAvailable
	// EverybodyAtCap means that everybody who is there is at a cap.
	EverybodyAtCap
	// EverybodyDeclined means that everybody who is there has declined or rejected the lead.
	EverybodyDeclined
	// PoolMissing means that the pool does not exist.
	PoolMissing
	// Queued means that the lead waits in a queue that people pick from; nobody was asked.
	Queued
	// NobodySuited means that nobody who works here covers what the lead needs.
	NobodySuited
)

// Place finds a rep for a lead and counts the handoff, or says why it must be held. An error means that a pool's ledger
// is broken.
func (d *Desk) Place(l Lead) (Placement, *Hold, error) {
	if l.Queued {
		return Placement{}, &Hold{Reason: Queued}, nil
	}
	s := &search{desk: d, lead: l}
	placed, err := s.place()
	s.taker, placed.Trail = placed.Rep, &Trail{s}
	if placed.Rep != "" || err != nil {
		return placed, nil, err
	}
	hold := s.hold()
	hold.Trail = placed.Trail
	return Placement{}, hold, nil
}

// place finds a rep, or nobody.
func (s *search) place() (Placement, error) {
	owner, taker := s.askOwner()
	if taker != "" {
		placed, err := s.passPool(taker)
		s.desk.take(taker, s.lead)
		return placed, err
	}
	if s.lead.Waits && owner != fairness.Unlisted && owner != fairness.Inactive && !s.lead.refusedBy(s.lead.Owner) {
		return Placement{}, nil
	}
	return s.askPools()
}

// search is one lead's way through the desk.
type search struct {
	desk   *Desk
	lead   Lead
	asked  []fairness.Candidate // in the order in which they were asked
	named  []string             // those of them who get the lead whatever it needs
	reason Reason               // what is wrong with the lead's own pool; 0 for nothing
	rungs  []asking             // the same, as far as it is told
	taker  string               // who got the lead
}

// askMember asks a member of a pool.
func (s *search) askMember(rep string) { s.note(rep, s.desk.share(rep, s.lead)) }

// askByName asks a rep who gets the lead whatever it needs.
func (s *search) askByName(kind RungKind, rep string) fairness.Availability {
	s.begin(asking{kind: kind})
	s.named = append(s.named, rep)
	return s.note(rep, s.desk.availability(rep, s.lead))
}

func (s *search) note(rep string, a fairness.Availability) fairness.Availability {
	c := fairness.Candidate{Member: rep, Availability: a}
	if r := s.desk.reps[rep]; r != nil {
		c.Open = r.Open
	}
	s.asked = append(s.asked, c)
	return a
}

// mostCovers is how many covers in a row are asked: a cover can be away, too.
const mostCovers = 5

// askOwner asks the owner, and whoever stands in while they are away. It says what of the owner it is, Unlisted if there is
// none, and who takes the lead.
func (s *search) askOwner() (owner fairness.Availability, taker string) {
	if s.lead.Owner == "" {
		return fairness.Unlisted, ""
	}
	owner = s.askByName(AskOwner, s.lead.Owner)
	rep, a := s.lead.Owner, owner
	for covers := 0; a == fairness.OnLeave && s.desk.reps[rep].Cover != "" && covers < mostCovers; covers++ {
		rep = s.desk.reps[rep].Cover
		a = s.askByName(AskCover, rep)
	}
	if a.Eligible() {
		return owner, rep
	}
	return owner, ""
}

// askPools goes through the lead's pool and its overflow pools, and asks the fallback last.
func (s *search) askPools() (Placement, error) {
	id, kind := s.lead.Pool, AskPool
	for overflows := 0; id != "" && overflows <= s.lead.Overflow; overflows++ {
		pool := s.desk.pools[id]
		if overflows == 0 {
			s.reason = lacking(pool)
		}
		if pool == nil {
			s.begin(asking{kind: kind, pool: id, missing: true})
			break
		}
		placed, err := s.askPool(kind, id, pool)
		if placed.Rep != "" || err != nil {
			return placed, err
		}
		id, kind = pool.Overflow, AskOverflow
	}
	return s.askFallback()
}

// lacking is what is wrong with a lead's own pool; 0 for nothing.
func lacking(pool *Pool) Reason {
	switch {
	case pool == nil:
		return PoolMissing
	case len(pool.Members) == 0:
		return PoolEmpty
	default:
		return 0
	}
}

func (s *search) askFallback() (Placement, error) {
	if pool := s.desk.pools[s.lead.Fallback.Pool]; pool != nil {
		return s.askPool(AskFallback, s.lead.Fallback.Pool, pool)
	}
	rep := s.lead.Fallback.Rep
	if rep == "" || !s.askByName(AskFallback, rep).Eligible() {
		return Placement{}, nil
	}
	s.desk.take(rep, s.lead)
	return Placement{Rep: rep}, nil
}

func (s *search) askPool(kind RungKind, id string, pool *Pool) (Placement, error) {
	ledger := pool.ledger()
	s.begin(asking{kind: kind, pool: id, ledger: ledger})
	decision, next, err := ledger.Decide(s.askMembers(pool), s.lead.Key, s.desk.now)
	switch {
	case errors.Is(err, fairness.ErrNobodyEligible):
		return Placement{}, nil
	case err != nil:
		return Placement{}, fmt.Errorf("pool %s: %w", id, err)
	}
	s.decided(decision)
	pool.Book.Ledger = next
	s.desk.take(decision.Member, s.lead)
	return Placement{Rep: decision.Member, Pool: id, Decision: decision}, nil
}

// askMembers asks everybody of a pool.
func (s *search) askMembers(pool *Pool) []fairness.Candidate {
	first := len(s.asked)
	for _, rep := range pool.Members {
		s.askMember(rep)
	}
	return s.asked[first:]
}

// passPool gives the lead to its owner, or to whoever stands in. If they share leads with the pool that it passes, the pool
// is told.
func (s *search) passPool(taker string) (Placement, error) {
	placed := Placement{Rep: taker}
	if taker != s.lead.Owner {
		placed.CoverFor = s.lead.Owner
	}
	id := s.lead.Pool
	pool := s.desk.pools[id]
	if pool == nil || !pool.Has(taker) {
		return placed, nil
	}
	placed.Past = id
	if !pool.OwnerTurns {
		return placed, nil
	}
	ledger := pool.ledger()
	s.begin(asking{kind: AskPassed, pool: id, ledger: ledger})
	decision, next, err := ledger.Charge(taker, s.askMembers(pool), s.desk.now)
	if err != nil {
		return Placement{}, fmt.Errorf("pool %s: %w", id, err)
	}
	s.decided(decision)
	pool.Book.Ledger, placed.Decision = next, decision
	return placed, nil
}

// ledger is the book as the pool decides by it.
func (p *Pool) ledger() fairness.Pool {
	ledger := p.Book.Ledger
	ledger.Policy = p.Policy
	return ledger
}

// hold sums up why nobody could be found, and who could be first to change that.
func (s *search) hold() *Hold {
	h := &Hold{Reason: s.reason}
	if h.Reason == 0 {
		h.Reason = s.obstacle()
	}
	for _, c := range s.asked {
		if !s.couldTake(c) {
			continue
		}
		rep := s.desk.reps[c.Member]
		next, known := rep.Next(s.desk.moment(c.Member, s.lead))
		if known && (h.Next.IsZero() || next.Before(h.Next)) {
			h.Next = next
		}
	}
	return h
}

// couldTake says whether time can bring a rep who was asked to take the lead.
func (s *search) couldTake(c fairness.Candidate) bool {
	rep := s.desk.reps[c.Member]
	return rep != nil && !s.lead.refusedBy(c.Member) && (rep.Coverage.Covers(s.lead.Needs) || slices.Contains(s.named, c.Member))
}

// obstacle is what keeps those who are there from taking the lead. A cap comes before a refusal: it passes. That nobody
// covers what the lead needs is said only if time brings nobody who does.
func (s *search) obstacle() Reason {
	var refused, unsuited, awaited bool
	for _, c := range s.asked {
		switch c.Availability {
		case fairness.AtCap:
			return EverybodyAtCap
		case fairness.AnsweredBefore:
			refused = true
		case fairness.Unsuited:
			unsuited = true
		}
		awaited = awaited || c.Availability != fairness.Inactive && s.couldTake(c)
	}
	switch {
	case refused:
		return EverybodyDeclined
	case unsuited && !awaited:
		return NobodySuited
	default:
		return NobodyAvailable
	}
}
