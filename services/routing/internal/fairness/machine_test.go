package fairness_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

// ledger does to a pool whatever can be done to one, and keeps an independent
// account of it in floating point.
type ledger struct {
	run      *run
	deficits map[string]float64
	entries  []fairness.Entry
	reversed []fairness.Entry
}

func newLedger(policy fairness.Policy) *ledger {
	return &ledger{run: newRun(fairness.Pool{Policy: policy}), deficits: map[string]float64{}}
}

func (l *ledger) ids() []string {
	var ids []string
	for _, m := range l.run.pool.Members {
		ids = append(ids, m.ID)
	}
	return ids
}

func (l *ledger) drawMember(t *rapid.T) string {
	if len(l.ids()) == 0 {
		t.Skip("the pool is empty")
	}
	return rapid.SampledFrom(l.ids()).Draw(t, "member")
}

func (l *ledger) drawCandidates(t *rapid.T) []fairness.Candidate {
	all := []fairness.Availability{fairness.Available, fairness.Available, fairness.OffShift, fairness.AtCap, fairness.AnsweredBefore}
	candidates := present(l.run.pool)
	for i := range candidates {
		candidates[i].Availability = rapid.SampledFrom(all).Draw(t, "availability")
		candidates[i].Open = rapid.Int64Range(0, 9).Draw(t, "open")
	}
	return candidates
}

// book enters a decision into the account and checks what must hold of it.
func (l *ledger) book(t *rapid.T, d fairness.Decision) {
	weight := 0.0
	for i, s := range d.Standings {
		if s.Accrues {
			weight += float64(l.run.pool.Members[i].Weight)
		}
	}
	var sum fairness.Units
	for i, s := range d.Standings {
		sum += s.Share
		if s.Accrues {
			l.deficits[s.Member] += float64(l.run.pool.Members[i].Weight) / weight
		}
	}
	if sum != fairness.PerLead {
		t.Fatalf("shares add up to %d units", sum)
	}
	l.checkBound(t)
	l.deficits[d.Member]--
	l.entries = append(l.entries, d.Entry())
}

// spread divides an amount among all members by weight.
func (l *ledger) spread(amount float64) {
	for _, m := range l.run.pool.Members {
		l.deficits[m.ID] += amount * float64(m.Weight) / float64(total(l.run.pool))
	}
}

func (l *ledger) decide(t *rapid.T) {
	candidates := l.drawCandidates(t)
	eligible := slices.ContainsFunc(candidates, func(c fairness.Candidate) bool { return c.Availability.Eligible() })
	if !eligible {
		t.Skip("nobody is eligible")
	}
	l.book(t, l.run.decide(t, candidates))
}

func (l *ledger) charge(t *rapid.T) {
	d, next, err := l.run.pool.Charge(l.drawMember(t), l.drawCandidates(t), at(l.run.lead))
	if err != nil {
		t.Fatalf("charge: %v", err)
	}
	l.run.pool = next
	l.book(t, d)
}

func (l *ledger) join(t *rapid.T) {
	id := rapid.StringMatching(`[a-j]`).Draw(t, "id")
	next, err := l.run.pool.Join(id, rapid.Int64Range(1, 20).Draw(t, "weight"))
	if (err != nil) != slices.Contains(l.ids(), id) {
		t.Fatalf("join %s: got error %v", id, err)
	}
	if err == nil {
		l.deficits[id] = 0
	}
	l.run.pool = next
}

func (l *ledger) leave(t *rapid.T) {
	id := l.drawMember(t)
	next, err := l.run.pool.Leave(id)
	if err != nil {
		t.Fatalf("leave: %v", err)
	}
	l.run.pool = next
	l.spread(l.deficits[id])
	delete(l.deficits, id)
}

func (l *ledger) reweigh(t *rapid.T) {
	next, err := l.run.pool.Reweigh(l.drawMember(t), rapid.Int64Range(1, 20).Draw(t, "weight"))
	if err != nil {
		t.Fatalf("reweigh: %v", err)
	}
	l.run.pool = next
}

