package fairness

import (
	"fmt"
	"slices"
)

// Join adds a member at parity: with no deficit, whatever the others have had.
// It counts from the next lead on.
func (p Pool) Join(id string, weight int64) (Pool, error) {
	if err := checkMember(id, weight); err != nil {
		return p, fmt.Errorf("join pool: %w", err)
	}
	at, found := p.find(id)
	if found {
		return p, fmt.Errorf("join pool: member %q: %w", id, ErrAlreadyMember)
	}
	if len(p.Members) >= MaxMembers {
		return p, fmt.Errorf("join pool: %w: %d", ErrTooManyMembers, MaxMembers)
	}
	next := p.clone()
	next.settle()
	next.Members = slices.Insert(next.Members, at, Member{ID: id, Weight: weight, Joined: next.Epoch})
	return next, nil
}

// Leave removes a member. What the pool owed them, or they the pool, is spread
// over the rest in proportion to the weights.
func (p Pool) Leave(id string) (Pool, error) {
	at, found := p.find(id)
	if !found {
		return p, fmt.Errorf("leave pool: member %q: %w", id, ErrNotMember)
	}
	owed := p.Deficits()[at]
	next := p.clone()
	next.settle()
	next.Members = slices.Delete(next.Members, at, at+1)
	spread(next.Members, owed, everyone)
	return next, nil
}

// Reweigh changes a member's weight from the next lead on. What has accrued so
// far stays.
func (p Pool) Reweigh(id string, weight int64) (Pool, error) {
	if err := checkMember(id, weight); err != nil {
		return p, fmt.Errorf("reweigh member: %w", err)
	}
	at, found := p.find(id)
	if !found {
		return p, fmt.Errorf("reweigh member %q: %w", id, ErrNotMember)
	}
	next := p.clone()
	next.settle()
	next.Members[at].Weight = weight
	return next, nil
}

// Reset forgets all entitlements and credits. Decisions made before it can no
// longer be reversed. It is meant as a deliberate, audited act: the ledger needs
// no periodic reset.
func (p Pool) Reset() Pool {
	next := p.clone()
	next.settle()
	for i := range next.Members {
		m := &next.Members[i]
		m.Entitled, m.Credits, m.Joined = 0, 0, next.Epoch
	}
	return next
}

// settle ends the epoch in place: what its turns accrued becomes entitlement,
// and the next epoch starts with nobody accruing yet.
func (p *Pool) settle() {
	parts := newPortions(amountAfter(p.Turn), p.accruingWeight())
	for i := range p.Members {
		m := &p.Members[i]
		if m.Accruing {
			m.Entitled += parts.next(m.Weight)
			m.Accruing = false
		}
	}
	p.Epoch++
	p.Turn = 0
}
