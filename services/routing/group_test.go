package routing_test

import (
	"context"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

func grouped(p *routingv1.Pool) { p.FairnessGroup = "all" }

// turns are how many turns everybody has in a ledger.
func (b *bundle) turns(t *testing.T, pool string) map[string]int64 {
	t.Helper()
	got := map[string]int64{}
	for _, a := range b.ledger(t, pool).GetAccounts() {
		got[a.GetRep()[len("reps/"):]] = a.GetAssignedCount()
	}
	return got
}

// TestPoolsOfAGroupShareOneLedger: bob is in both pools. By himself he would get a half of each; in the group all three get
// the same, as far as the pools let them.
func TestPoolsOfAGroupShareOneLedger(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for _, id := range []string{"ann", "bob", "cat"} {
			b.rep(t, id)
		}
		b.weighted(t, "velocity", map[string]int32{"ann": 1, "bob": 1}, grouped)
		b.weighted(t, "enterprise", map[string]int32{"bob": 1, "cat": 1}, grouped)
		for range 15 {
			b.qualify(t)
			b.qualify(t, target)
		}
		got := b.turns(t, "velocity")
		if got["ann"]+got["bob"]+got["cat"] != 30 || got["ann"] < 7 || got["cat"] < 7 || got["bob"] < 14 {
			// Each lead is owed to those of its pool: a half of 15 to ann, of 15 to cat, and of all 30 to bob.
			t.Errorf("got %v", got)
		}
		if other := b.turns(t, "enterprise"); other["ann"] != got["ann"] || b.ledger(t, "enterprise").GetFairnessGroup() != "all" {
			t.Errorf("the other pool of the group shows %v", other)
		}
		if b.ledger(t, "velocity").GetDecisionCount() != 30 {
			t.Error("a decision is missing")
		}
		pools := map[string]int{}
		for _, e := range b.entries(t, "velocity") {
			pools[e.GetPool()]++
		}
		if pools["pools/velocity"] != 15 || pools["pools/enterprise"] != 15 {
			t.Errorf("the entries are of %v", pools)
		}
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// TestWhatOnePoolGaveCountsInTheOther: who had the first lead of the one pool is not next in the other.
func TestWhatOnePoolGaveCountsInTheOther(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob")
		b.weighted(t, "velocity", map[string]int32{"ann": 1, "bob": 1}, grouped)
		b.weighted(t, "enterprise", map[string]int32{"ann": 1, "bob": 1}, grouped)
		b.qualify(t)
		first := b.turns(t, "velocity")
		b.qualify(t, target)
		if got := b.turns(t, "enterprise"); got["ann"] != 1 || got["bob"] != 1 {
			t.Errorf("%v had the first; then %v", first, got)
		}
	})
}

