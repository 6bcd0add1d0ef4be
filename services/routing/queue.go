package routing

import (
	"context"
	"slices"

	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// lookAtMost is how many held handoffs one transaction looks at. The others stay due, and the timer goes on with them.
const lookAtMost = 500

// serveMost is how many are read at once for reps who were full: as a rule the first of them takes the room there is.
const serveMost = 20

// lookAtDue looks at the first held handoffs whose time has come, and says how many there were.
func (w *work) lookAtDue(ctx context.Context) (int, error) {
	line, err := store.Due(ctx, w.tx, w.now.UnixMicro(), lookAtMost)
	if err != nil {
		return 0, err
	}
	return w.lookAt(ctx, line)
}

// wake looks at a whole line again, because something has changed that can free somebody or delay everybody.
func (w *work) wake(ctx context.Context, l store.Line) error {
	if err := store.Wake(ctx, w.tx, l, w.now.UnixMicro()); err != nil {
		return err
	}
	seen, err := w.lookAt(ctx, l)
	if seen == lookAtMost {
		w.tx.AfterCommit(w.s.alarm.Ring)
	}
	return err
}

// lookAt tries to place the handoffs of a line whose time has come, in their order.
func (w *work) lookAt(ctx context.Context, l store.Line) (int, error) {
	if len(l.Pools)+len(l.Owners) == 0 {
		return 0, nil
	}
	if err := w.lockLine(ctx, l); err != nil {
		return 0, err
	}
	l.DueBy = w.now.UnixMicro()
	rows, err := store.Waiting(ctx, w.tx, l, lookAtMost)
	if err != nil {
		return 0, err
	}
	return len(rows), w.placeAll(ctx, rows, func(*passage) bool { return true })
}

// lockLine locks what the handoffs of a line can be given by, so far as the line tells.
func (w *work) lockLine(ctx context.Context, l store.Line) error {
	n := newNeed()
	n.pools.add(l.Pools...)
	n.reps.add(l.Owners...)
	if err := w.addOverflows(ctx, n.pools); err != nil {
		return err
	}
	return w.lock(ctx, n)
}

// placeAll takes locked handoffs in hand and tries to place those that are wanted and still held.
func (w *work) placeAll(ctx context.Context, rows []*store.Handoff, wanted func(*passage) bool) error {
	line, err := w.openLine(ctx, rows)
	if err != nil {
		return err
	}
	for _, p := range line {
		if p.life.State == lifecycle.StateHeld && wanted(p) {
			if err := w.place(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// serveFreed gives held handoffs to reps who were full and gave one back, until they are full again or nobody waits for
// them. Who waits for something else is left alone.
func (w *work) serveFreed(ctx context.Context) error {
	reps := w.freed.sorted()
	w.freed = names{}
	if len(reps) == 0 {
		return nil
	}
	if err := w.save(ctx); err != nil { // whoever began to wait in this work stands in line, too
		return err
	}
	line, err := w.lineOf(ctx, reps)
	if err != nil {
		return err
	}
	waiting, err := store.AnyWaiting(ctx, w.tx, line)
	if err != nil || !waiting {
		return err
	}
	if err := w.lockLine(ctx, line); err != nil {
		return err
	}
	if err := w.offer(ctx, line, reps); err != nil {
		return err
	}
	return w.expect(ctx, reps)
}

// offer gives what waits in a line to reps, until none of them takes more.
func (w *work) offer(ctx context.Context, line store.Line, reps []string) error {
	for !w.noneTakes(reps) {
		rows, err := store.Waiting(ctx, w.tx, line, serveMost)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := w.placeAll(ctx, rows, func(p *passage) bool { return w.suitsAny(reps, p) }); err != nil {
			return err
		}
		if line.After = rows[len(rows)-1]; len(rows) < serveMost {
			return nil
		}
	}
	return nil
}

// expect has the timer look at what waits for reps who have room now and are not there: they may come before the instant
// for which it was put off, or make an end of waiting for nobody knows when.
func (w *work) expect(ctx context.Context, reps []string) error {
	absent := slices.DeleteFunc(slices.Clone(reps), func(id string) bool {
		return w.desk.Rep(id).Full() || !w.desk.Rep(id).Active || w.desk.Here(id) == dispatch.Present
	})
	if len(absent) == 0 {
		return nil
	}
	line, err := w.lineOf(ctx, absent)
	if err != nil {
		return err
	}
	w.tx.AfterCommit(w.s.alarm.Ring)
	return store.Wake(ctx, w.tx, line, w.now.UnixMicro())
}

func (w *work) suitsAny(reps []string, p *passage) bool {
	lead := p.lead()
	for _, id := range reps {
		if w.desk.Suits(id, lead) {
			return true
		}
	}
	return false
}

// noneTakes says whether each of the reps is full or not there.
func (w *work) noneTakes(reps []string) bool {
	for _, id := range reps {
		if !w.desk.Rep(id).Full() && w.desk.Here(id) != dispatch.Away {
			return false
		}
	}
	return true
}

// lineOf is the part of the holding queue that any of the reps could serve: as a member of a pool, of a pool that takes
// its leads when nobody is there, or as an owner.
func (w *work) lineOf(ctx context.Context, reps []string) (store.Line, error) {
	found, err := store.PoolsOf(ctx, w.tx, reps)
	if err != nil {
		return store.Line{}, err
	}
	pools := names{}
	pools.add(found...)
	err = w.addUpstream(ctx, pools)
	return store.Line{Pools: pools.sorted(), Owners: reps}, err
}
