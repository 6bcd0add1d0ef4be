package routing_test

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// weighted makes a pool whose first member has the first weight, and so on.
func (b *bundle) weighted(t *testing.T, id string, weights map[string]int32, changes ...func(*routingv1.Pool)) {
	t.Helper()
	p := &routingv1.Pool{DisplayName: id}
	for rep, weight := range weights {
		p.Members = append(p.Members, &routingv1.PoolMember{Rep: "reps/" + rep, Weight: weight})
	}
	for _, change := range changes {
		change(p)
	}
	if _, err := b.client.CreatePool(revops(t), &routingv1.CreatePoolRequest{PoolId: id, Pool: p}); err != nil {
		t.Fatalf("create pool %s: %v", id, err)
	}
}

func mode(m routingv1.Pool_Mode) func(*routingv1.Pool) {
	return func(p *routingv1.Pool) { p.Mode = m }
}

// qualifyMany tells of leads in one delivery, and gives the names of their handoffs.
func (b *bundle) qualifyMany(t *testing.T, n int, changes ...func(*eventv1.LeadQualified)) []string {
	t.Helper()
	var told []*eventv1.Event
	var names []string
	for range n {
		told = append(told, b.lead(changes...))
		names = append(names, told[len(told)-1].GetHandoff())
	}
	b.Tell(t, eventlog.Scoring, told...)
	return names
}

// entries are all decisions of a ledger, the oldest first.
func (b *bundle) entries(t *testing.T, pool string) []*routingv1.FairnessEntry {
	t.Helper()
	var all []*routingv1.FairnessEntry
	req := &routingv1.ListFairnessEntriesRequest{Parent: "pools/" + pool + "/ledger", PageSize: 7}
	for {
		resp, err := b.client.ListFairnessEntries(revops(t), req)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range resp.GetFairnessEntries() {
			all = append([]*routingv1.FairnessEntry{e}, all...)
		}
		if req.PageToken = resp.GetNextPageToken(); req.GetPageToken() == "" {
			return all
		}
	}
}

// deficits computes what everybody is owed after each decision, from the public entries alone.
func deficits(entries []*routingv1.FairnessEntry, each func(after map[string]int64)) {
	owed := map[string]int64{}
	for _, e := range entries {
		for _, s := range append(e.GetShares(), e.GetClamped()...) {
			owed[s.GetRep()] += s.GetNanos()
		}
		owed[e.GetRep()] -= 1_000_000_000
		each(owed)
	}
}

// TestNobodyIsEverAWholeLeadOffByQuota: Tijdeman's bound, |c - λt| ≤ 1 - 1/(2n-2), after every single decision, computed
// from what the ledger publishes.
func TestNobodyIsEverAWholeLeadOffByQuota(t *testing.T) {
	weights := map[string]int32{"ann": 1, "bob": 3, "cat": 10, "dan": 100, "eve": 7}
	const leads, bound = 363, 1_000_000_000 - 1_000_000_000/8
	each(t, func(t *testing.T, b *bundle) {
		for id := range weights {
			b.rep(t, id)
		}
		b.weighted(t, "velocity", weights, mode(routingv1.Pool_MODE_QUOTA))
		b.qualifyMany(t, leads)
		entries := b.entries(t, "velocity")
		if len(entries) != leads {
			t.Fatalf("the ledger has %d entries", len(entries))
		}
		deficits(entries, func(after map[string]int64) {
			for rep, d := range after {
				if max(d, -d) > bound+10 {
					t.Fatalf("%s is %d billionths of a lead off", rep, d)
				}
			}
		})
		for _, a := range b.ledger(t, "velocity").GetAccounts() {
			if want := int64(weights[a.GetRep()[len("reps/"):]]) * leads / 121; a.GetAssignedCount() != want || a.GetDeficitNanos() != 0 {
				t.Errorf("%s got %d, want %d", a.GetRep(), a.GetAssignedCount(), want)
			}
		}
	})
}

// TestTheAccountsFollowFromTheEntries: whoever reads the entries comes to the deficits that the ledger shows.
func TestTheAccountsFollowFromTheEntries(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for _, id := range []string{"ann", "bob", "cat"} {
			b.rep(t, id)
		}
		b.rep(t, "dan", inactive)
		b.weighted(t, "velocity", map[string]int32{"ann": 2, "bob": 3, "cat": 1, "dan": 1})
		b.qualifyMany(t, 20)
		b.updateRep(t, &routingv1.Rep{Name: "reps/dan", Active: proto.Bool(true)}, "active")
		b.qualifyMany(t, 17)
		var owed map[string]int64
		deficits(b.entries(t, "velocity"), func(after map[string]int64) { owed = after })
		for _, a := range b.ledger(t, "velocity").GetAccounts() {
			if owed[a.GetRep()] != a.GetDeficitNanos() {
				t.Errorf("%s: the entries say %d, the ledger %d", a.GetRep(), owed[a.GetRep()], a.GetDeficitNanos())
			}
		}
		if first := b.entries(t, "velocity")[0]; first.GetRule() == 0 || first.GetHandoff() == "" || len(first.GetShares()) != 3 {
			t.Errorf("the first entry is %v", first)
		}
	})
}

