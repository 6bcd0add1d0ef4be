package routing

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// save writes everything that changed since the last time.
func (w *work) save(ctx context.Context) error {
	if err := w.savePassages(ctx); err != nil {
		return err
	}
	if err := w.saveBooks(ctx); err != nil {
		return err
	}
	return w.saveReps(ctx)
}

func (w *work) savePassages(ctx context.Context) error {
	var rows []*store.Handoff
	var assignments []*store.Assignment
	contexts := map[string][]byte{}
	for _, p := range w.order {
		if p.rated != nil { // what led nobody anywhere is told by itself
			if err := w.write(p, w.decision(p)); err != nil {
				return err
			}
		}
		if p.changed || p.moved {
			rows = append(rows, p.row)
		}
		if p.changed {
			assignments = append(assignments, p.assignments...)
		}
		p.changed, p.moved = false, false
		if p.context == nil {
			continue
		}
		body, err := proto.Marshal(p.context)
		if err != nil {
			return fmt.Errorf("store context of handoff %s: %w", p.row.ID, err)
		}
		contexts[p.row.ID], p.context = body, nil
	}
	if err := store.PutHandoffs(ctx, w.tx, rows); err != nil {
		return err
	}
	if err := store.PutContexts(ctx, w.tx, contexts); err != nil {
		return err
	}
	return store.PutAssignments(ctx, w.tx, assignments)
}

// saveBooks writes the ledgers that moved on. Within an epoch that is one account a decision.
func (w *work) saveBooks(ctx context.Context) error {
	var rows []*store.Book
	for id, b := range w.books {
		ledger := b.Ledger
		var changed []fairness.Member
		for i, m := range ledger.Members {
			if i >= len(b.stored.Members) || m != b.stored.Members[i] {
				changed = append(changed, m)
			}
		}
		if len(changed) == 0 && ledger.Epoch == b.stored.Epoch && ledger.Turn == b.stored.Turn {
			continue
		}
		b.row.Epoch, b.row.Turn, b.stored = ledger.Epoch, ledger.Turn, ledger
		rows = append(rows, b.row)
		if err := store.PutAccounts(ctx, w.tx, id, changed); err != nil {
			return err
		}
	}
	for pool, leads := range w.passed {
		if err := store.CountOwners(ctx, w.tx, pool, leads); err != nil {
			return err
		}
	}
	clear(w.passed)
	return store.PutBooks(ctx, w.tx, rows...)
}

// saveReps writes what the reps hold now.
func (w *work) saveReps(ctx context.Context) error {
	byChange := map[int64][]string{}
	for id, r := range w.reps {
		load := w.desk.Rep(id)
		if change := load.Open - r.Open; change != 0 {
			byChange[change] = append(byChange[change], id)
		}
		r.Open = load.Open
	}
	for change, reps := range byChange {
		if err := store.CountOpen(ctx, w.tx, reps, change); err != nil {
			return err
		}
	}
	return nil
}
