package fairness

import (
	"errors"
	"fmt"
	"time"
)

// Candidate is a member as seen for one lead.
type Candidate struct {
	Member       string
	Availability Availability
	// Open is the number of the member's open handoffs; only LeastLoaded reads it.
	Open int64
}

// LeadKey names a lead as its source does. It decides the last tie-break.
type LeadKey struct{ Source, SourceID string }

// Decision says who got the lead and explains it.
type Decision struct {
	Member string
	Rule   Rule
	Tie    Tie
	// Epoch and Turn place the decision in the ledger.
	Epoch, Turn int64
	// Standings show every member of the pool, in the order of Members.
	Standings []Standing
	// Clamped is what the bound on deficits moved, adding up to zero. It is nil
	// when nothing was cut.
	Clamped []Share
}

// Standing is a member's position when the pick was made.
type Standing struct {
	Member       string
	Availability Availability
	// Accrues says that the member gained entitlement by this lead.
	Accrues bool
	Open    int64
	// Share is what this lead added to the member's entitlement.
	Share Units
	// Deficit includes Share, and not yet the credit for this lead.
	Deficit Units
}

// Share is an amount of entitlement of one member.
type Share struct {
	Member string
	Units  Units
}

// Refusals of a decision.
var (
	// ErrNobodyEligible means that the lead must be held.
	ErrNobodyEligible = errors.New("nobody is eligible")
	// ErrCandidate means that a candidate is not a member, is named twice, or
	// stands out of the order of Members.
	ErrCandidate = errors.New("candidate is not the next member")
)

// Decide gives the lead to one of the candidates, which are named in the order
// of Members, and returns the pool after it. Members not named neither get the
// lead nor accrue. The pool is unchanged when an error is returned. It takes
// time proportional to the members.
func (p Pool) Decide(candidates []Candidate, lead LeadKey, now time.Time) (Decision, Pool, error) {
	b, err := newBallot(p, candidates)
	if err != nil {
		return Decision{}, p, fmt.Errorf("decide lead: %w", err)
	}
	if len(b.contenders) == 0 {
		return Decision{}, p, fmt.Errorf("decide lead: %w", ErrNobodyEligible)
	}
	b.accrue()
	pick, rule, tie := b.pick(lead)
	decision, next := b.credit(pick, now)
	decision.Rule, decision.Tie = rule, tie
	return decision, next, nil
}

// Charge counts a lead that reached the member past the pool, as their account's
// owner for instance, as one of their turns. The candidates accrue as if the
// pool had decided; when nobody accrues, the member alone does.
func (p Pool) Charge(member string, candidates []Candidate, now time.Time) (Decision, Pool, error) {
	at, found := p.find(member)
	if !found {
		return Decision{}, p, fmt.Errorf("charge member %q: %w", member, ErrNotMember)
	}
	b, err := newBallot(p, candidates)
	if err != nil {
		return Decision{}, p, fmt.Errorf("charge member %q: %w", member, err)
	}
	if b.accruing == 0 {
		b.admit(at)
	}
	b.accrue()
	decision, next := b.credit(at, now)
	decision.Rule = Charged
	return decision, next, nil
}

// ballot is one decision while it is being made.
type ballot struct {
	pool       Pool // the copy that becomes the next state
	standings  []Standing
	contenders []int // positions of the eligible members
	accruing   int
	weight     int64 // of the accruing members together
}

// newBallot matches the candidates with the members by walking both lists once.
func newBallot(p Pool, candidates []Candidate) (*ballot, error) {
	b := &ballot{
		pool:       p.clone(),
		standings:  make([]Standing, len(p.Members)),
		contenders: make([]int, 0, len(candidates)),
	}
	next := 0
	for i := range p.Members {
		m, s := &p.Members[i], &b.standings[i]
		s.Member = m.ID
		if next == len(candidates) || candidates[next].Member != m.ID {
			continue
		}
		if m.Weight < 1 || m.Weight > MaxWeight {
			return nil, fmt.Errorf("member %q: %w: %d", m.ID, ErrWeight, m.Weight)
		}
		s.Availability, s.Open = candidates[next].Availability, candidates[next].Open
		if s.Availability.Eligible() {
			b.contenders = append(b.contenders, i)
		}
		if p.Policy.Accrues(s.Availability) {
			b.admit(i)
		}
		next++
	}
	if next < len(candidates) {
		return nil, fmt.Errorf("%w: %q", ErrCandidate, candidates[next].Member)
	}
	return b, nil
}

// admit lets a member accrue.
func (b *ballot) admit(i int) {
	b.standings[i].Accrues = true
	b.accruing++
	b.weight += b.pool.Members[i].Weight
}

// accrue takes the next turn, in a new epoch if the accruing set is not the one
// of the turn before, and writes down every share and deficit.
func (b *ballot) accrue() {
	if b.setChanged() || b.pool.Turn >= maxTurn {
		b.pool.settle()
	}
	before := newPortions(amountAfter(b.pool.Turn), b.weight)
	b.pool.Turn++
	after := newPortions(amountAfter(b.pool.Turn), b.weight)
	for i := range b.standings {
		s, m := &b.standings[i], &b.pool.Members[i]
		s.Deficit = m.Entitled - Units(m.Credits)*PerLead
		if !s.Accrues {
			continue
		}
		m.Accruing = true
		entitled := after.next(m.Weight)
		s.Share = entitled - before.next(m.Weight)
		s.Deficit += entitled
	}
}

func (b *ballot) setChanged() bool {
	for i := range b.standings {
		if b.standings[i].Accrues != b.pool.Members[i].Accruing {
			return true
		}
	}
	return false
}

// credit counts the lead as given to the member picked.
func (b *ballot) credit(pick int, now time.Time) (Decision, Pool) {
	m := &b.pool.Members[pick]
	m.Credits++
	m.LastAssigned = now
	return Decision{
		Member:    m.ID,
		Epoch:     b.pool.Epoch,
		Turn:      b.pool.Turn,
		Standings: b.standings,
		Clamped:   b.pool.clamp(),
	}, b.pool
}