func TestTheLeastLoadedIsPickedByWeight(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob")
		b.weighted(t, "velocity", map[string]int32{"ann": 1, "bob": 3}, mode(routingv1.Pool_MODE_LEAST_LOADED))
		names := b.qualifyMany(t, 8)
		if ann, bob := b.openCount(t, "ann"), b.openCount(t, "bob"); ann != 2 || bob != 6 {
			t.Fatalf("ann has %d, bob %d", ann, bob)
		}
		for _, name := range names {
			if h := b.handoff(t, name); h.GetRep() == "reps/bob" {
				b.advanced(t, "bob", name, 1, routingv1.Step_STEP_REJECT)
			}
		}
		b.qualifyMany(t, 5)
		if ann, bob := b.openCount(t, "ann"), b.openCount(t, "bob"); ann != 2 || bob != 5 {
			t.Errorf("then ann has %d, bob %d: who has less must get it, whatever they had before", ann, bob)
		}
		if last := b.entries(t, "velocity"); last[len(last)-1].GetRule() != routingv1.FairnessEntry_RULE_SMALLEST_LOAD {
			t.Errorf("the rule is %v", last[len(last)-1].GetRule())
		}
	})
}

// TestWhatACapCosts: who is full is owed nothing for what goes by, unless the pool says so.
func TestWhatACapCosts(t *testing.T) {
	for name, accrues := range map[string]bool{"nothing is owed": false, "it is made up for": true} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				b.rep(t, "ann", maxOpen(0))
				b.rep(t, "bob")
				b.weighted(t, "velocity", map[string]int32{"ann": 1, "bob": 1}, func(p *routingv1.Pool) { p.AccrueWhenCapped = accrues })
				b.qualifyMany(t, 6)
				b.updateRep(t, &routingv1.Rep{Name: "reps/ann", MaxOpen: proto.Int32(100)}, "max_open")
				b.qualifyMany(t, 6)
				want := int32(3)
				if accrues {
					want = 6
				}
				if got := b.openCount(t, "ann"); got != want {
					t.Errorf("ann got %d, want %d", got, want)
				}
				b.checkBooks(t)
				b.checkLedgers(t)
			})
		})
	}
}

// TestWhatADeclineCosts: the turn, unless the pool's declines are free.
func TestWhatADeclineCosts(t *testing.T) {
	for name, costs := range map[string]*bool{"a turn by default": nil, "a turn": proto.Bool(true), "nothing": proto.Bool(false)} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				b.rep(t, "ann")
				b.rep(t, "bob")
				b.weighted(t, "velocity", map[string]int32{"ann": 1, "bob": 1}, func(p *routingv1.Pool) { p.DeclineCostsTurn = costs })
				name := b.qualify(t)
				decliner := b.handoff(t, name).GetRep()
				b.advanced(t, decliner[len("reps/"):], name, 1, routingv1.Step_STEP_DECLINE)
				want, credit := int64(1), routingv1.CreditReason_CREDIT_REASON_UNSPECIFIED
				if costs != nil && !*costs {
					want, credit = 0, routingv1.CreditReason_CREDIT_REASON_DECLINED
				}
				for _, a := range b.ledger(t, "velocity").GetAccounts() {
					if a.GetRep() == decliner && a.GetAssignedCount() != want {
						t.Errorf("who declined has %d turns, want %d", a.GetAssignedCount(), want)
					}
				}
				if got := b.entries(t, "velocity")[0].GetCredit(); got.GetReason() != credit {
					t.Errorf("the declined turn was credited as %v", got)
				}
				b.checkBooks(t)
				b.checkLedgers(t)
			})
		})
	}
}

// TestTheLimitOnDeficitsIsKeptAndWrittenDown: who falls behind by a cap that accrues is owed no more than the limit.
func TestTheLimitOnDeficitsIsKeptAndWrittenDown(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann", maxOpen(0))
		b.rep(t, "bob")
		b.rep(t, "cat")
		b.weighted(t, "velocity", map[string]int32{"ann": 1, "bob": 1, "cat": 1}, func(p *routingv1.Pool) {
			p.AccrueWhenCapped, p.MaxDeficit = true, proto.Int32(2)
		})
		b.qualifyMany(t, 30)
		clamped := 0
		deficits(b.entries(t, "velocity"), func(after map[string]int64) {
			for rep, d := range after {
				if max(d, -d) > 2_000_000_000 {
					t.Errorf("%s is %d off", rep, d)
				}
			}
		})
		for _, e := range b.entries(t, "velocity") {
			var sum int64
			for _, s := range e.GetClamped() {
				sum += s.GetNanos()
			}
			if len(e.GetClamped()) > 0 {
				clamped++
			}
			if sum != 0 {
				t.Errorf("%s moved %d in all", e.GetName(), sum)
			}
		}
		if clamped == 0 {
			t.Error("the limit cut nothing")
		}
		b.checkLedgers(t)
	})
}

// TestAnOwnersLeadPastThePool: it is counted apart, or as a turn if the pool says so.
func TestAnOwnersLeadPastThePool(t *testing.T) {
	for name, counts := range map[string]bool{"is counted apart": false, "is a turn": true} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				for _, id := range []string{"ann", "bob", "olga"} {
					b.rep(t, id)
				}
				b.weighted(t, "enterprise", map[string]int32{"ann": 1, "bob": 1}, func(p *routingv1.Pool) { p.OwnerTurnsCount = counts })
				b.qualifyMany(t, 2, target, ownedBy("ann"))
				b.qualifyMany(t, 1, target, ownedBy("olga")) // who is no member
				b.qualifyMany(t, 4, target)
				want := map[string]string{"reps/ann": "2 turns, 2 as owner", "reps/bob": "2 turns, 0 as owner"}
				if counts {
					want = map[string]string{"reps/ann": "3 turns, 0 as owner", "reps/bob": "3 turns, 0 as owner"}
				}
				for _, a := range b.ledger(t, "enterprise").GetAccounts() {
					if got := fmt.Sprintf("%d turns, %d as owner", a.GetAssignedCount(), a.GetOwnerCount()); got != want[a.GetRep()] {
						t.Errorf("%s has %s, want %s", a.GetRep(), got, want[a.GetRep()])
					}
				}
				b.checkBooks(t)
				b.checkLedgers(t)
			})
		})
	}
}
