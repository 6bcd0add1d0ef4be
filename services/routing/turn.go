package routing

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// book writes the turn of an assignment down, if it is one. What an owner got past their pool is counted apart.
func (w *work) book(a *store.Assignment, placed dispatch.Placement) error {
	d := placed.Decision
	a.Pool = placed.Pool
	if d.Turn == 0 {
		if placed.Past != "" {
			w.pass(placed.Past, placed.Rep)
		}
		return nil
	}
	pool := w.pools[cmp.Or(placed.Pool, placed.Past)]
	ledger := w.books[pool.Book]
	a.Book, a.Epoch, a.Turn = pool.Book, d.Epoch, d.Turn
	ledger.row.Decisions++
	moved, err := store.Moves(d.Clamped)
	if err != nil {
		return fmt.Errorf("write turn of pool %s: %w", pool.ID, err)
	}
	store.AddTurn(w.tx, &store.Turn{Book: pool.Book, Epoch: d.Epoch, Turn: d.Turn, Pool: pool.ID, Rep: placed.Rep, Handoff: a.Handoff,
		Assignment: a.Number, Rule: d.Rule, Tie: d.Tie, Clamped: moved, DecidedAt: w.now.UnixMicro()})
	if d.Turn > 1 {
		return nil
	}
	return store.AddRoster(w.tx, pool.Book, ledger.Ledger.Roster())
}

// pass counts a lead that an owner got past a pool.
func (w *work) pass(pool, rep string) {
	if w.passed[pool] == nil {
		w.passed[pool] = map[string]int64{}
	}
	w.passed[pool][rep]++
}

// creditFor is why a step takes the turn of the assignment that it ends back; nothing if it does not. What a decline costs
// is for the pool to say.
func creditFor(t lifecycle.Transition, c lifecycle.Command) routingv1.CreditReason {
	if _, declined := c.(lifecycle.Decline); declined {
		return routingv1.CreditReason_CREDIT_REASON_DECLINED
	}
	switch {
	case !t.TurnBack:
		return 0
	case t.Handoff.State != lifecycle.StateClosed:
		return routingv1.CreditReason_CREDIT_REASON_REASSIGNED
	case t.Handoff.Outcome == lifecycle.OutcomeBadData:
		return routingv1.CreditReason_CREDIT_REASON_BAD_DATA
	default:
		return routingv1.CreditReason_CREDIT_REASON_DUPLICATE
	}
}

// credit adds what taking the turn of an assignment back rests on; nothing without a reason. What a decline costs, the pool
// says.
func (n need) credit(a *store.Assignment, reason routingv1.CreditReason) {
	switch reason {
	case routingv1.CreditReason_CREDIT_REASON_UNSPECIFIED:
	case routingv1.CreditReason_CREDIT_REASON_DECLINED:
		n.pools.add(a.Pool)
		n.books.add(a.Book)
	default:
		n.books.add(a.Book)
	}
}

// turnBack takes the turn of an assignment back from its rep, once. An assignment that was no turn is left alone, and so is
// one that was declined where declines cost the turn.
func (w *work) turnBack(ctx context.Context, a *store.Assignment, reason routingv1.CreditReason) error {
	if a.Book == "" {
		return nil
	}
	n := newNeed()
	n.credit(a, reason)
	if err := w.lock(ctx, n); err != nil {
		return err
	}
	if pool := w.pools[a.Pool]; reason == routingv1.CreditReason_CREDIT_REASON_DECLINED && (pool == nil || !pool.FreeDeclines) {
		return nil
	}
	entry, err := store.TakeBack(ctx, w.tx, a.Book, a.Epoch, a.Turn, store.Credit{At: w.now.UnixMicro(), Reason: int64(reason),
		By: auth.Principal(auth.ActorFrom(ctx))})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	b := w.books[a.Book]
	b.Ledger = b.Ledger.Reverse(entry)
	return nil
}
