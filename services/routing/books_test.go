package routing_test

import (
	"context"

	"github.com/google/go-cmp/cmp"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// reporter is a test, or a step of a drawn one.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// checkBooks makes sure of what must hold after every transaction, by the tables themselves.
func (b *bundle) checkBooks(t reporter) {
	t.Helper()
	for _, tc := range []struct{ name, query string }{
		{"handoffs whose assignment is not the active one", `SELECT h.id FROM handoff h LEFT JOIN assignment a
			ON a.handoff = h.id AND a.number = h.assignment AND a.over = 0
			WHERE h.state IN (2, 3) AND (a.rep IS NULL OR a.rep <> h.rep)`},
		{"held handoffs that somebody has", `SELECT h.id FROM handoff h WHERE h.state = 1 AND (h.rep <> ''
			OR EXISTS (SELECT 1 FROM assignment a WHERE a.handoff = h.id AND a.over = 0))`},
		{"reps whose open count is wrong", `SELECT r.id FROM rep r WHERE r.open_count <>
			(SELECT COUNT(*) FROM handoff h WHERE h.rep = r.id AND h.state IN (2, 3))`},
		{"reps over their cap", `SELECT id FROM rep WHERE open_count > max_open`},
		{"reps whose turns are not their credits", `SELECT m.rep FROM account m WHERE m.credits <>
			(SELECT COUNT(*) FROM ledger l WHERE l.book = m.book AND l.rep = m.rep AND l.epoch >= m.joined AND l.credited_at = 0)`},
		{"assignments by a pool that are not in its ledger", `SELECT a.handoff FROM assignment a LEFT JOIN ledger l
			ON l.book = a.book AND l.epoch = a.epoch AND l.turn = a.turn AND (l.pool = a.pool OR a.pool = '' AND l.rule = 6)
			WHERE (a.pool <> '' OR a.book <> '') AND (l.handoff IS NULL OR l.handoff <> a.handoff OR l.assignment <> a.number OR l.rep <> a.rep)`},
		{"turns whose epoch has no roster", `SELECT l.book FROM ledger l LEFT JOIN roster r ON r.book = l.book AND r.epoch = l.epoch
			WHERE r.epoch IS NULL`},
		{"members without an account", `SELECT m.rep FROM pool_member m JOIN pool p ON p.id = m.pool
			LEFT JOIN account a ON a.book = p.book AND a.rep = m.rep WHERE a.rep IS NULL`},
		{"accounts without a member", `SELECT a.rep FROM account a WHERE NOT EXISTS
			(SELECT 1 FROM pool_member m JOIN pool p ON p.id = m.pool WHERE p.book = a.book AND m.rep = a.rep)`},
		{"leads that a rep got who had refused them", `SELECT a.handoff FROM assignment a JOIN assignment b
			ON b.handoff = a.handoff AND b.rep = a.rep AND b.number < a.number AND b.answer IN (2, 3)`},
	} {
		var found []string
		for row, err := range b.Host.DB.Query(context.Background(), tc.query) {
			if err != nil {
				t.Fatalf("%s: %v", tc.name, err)
			}
			var id string
			if err := row.Scan(&id); err != nil {
				t.Fatalf("%s: %v", tc.name, err)
			}
			found = append(found, id)
		}
		if diff := cmp.Diff([]string(nil), found); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// checkLedgers makes sure that nobody's turn was lost or made.
func (b *bundle) checkLedgers(t reporter) {
	t.Helper()
	ctx := roomtest.As(context.Background(), "rita", accessv1.Role_ROLE_REVOPS)
	resp, err := b.client.ListPools(ctx, &routingv1.ListPoolsRequest{})
	if err != nil {
		t.Fatalf("list pools: %v", err)
	}
	for _, p := range resp.GetPools() {
		ledger, err := b.client.GetFairnessLedger(ctx, &routingv1.GetFairnessLedgerRequest{Name: p.GetName() + "/ledger"})
		if err != nil {
			t.Fatalf("ledger of %s: %v", p.GetName(), err)
		}
		var sum int64
		for _, a := range ledger.GetAccounts() {
			sum += a.GetDeficitNanos()
		}
		if sum != 0 {
			t.Errorf("the deficits of %s add up to %d", p.GetName(), sum)
		}
	}
}
