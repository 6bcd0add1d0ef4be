package fairness

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Units measure entitlements and deficits: 10⁻⁹ leads. An int64 of them spans
// nine thousand million leads.
type Units int64

// PerLead is the number of units in one lead.
const PerLead Units = 1_000_000_000

// Leads gives u as a number of leads, for people to read.
func (u Units) Leads() float64 { return float64(u) / float64(PerLead) }

// Limits of a pool. They keep every product of this package inside 64 bits
// while no deficit exceeds 400,000 leads.
const (
	MaxMembers = 1_000
	MaxWeight  = 10_000
)

// Mode is the rule by which a pool picks.
type Mode uint8

const (
	// Fair picks the largest deficit.
	Fair Mode = iota
	// Quota picks by the earliest deadline among the members who are due.
	Quota
	// LeastLoaded picks the fewest open handoffs per weight.
	LeastLoaded
)

var modeNames = [...]string{"FAIR", "QUOTA", "LEAST_LOADED"}

// String gives the mode's name in capitals.
func (m Mode) String() string { return nameOf(modeNames[:], int(m)) }

// Policy holds the choices of the people who own the pool. The zero value is
// the default policy.
type Policy struct {
	Mode Mode
	// AccrueWhenCapped lets a member at a cap keep gaining entitlement, to be
	// worked off when the cap lifts.
	AccrueWhenCapped bool
	// DeclineIsFree gives the turn back to a member who declines. By default
	// a decline costs the turn, so that nobody gains by picking and choosing.
	DeclineIsFree bool
	// MaxDeficit bounds every |d| after each decision; what is cut goes to the
	// others in proportion to their weights. Zero means no bound.
	MaxDeficit Units
	// IndexTies breaks ties by the order of Members instead of the production
	// rules. It exists to reproduce published sequences.
	IndexTies bool
}

// Pool is the ledger of one pool, or of several that share it. The zero value is
// an empty pool.
type Pool struct {
	Policy Policy
	// Epoch counts the changes of the accruing set and of the weights.
	Epoch int64
	// Turn counts the decisions of this epoch.
	Turn int64
	// Members are sorted by ID without repetition.
	Members []Member
}

// Member is one member's line in the ledger.
type Member struct {
	ID string
	// Weight is the member's part of the leads, from 1 to MaxWeight.
	Weight int64
	// Entitled is the entitlement at the start of the epoch. It may be negative
	// after corrections.
	Entitled Units
	// Credits are the leads counted as given to the member.
	Credits int64
	// LastAssigned is the time of the last lead; zero before the first.
	LastAssigned time.Time
	// Joined is the epoch of joining or of the last reset. Decisions of earlier
	// epochs no longer concern the member.
	Joined int64
	// Accruing says that the member belongs to this epoch's accruing set.
	Accruing bool
}

// Problems that a pool or a request can have.
var (
	ErrWeight         = errors.New("weight out of range")
	ErrMemberID       = errors.New("member id empty")
	ErrMemberOrder    = errors.New("members not sorted by id without repetition")
	ErrTooManyMembers = errors.New("too many members")
	ErrAlreadyMember  = errors.New("already a member")
	ErrNotMember      = errors.New("not a member")
	ErrMode           = errors.New("unknown mode")
	ErrMaxDeficit     = errors.New("negative bound on deficits")
	ErrTurn           = errors.New("turn out of range")
	ErrUnbalanced     = errors.New("deficits do not add up to zero")
)

// Validate reports all that is wrong with a pool, joined, as one should check
// after reading it from a store.
func (p Pool) Validate() error {
	var problems []error
	if int(p.Policy.Mode) >= len(modeNames) {
		problems = append(problems, ErrMode)
	}
	if p.Policy.MaxDeficit < 0 {
		problems = append(problems, ErrMaxDeficit)
	}
	if p.Turn < 0 || p.Turn > maxTurn {
		problems = append(problems, ErrTurn)
	}
	if len(p.Members) > MaxMembers {
		problems = append(problems, ErrTooManyMembers)
	}
	for i, m := range p.Members {
		if err := checkMember(m.ID, m.Weight); err != nil {
			problems = append(problems, err)
		}
		if i > 0 && p.Members[i-1].ID >= m.ID {
			problems = append(problems, fmt.Errorf("member %q: %w", m.ID, ErrMemberOrder))
		}
	}
	if len(problems) == 0 && p.balance() != 0 {
		problems = append(problems, fmt.Errorf("%w: %d units", ErrUnbalanced, p.balance()))
	}
	return errors.Join(problems...)
}

// Deficits gives every member's deficit now, in the order of Members. Positive
// means that the pool owes the member. The pool must be valid.
func (p Pool) Deficits() []Units {
	deficits := make([]Units, len(p.Members))
	parts := newPortions(amountAfter(p.Turn), p.accruingWeight())
	for i, m := range p.Members {
		deficits[i] = m.Entitled - Units(m.Credits)*PerLead
		if m.Accruing {
			deficits[i] += parts.next(m.Weight)
		}
	}
	return deficits
}

func (p Pool) balance() Units {
	var sum Units
	for _, d := range p.Deficits() {
		sum += d
	}
	return sum
}

func (p Pool) accruingWeight() int64 {
	var sum int64
	for _, m := range p.Members {
		if m.Accruing {
			sum += m.Weight
		}
	}
	return sum
}

// clone gives a pool whose members can be written without touching p's.
func (p Pool) clone() Pool {
	p.Members = slices.Clone(p.Members)
	return p
}

// Account is a member's line; false when there is none.
func (p Pool) Account(id string) (Member, bool) {
	at, is := p.find(id)
	if !is {
		return Member{}, false
	}
	return p.Members[at], true
}

func (p Pool) find(id string) (int, bool) {
	return slices.BinarySearchFunc(p.Members, id, func(m Member, id string) int {
		return cmp.Compare(m.ID, id)
	})
}

func checkMember(id string, weight int64) error {
	if id == "" {
		return ErrMemberID
	}
	if weight < 1 || weight > MaxWeight {
		return fmt.Errorf("member %q: %w: %d is not in 1..%d", id, ErrWeight, weight, MaxWeight)
	}
	return nil
}

func nameOf(names []string, i int) string {
	if i < 0 || i >= len(names) {
		return fmt.Sprintf("UNKNOWN(%d)", i)
	}
	return names[i]
}