func TestAPoolThatComesIntoAGroupBeginsAtParity(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for _, id := range []string{"ann", "bob", "cat"} {
			b.rep(t, id)
		}
		b.weighted(t, "velocity", map[string]int32{"ann": 1, "bob": 2})
		b.weighted(t, "enterprise", map[string]int32{"bob": 5, "cat": 1}, grouped)
		b.qualify(t)
		b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", FairnessGroup: "all"}, "fairness_group")
		for _, a := range b.ledger(t, "velocity").GetAccounts() {
			if a.GetDeficitNanos() != 0 || a.GetAssignedCount() != 0 {
				t.Errorf("%s came with %d turns and %d", a.GetRep(), a.GetAssignedCount(), a.GetDeficitNanos())
			}
			if a.GetRep() == "reps/bob" && a.GetWeight() != 2 {
				t.Errorf("bob weighs %d: the weight that was given last counts", a.GetWeight())
			}
		}
		other, err := b.client.GetPool(revops(t), &routingv1.GetPoolRequest{Name: "pools/enterprise"})
		if err != nil || other.GetMembers()[0].GetWeight() != 2 || other.GetEtag() != `"2"` {
			t.Errorf("the other pool of the group shows %v, %v", other, err)
		}
		// The turn that was decided by the old ledger can still be taken back, and touches nobody in the new one.
		b.qualifyMany(t, 5)
		entry := b.entries(t, "velocity")[0]
		if entry.GetPool() != "pools/velocity" {
			t.Errorf("got %v", entry)
		}
		b.updatePool(t, &routingv1.Pool{Name: "pools/velocity"}, "fairness_group")
		if got := b.turns(t, "enterprise"); len(got) != 2 {
			t.Errorf("who left the group is still in it: %v", got)
		}
		if got := b.turns(t, "velocity"); got["ann"] != 0 || got["bob"] != 0 || len(got) != 2 {
			t.Errorf("the pool's own ledger has %v", got)
		}
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// TestATurnIsCreditedOnce: by whoever leads sales, with a reason, and the rep whose it was is next again.
func TestATurnIsCreditedOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob")
		b.pool(t, "velocity", "ann", "bob")
		name := b.qualify(t)
		rep := b.handoff(t, name).GetRep()
		b.advanced(t, rep[len("reps/"):], name, 1, routingv1.Step_STEP_ACCEPT)
		manager := roomtest.As(t.Context(), "mia", accessv1.Role_ROLE_SALES_MANAGER)
		req := &routingv1.CreditTurnRequest{Name: name, Assignment: 1, Reason: routingv1.CreditReason_CREDIT_REASON_MISROUTED}
		var entries []*routingv1.FairnessEntry
		for range 2 {
			e, err := b.client.CreditTurn(manager, req)
			if err != nil {
				t.Fatal(err)
			}
			entries = append(entries, e)
		}
		if !proto.Equal(entries[0], entries[1]) || entries[0].GetCredit().GetReason() != req.GetReason() ||
			entries[0].GetCredit().GetActor() == "" || entries[0].GetHandoff() != name || entries[0].GetRep() != rep {
			t.Errorf("got %v, then %v", entries[0], entries[1])
		}
		for _, a := range b.ledger(t, "velocity").GetAccounts() {
			if a.GetAssignedCount() != 0 || a.GetDeficitNanos() != 0 {
				t.Errorf("%s has %d turns and is owed %d", a.GetRep(), a.GetAssignedCount(), a.GetDeficitNanos())
			}
		}
		b.checkBooks(t)
	})
}

func TestWhatOfTurnsIsRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "olga")
		b.pool(t, "velocity", "ann")
		b.pool(t, "enterprise", "ann")
		given, owned := b.qualify(t), b.qualify(t, target, ownedBy("olga"))
		credit := func(name string, assignment int32, reason routingv1.CreditReason) error {
			_, err := b.client.CreditTurn(revops(t), &routingv1.CreditTurnRequest{Name: name, Assignment: assignment, Reason: reason})
			return err
		}
		list := func(parent string) error {
			_, err := b.client.ListFairnessEntries(revops(t), &routingv1.ListFairnessEntriesRequest{Parent: parent})
			return err
		}
		_, reset := b.client.ResetFairnessLedger(roomtest.As(t.Context(), "mia", accessv1.Role_ROLE_SALES_MANAGER),
			&routingv1.ResetFairnessLedgerRequest{Name: "pools/velocity/ledger", Reason: "because"})
		misrouted := routingv1.CreditReason_CREDIT_REASON_MISROUTED
		for name, tc := range map[string]struct {
			err    error
			code   codes.Code
			reason string
		}{
			"an owner's lead took no turn": {credit(owned, 1, misrouted), codes.FailedPrecondition, "STATE_CONFLICT"},
			"no such assignment":           {credit(given, 2, misrouted), codes.InvalidArgument, "FIELD_INVALID"},
			"no such handoff":              {credit("handoffs/000000000000000000000000000fffff", 1, misrouted), codes.NotFound, "RESOURCE_NOT_FOUND"},
			"a reason of the service's":    {credit(given, 1, routingv1.CreditReason_CREDIT_REASON_REASSIGNED), codes.InvalidArgument, "FIELD_INVALID"},
			"entries of no pool":           {list("pools/ghost/ledger"), codes.NotFound, "RESOURCE_NOT_FOUND"},
			"a manager resets":             {reset, codes.PermissionDenied, "ROLE_MISSING"},
		} {
			if got := refusalOf(tc.err); got.code != tc.code || got.reason != tc.reason {
				t.Errorf("%s: got %v", name, tc.err)
			}
		}
	})
}

