package routing

import (
	"context"
	"slices"

	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// take adds passages to the work.
func (w *work) take(passages ...*passage) {
	for _, p := range passages {
		w.passages[p.row.ID] = p
		w.order = append(w.order, p)
	}
}

// open locks handoffs and takes them in hand. Those that do not exist are left out.
func (w *work) open(ctx context.Context, ids []string) error {
	ids = slices.DeleteFunc(ids, func(id string) bool { return w.passages[id] != nil })
	if len(ids) == 0 {
		return nil
	}
	rows, err := store.LockHandoffs(ctx, w.tx, ids)
	if err != nil {
		return err
	}
	found, err := w.s.passages(ctx, w.tx, rows)
	w.take(found...)
	return err
}

// openLine takes locked handoffs of the holding queue in hand, and locks what a decision on them rests on.
func (w *work) openLine(ctx context.Context, rows []*store.Handoff) error {
	rows = slices.DeleteFunc(slices.Clone(rows), func(row *store.Handoff) bool { return w.passages[row.ID] != nil })
	found, err := w.s.passages(ctx, w.tx, rows)
	if err != nil {
		return err
	}
	w.take(found...)
	n := newNeed()
	for _, p := range found {
		p.needs(n)
	}
	return w.lock(ctx, n)
}

// ready makes sure that what a decision on a passage rests on is locked. As a rule it was foreseen.
func (w *work) ready(ctx context.Context, p *passage) error {
	n := newNeed()
	p.needs(n)
	if n = n.without(w.sought); n.empty() {
		return nil
	}
	if err := w.addOverflows(ctx, n.pools); err != nil {
		return err
	}
	return w.lock(ctx, n)
}
