package dispatch

import (
	"errors"
	"fmt"
	"time"

	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

// Placement is who got a lead.
type Placement struct {
	Rep string
	// Pool is the pool that decided; empty for an owner.
	Pool string
	// Past is the pool past which an owner got the lead who is a member of it; else empty.
	Past string
	// Decision is what stands in the ledger of Pool, or of Past if that counts owners' turns; else it has no turn.
	Decision fairness.Decision
}

// Hold is why nobody got a lead.
type Hold struct {
	Reason Reason
	// Next is the earliest instant at which somebody becomes available by the calendars; zero if that is not known.
	Next time.Time
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
	// Queued means that the lead waits in a queue that people pick from; no search ends so.
	Queued
)

// Place finds a rep for a lead and counts the handoff, or says why it must be held. An error means that a pool's ledger
// is broken.
func (d *Desk) Place(l Lead) (Placement, *Hold, error) {
	s := &search{desk: d, lead: l}
	owner := s.askOwner()
	if owner.Eligible() {
		placed, err := s.passPool()
		d.take(l.Owner, l)
		return placed, nil, err
	}
	if !l.Waits || owner == fairness.Unlisted || owner == fairness.Inactive || l.refusedBy(l.Owner) {
		placed, err := s.askPools()
		if placed.Rep != "" || err != nil {
			return placed, nil, err
		}
	}
	return Placement{}, s.hold(), nil
}

// search is one lead's way through the desk.
type search struct {
	desk   *Desk
	lead   Lead
	asked  []fairness.Candidate // in the order in which they were asked
	reason Reason               // what is wrong with the lead's own pool; 0 for nothing
}

func (s *search) ask(rep string) fairness.Availability {
	a := s.desk.availability(rep, s.lead)
	c := fairness.Candidate{Member: rep, Availability: a}
	if r := s.desk.reps[rep]; r != nil {
		c.Open = r.Open
	}
	s.asked = append(s.asked, c)
	return a
}

// askOwner asks the owner; Unlisted means that there is none.
func (s *search) askOwner() fairness.Availability {
	if s.lead.Owner == "" {
		return fairness.Unlisted
	}
	return s.ask(s.lead.Owner)
}

// askPools goes through the lead's pool and its overflow pools.
func (s *search) askPools() (Placement, error) {
	id := s.lead.Pool
	for overflows := 0; id != "" && overflows <= s.lead.Overflow; overflows++ {
		pool := s.desk.pools[id]
		switch {
		case pool == nil && overflows == 0:
			s.reason = PoolMissing
			return Placement{}, nil
		case pool == nil:
			return Placement{}, nil
		case len(pool.Members) == 0 && overflows == 0:
			s.reason = PoolEmpty
		}
		placed, err := s.askPool(id, pool)
		if placed.Rep != "" || err != nil {
			return placed, err
		}
		id = pool.Overflow
	}
	return Placement{}, nil
}

func (s *search) askPool(id string, pool *Pool) (Placement, error) {
	decision, next, err := pool.ledger().Decide(s.askMembers(pool), s.lead.Key, s.desk.now)
	switch {
	case errors.Is(err, fairness.ErrNobodyEligible):
		return Placement{}, nil
	case err != nil:
		return Placement{}, fmt.Errorf("pool %s: %w", id, err)
	}
	pool.Book.Ledger = next
	s.desk.take(decision.Member, s.lead)
	return Placement{Rep: decision.Member, Pool: id, Decision: decision}, nil
}

// askMembers asks everybody of a pool.
func (s *search) askMembers(pool *Pool) []fairness.Candidate {
	first := len(s.asked)
	for _, rep := range pool.Members {
		s.ask(rep)
	}
	return s.asked[first:]
}

// passPool gives the lead to its owner. If the owner shares leads with the pool that it passes, the pool is told.
func (s *search) passPool() (Placement, error) {
	id, owner := s.lead.Pool, s.lead.Owner
	pool := s.desk.pools[id]
	if pool == nil || !pool.Has(owner) {
		return Placement{Rep: owner}, nil
	}
	placed := Placement{Rep: owner, Past: id}
	if !pool.OwnerTurns {
		return placed, nil
	}
	decision, next, err := pool.ledger().Charge(owner, s.askMembers(pool), s.desk.now)
	if err != nil {
		return Placement{}, fmt.Errorf("pool %s: %w", id, err)
	}
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
		rep := s.desk.reps[c.Member]
		if rep == nil || s.lead.refusedBy(c.Member) {
			continue
		}
		next, known := rep.Next(s.desk.moment(rep, s.lead.Calendar))
		if known && (h.Next.IsZero() || next.Before(h.Next)) {
			h.Next = next
		}
	}
	return h
}

// obstacle is what keeps those who are there from taking the lead. A cap comes before a refusal: it passes.
func (s *search) obstacle() Reason {
	reason := NobodyAvailable
	for _, c := range s.asked {
		switch c.Availability {
		case fairness.AtCap:
			return EverybodyAtCap
		case fairness.AnsweredBefore:
			reason = EverybodyDeclined
		}
	}
	return reason
}
