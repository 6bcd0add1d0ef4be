package routing

import (
	"context"
	"errors"
	"log/slog"
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

// openRows takes handoffs in hand as they are once they are locked, in the order of the rows.
func (w *work) openRows(ctx context.Context, rows []*store.Handoff) ([]*passage, error) {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	if err := w.open(ctx, ids); err != nil {
		return nil, err
	}
	opened := make([]*passage, len(rows))
	for i, row := range rows {
		opened[i] = w.passages[row.ID]
	}
	return opened, nil
}

// openLine takes locked handoffs of the holding queue in hand, and locks what a decision on them rests on. It gives those
// that it could take: one that cannot be read waits by itself, and keeps none of the line from being served.
func (w *work) openLine(ctx context.Context, rows []*store.Handoff) ([]*passage, error) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(row *store.Handoff) bool { return w.stuck[row.ID] })
	fresh := slices.DeleteFunc(slices.Clone(rows), func(row *store.Handoff) bool { return w.passages[row.ID] != nil })
	found, err := w.s.passages(ctx, w.tx, fresh)
	if unread := (*unreadError)(nil); errors.As(err, &unread) {
		if err := w.leave(ctx, unread); err != nil {
			return nil, err
		}
		return w.openLine(ctx, rows)
	}
	if err != nil {
		return nil, err
	}
	w.take(found...)
	n := newNeed()
	for _, p := range found {
		p.needs(n)
	}
	line := make([]*passage, len(rows))
	for i, row := range rows {
		line[i] = w.passages[row.ID]
	}
	if err := w.addOverflows(ctx, n.pools); err != nil {
		return nil, err
	}
	return line, w.lock(ctx, n)
}

// leave leaves a handoff in the queue that cannot be taken in hand, for a while.
func (w *work) leave(ctx context.Context, unread *unreadError) error {
	w.stuck.add(unread.row.ID)
	w.s.stuck.Add(ctx, 1)
	w.s.cfg.Logger.WarnContext(ctx, "a held handoff cannot be read, and waits", slog.String("handoff", unread.row.ID),
		slog.String("cause", unread.err.Error()))
	unread.row.DueAt = w.now.Add(stuckFor).UnixMicro()
	w.tx.AfterCommit(w.s.alarm.Ring)
	return store.PutHandoffs(ctx, w.tx, []*store.Handoff{unread.row})
}

// ready makes sure that what a decision on a passage rests on is locked. As a rule it was foreseen.
func (w *work) ready(ctx context.Context, p *passage) error {
	n := newNeed()
	p.needs(n)
	if n.without(w.sought).empty() {
		return w.lockCovers(ctx, n.reps)
	}
	if err := w.addOverflows(ctx, n.pools); err != nil {
		return err
	}
	return w.lock(ctx, n)
}