// TestAResetIsADeliberateAct: everybody begins at parity, the audit has the reason, and turns from before can be taken back
// without moving anybody.
func TestAResetIsADeliberateAct(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob")
		b.weighted(t, "velocity", map[string]int32{"ann": 1, "bob": 3})
		old := b.qualify(t)
		req := &routingv1.ResetFairnessLedgerRequest{Name: "pools/velocity/ledger", Reason: "new territory plan", RequestId: "0191d5d8-3c5a-7c06-8d2b-3a1f6f1f0001"}
		for range 2 {
			if _, err := b.client.ResetFairnessLedger(revops(t), req); err != nil {
				t.Fatal(err)
			}
		}
		check := func(when string) {
			t.Helper()
			for _, a := range b.ledger(t, "velocity").GetAccounts() {
				if a.GetDeficitNanos() != 0 || a.GetAssignedCount() != 0 {
					t.Errorf("%s %s has %d turns and is owed %d", when, a.GetRep(), a.GetAssignedCount(), a.GetDeficitNanos())
				}
			}
		}
		check("after the reset")
		if _, err := b.client.CreditTurn(revops(t), &routingv1.CreditTurnRequest{Name: old, Assignment: 1,
			Reason: routingv1.CreditReason_CREDIT_REASON_BAD_DATA}); err != nil {
			t.Fatal(err)
		}
		check("after a turn of before was taken back")
		resets := 0
		for _, e := range b.Told(t) {
			c := e.GetResourceChanged()
			if c.GetMethod() != "ResetFairnessLedger" {
				continue
			}
			resets++
			after := &routingv1.FairnessLedger{}
			if err := c.GetAfter().UnmarshalTo(after); err != nil || after.GetResetReason() != "new territory plan" || c.GetResource() != "pools/velocity" {
				t.Errorf("the audit has %v, %v", c, err)
			}
		}
		if resets != 1 {
			t.Errorf("%d resets were told", resets)
		}
	})
}

// TestARepSeesTheLedgerAndNotOthersHandoffs: the account is public, a colleague's handoffs are not.
func TestARepSeesTheLedgerAndNotOthersHandoffs(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob")
		b.pool(t, "velocity", "ann", "bob")
		b.Tell(t, eventlog.Scoring, b.lead(), b.lead())
		resp, err := b.client.ListFairnessEntries(as(t, "ann"), &routingv1.ListFairnessEntriesRequest{Parent: "pools/velocity/ledger"})
		if err != nil || len(resp.GetFairnessEntries()) != 2 {
			t.Fatalf("got %v, %v", resp, err)
		}
		for _, e := range resp.GetFairnessEntries() {
			if mine := e.GetRep() == "reps/ann"; mine != (e.GetHandoff() != "") {
				t.Errorf("ann sees %v", e)
			}
		}
		only, err := b.client.ListFairnessEntries(revops(t), &routingv1.ListFairnessEntriesRequest{Parent: "pools/velocity/ledger", Rep: "reps/bob"})
		if err != nil || len(only.GetFairnessEntries()) != 1 || only.GetFairnessEntries()[0].GetRep() != "reps/bob" {
			t.Errorf("bob's entries are %v, %v", only, err)
		}
	})
}

// TestALedgerHasRoomForSoMany: a pool that would bring more than a ledger can have into a group is refused, and nothing changes.
func TestALedgerHasRoomForSoMany(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.pool(t, "velocity", "ann")
		b.pool(t, "spare")
		b.updatePool(t, &routingv1.Pool{Name: "pools/spare", FairnessGroup: "all"}, "fairness_group")
		err := b.Host.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
				INSERT INTO account (book, rep, weight, entitled, credits, last_at, joined, accruing)
				SELECT (SELECT book FROM pool WHERE id = 'spare'), 'x' || i, 1, 0, 0, 0, 0, 0 FROM n`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.client.UpdatePool(revops(t), &routingv1.UpdatePoolRequest{
			Pool: &routingv1.Pool{Name: "pools/velocity", FairnessGroup: "all"}, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"fairness_group"}}})
		if got := refusalOf(err); got.reason != "FIELD_INVALID" {
			t.Errorf("got %v", err)
		}
		b.assignedTo(t, b.qualify(t), "ann")
	})
}