func (l *ledger) reverse(t *rapid.T) {
	e := l.move(t, &l.entries, &l.reversed)
	l.run.pool = l.run.pool.Reverse(e)
	l.account(e, -1)
}

func (l *ledger) restore(t *rapid.T) {
	e := l.move(t, &l.reversed, &l.entries)
	l.run.pool = l.run.pool.Restore(e)
	l.account(e, 1)
}

// move takes any entry from one list to another.
func (l *ledger) move(t *rapid.T, from, to *[]fairness.Entry) fairness.Entry {
	if len(*from) == 0 {
		t.Skip("nothing to move")
	}
	i := rapid.IntRange(0, len(*from)-1).Draw(t, "entry")
	e := (*from)[i]
	*from = slices.Delete(*from, i, i+1)
	*to = append(*to, e)
	return e
}

// account enters a decision once more, or takes it out, for those whom it still concerns.
func (l *ledger) account(e fairness.Entry, sign float64) {
	moved := 0.0
	for _, m := range l.run.pool.Members {
		if m.Joined > e.Epoch {
			continue
		}
		change := 0.0
		for _, s := range e.Shares {
			if s.Member == m.ID {
				change += sign * s.Units.Leads()
			}
		}
		if m.ID == e.Member {
			change -= sign
		}
		l.deficits[m.ID] += change
		moved += change
	}
	l.spread(-moved)
}

func (l *ledger) reset(*rapid.T) {
	l.run.pool = l.run.pool.Reset()
	for id := range l.deficits {
		l.deficits[id] = 0
	}
}

func (l *ledger) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"decide": l.decide, "decide again": l.decide, "charge": l.charge, "join": l.join,
		"leave": l.leave, "reweigh": l.reweigh, "reverse": l.reverse, "restore": l.restore, "reset": l.reset,
	}
}

func (l *ledger) checkBalance(t *rapid.T) {
	if err := l.run.pool.Validate(); err != nil {
		t.Fatalf("the pool is no longer valid: %v", err)
	}
	for _, m := range l.run.pool.Members {
		if m.Credits < 0 {
			t.Fatalf("%s has %d credits", m.ID, m.Credits)
		}
	}
}

// checkBound is for the moment after a decision.
func (l *ledger) checkBound(t *rapid.T) {
	bound := l.run.pool.Policy.MaxDeficit
	for i, d := range l.run.pool.Deficits() {
		if bound > 0 && max(d, -d) > bound {
			t.Fatalf("deficit of %s is %d units, bound %d", l.run.pool.Members[i].ID, d, bound)
		}
	}
}

func (l *ledger) checkAccount(t *rapid.T) {
	for i, got := range l.run.pool.Deficits() {
		id := l.run.pool.Members[i].ID
		if want := l.deficits[id]; math.Abs(got.Leads()-want) > 1e-6 {
			t.Fatalf("deficit of %s is %v leads, want %v", id, got.Leads(), want)
		}
	}
}

func drawPolicy(t *rapid.T) fairness.Policy {
	return fairness.Policy{
		Mode:             fairness.Mode(rapid.IntRange(0, 2).Draw(t, "mode")),
		AccrueWhenCapped: rapid.Bool().Draw(t, "accrue when capped"),
	}
}

func TestDeficitsAddUpToZeroAndFollowTheAccountWhateverHappens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLedger(drawPolicy(t))
		actions := l.actions()
		actions[""] = func(t *rapid.T) {
			l.checkBalance(t)
			l.checkAccount(t)
		}
		t.Repeat(actions)
	})
}

func TestBoundedDeficitsAddUpToZeroAndKeepTheBoundAfterEachDecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy := drawPolicy(t)
		policy.MaxDeficit = fairness.Units(rapid.Int64Range(1, int64(2*fairness.PerLead)).Draw(t, "bound"))
		l := newLedger(policy)
		actions := l.actions()
		actions[""] = l.checkBalance
		t.Repeat(actions)
	})
}
