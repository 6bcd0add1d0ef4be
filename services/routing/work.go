package routing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// work is what one transaction does: it locks and reads what decides who gets a lead, lets the domain plan on it in
// memory, and writes everything that changed at the end. So many leads cost hardly more statements than one.
//
//	lock ──▶ open, step, place, … as often as needed ──▶ save
type work struct {
	s   *Service
	tx  *sqldb.Tx
	now time.Time

	desk     *dispatch.Desk
	pools    map[string]*pool
	reps     map[string]*store.Rep
	passages map[string]*passage
	order    []*passage // the passages, in the order in which they came

	sought    need              // everything that was looked for
	absent    need              // what of it was not there
	again     bool              // whether it was looked for behind the gate, too
	overflows map[string]string // whose leads go to which pool; nil before it was asked
	freed     names             // reps who were full and gave a handoff back
}

// pool is a pool whose row is locked.
type pool struct {
	row    *store.Pool
	stored fairness.Pool // the ledger as it was read
}

func (s *Service) begin(tx *sqldb.Tx, now time.Time) *work {
	return &work{s: s, tx: tx, now: now, desk: dispatch.New(now), pools: map[string]*pool{}, reps: map[string]*store.Rep{},
		passages: map[string]*passage{}, sought: newNeed(), absent: newNeed(), freed: names{}}
}

// lock locks and reads what is needed and was not sought before.
func (w *work) lock(ctx context.Context, n need) error {
	n = n.without(w.sought)
	if n.empty() {
		return nil
	}
	if err := w.lockPools(ctx, n); err != nil {
		return err
	}
	if err := w.lockReps(ctx, n); err != nil {
		return err
	}
	return w.readCalendars(ctx, n)
}

// lockPools locks pools in the order of their ids, and reads their ledgers only then.
func (w *work) lockPools(ctx context.Context, n need) error {
	var locked []string
	for _, id := range n.pools.sorted() {
		w.sought.pools.add(id)
		row, err := store.LockPool(ctx, w.tx, id)
		switch {
		case errors.Is(err, store.ErrNotFound):
			w.absent.pools.add(id)
		case err != nil:
			return err
		default:
			w.pools[id] = &pool{row: row}
			locked = append(locked, id)
		}
	}
	if len(locked) == 0 {
		return nil
	}
	return w.readLedgers(ctx, locked, n)
}

// readLedgers puts locked pools on the desk. Their members become needed.
func (w *work) readLedgers(ctx context.Context, pools []string, n need) error {
	members, err := store.Members(ctx, w.tx, pools)
	if err != nil {
		return err
	}
	for _, id := range pools {
		p := w.pools[id]
		p.stored = fairness.Pool{Epoch: p.row.Epoch, Turn: p.row.Turn, Members: members[id]}
		if err := p.stored.Validate(); err != nil {
			return fmt.Errorf("read ledger of pool %s: %w", id, err)
		}
		w.desk.AddPool(id, &dispatch.Pool{Ledger: p.stored, Overflow: p.row.Overflow})
		for _, m := range members[id] {
			n.reps.add(m.ID)
		}
	}
	return nil
}

// lockReps locks reps in the order of their ids. Their calendars become needed.
func (w *work) lockReps(ctx context.Context, n need) error {
	ids := n.reps.without(w.sought.reps).sorted()
	if len(ids) == 0 {
		return nil
	}
	reps, err := store.LockReps(ctx, w.tx, ids)
	if err != nil {
		return err
	}
	w.sought.reps.add(ids...)
	w.absent.reps.add(ids...)
	for _, r := range reps {
		delete(w.absent.reps, r.ID)
		w.reps[r.ID] = r
		n.calendars.add(r.Calendar)
	}
	return w.seat(ctx, reps)
}

// seat puts reps on the desk, with their absences.
func (w *work) seat(ctx context.Context, reps []*store.Rep) error {
	ids := make([]string, len(reps))
	for i, r := range reps {
		ids[i] = r.ID
		w.desk.AddRep(r.ID, atDesk(r))
	}
	absences, err := store.AbsencesAfter(ctx, w.tx, ids, w.now.UnixMicro())
	if err != nil {
		return err
	}
	for _, a := range absences {
		r := w.desk.Rep(a.Rep)
		r.Absences = append(r.Absences, interval(a))
	}
	return nil
}

func (w *work) readCalendars(ctx context.Context, n need) error {
	ids := n.calendars.without(w.sought.calendars).sorted()
	found, err := w.s.calendars.read(ctx, w.tx, ids)
	if err != nil {
		return err
	}
	w.sought.calendars.add(ids...)
	for _, id := range ids {
		if hours := found[id]; hours != nil {
			w.desk.AddCalendar(id, hours)
		} else {
			w.absent.calendars.add(id)
		}
	}
	return nil
}

// lookAgain looks once more, behind the gate, for what was not there, and says whether some of it turned up.
func (w *work) lookAgain(ctx context.Context) (bool, error) {
	if w.again || w.absent.empty() {
		return false, nil
	}
	w.again = true
	if err := store.PassGate(ctx, w.tx); err != nil {
		return false, err
	}
	missed := w.absent
	w.absent, w.sought, w.overflows = newNeed(), w.sought.without(missed), nil
	if err := w.addOverflows(ctx, missed.pools); err != nil {
		return false, err
	}
	if err := w.lock(ctx, missed); err != nil {
		return false, err
	}
	return !missed.without(w.absent).empty(), nil
}

// addOverflows adds the pools that take the leads of these when nobody is there, so that all are locked in order.
func (w *work) addOverflows(ctx context.Context, pools names) error {
	if len(pools) == 0 {
		return nil
	}
	overflows, err := w.readOverflows(ctx)
	for _, id := range pools.sorted() {
		for next := overflows[id]; next != "" && !pools[next]; next = overflows[next] {
			pools.add(next)
		}
	}
	return err
}

// addUpstream adds the pools whose leads come to these when nobody is there.
func (w *work) addUpstream(ctx context.Context, pools names) error {
	overflows, err := w.readOverflows(ctx)
	for grown := true; grown; {
		grown = false
		for from, to := range overflows {
			if pools[to] && !pools[from] {
				pools.add(from)
				grown = true
			}
		}
	}
	return err
}

// readOverflows reads once which pool's leads go to which.
func (w *work) readOverflows(ctx context.Context) (map[string]string, error) {
	if w.overflows != nil {
		return w.overflows, nil
	}
	var err error
	w.overflows, err = store.Overflows(ctx, w.tx)
	return w.overflows, err
}
