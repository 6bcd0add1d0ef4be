package routing

import (
	"context"
	"fmt"
	"maps"
	"time"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/presence"
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
	books    map[string]*book
	pools    map[string]*store.Pool
	reps     map[string]*store.Rep
	passages map[string]*passage
	order    []*passage // the passages, in the order in which they came

	sought    need                        // everything that was looked for
	absent    need                        // what of it was not there
	again     bool                        // whether it was looked for behind the gate, too
	overflows map[string]string           // whose leads go to which pool; nil before it was asked
	stuck     names                       // handoffs that cannot be taken in hand
	freed     names                       // reps who were full and gave a handoff back
	passed    map[string]map[string]int64 // by pool and rep, how many leads owners got past it
}

// book is a ledger whose row is locked.
type book struct {
	*dispatch.Book
	row    *store.Book
	stored fairness.Pool // as it was read
}

func (s *Service) begin(tx *sqldb.Tx, now time.Time) *work {
	return &work{s: s, tx: tx, now: now, desk: dispatch.New(now), books: map[string]*book{}, pools: map[string]*store.Pool{},
		reps: map[string]*store.Rep{}, passages: map[string]*passage{}, sought: newNeed(), absent: newNeed(), freed: names{}, stuck: names{},
		passed: map[string]map[string]int64{}}
}

// lock locks and reads what is needed and was not sought before.
func (w *work) lock(ctx context.Context, n need) error {
	asked := maps.Clone(n.reps) // by name, before the members of pools come to them
	if n = n.without(w.sought); n.empty() {
		return w.lockCovers(ctx, asked)
	}
	if err := w.lockPools(ctx, n); err != nil {
		return err
	}
	if err := w.lockReps(ctx, n); err != nil {
		return err
	}
	if err := w.readCalendars(ctx, n); err != nil {
		return err
	}
	return w.lockCovers(ctx, asked)
}

// lockPools locks the books of pools, and others that are named, and puts the pools on the desk as they are then. A pool
// can go over to another book until its own is locked. Members become needed.
func (w *work) lockPools(ctx context.Context, n need) error {
	ids := n.pools.sorted()
	books := n.books
	w.sought.pools.add(ids...)
	w.sought.books.add(books.sorted()...)
	for {
		rows, err := w.readPools(ctx, ids)
		if err != nil {
			return err
		}
		for _, row := range rows {
			books.add(row.Book)
		}
		if books = w.unlocked(books); len(books) == 0 {
			return w.seatPools(ctx, ids, rows, n)
		}
		if err := w.lockBooks(ctx, books.sorted()); err != nil {
			return err
		}
		books = names{}
	}
}

func (w *work) readPools(ctx context.Context, ids []string) ([]*store.Pool, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return store.Pools(ctx, w.tx, ids)
}

func (w *work) unlocked(books names) names {
	rest := names{}
	for id := range books {
		if w.books[id] == nil {
			rest.add(id)
		}
	}
	return rest
}

// lockBooks locks books in the order of their ids, and reads their accounts only then.
func (w *work) lockBooks(ctx context.Context, ids []string) error {
	rows := make([]*store.Book, len(ids))
	for i, id := range ids {
		var err error
		if rows[i], err = store.LockBook(ctx, w.tx, id); err != nil {
			return fmt.Errorf("lock book %s: %w", id, err)
		}
	}
	accounts, err := store.Accounts(ctx, w.tx, ids)
	if err != nil {
		return err
	}
	for _, row := range rows {
		b := &book{Book: &dispatch.Book{}, row: row, stored: fairness.Pool{Epoch: row.Epoch, Turn: row.Turn, Members: accounts[row.ID]}}
		if err := b.stored.Validate(); err != nil {
			return fmt.Errorf("read book %s: %w", row.ID, err)
		}
		b.Ledger = b.stored
		w.books[row.ID] = b
	}
	return nil
}

// seatPools puts pools whose books are locked on the desk.
func (w *work) seatPools(ctx context.Context, ids []string, rows []*store.Pool, n need) error {
	w.absent.pools.add(ids...)
	if len(rows) == 0 {
		return nil
	}
	members, err := store.Memberships(ctx, w.tx, ids)
	for _, row := range rows {
		delete(w.absent.pools, row.ID)
		w.pools[row.ID] = row
		w.desk.AddPool(row.ID, atWork(row, w.books[row.Book].Book, members[row.ID]))
		n.reps.add(members[row.ID]...)
		n.calendars.add(row.Calendar)
	}
	return err
}

// atWork is a pool as the desk sees it.
func atWork(row *store.Pool, ledger *dispatch.Book, members []string) *dispatch.Pool {
	return &dispatch.Pool{Book: ledger, Members: members, Calendar: row.Calendar, Overflow: row.Overflow, OwnerTurns: row.OwnerTurns,
		Policy: fairness.Policy{Mode: modes[routingv1.Pool_Mode(row.Mode)], AccrueWhenCapped: row.AccrueWhenCapped,
			DeclineIsFree: row.FreeDeclines, MaxDeficit: fairness.Units(row.MaxDeficit) * fairness.PerLead}}
}

// modes are the ways to pick, as the API names them.
var modes = map[routingv1.Pool_Mode]fairness.Mode{routingv1.Pool_MODE_FAIR: fairness.Fair, routingv1.Pool_MODE_QUOTA: fairness.Quota,
	routingv1.Pool_MODE_LEAST_LOADED: fairness.LeastLoaded}

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

// seat puts reps on the desk, with their absences and what came to them lately.
func (w *work) seat(ctx context.Context, reps []*store.Rep) error {
	for _, r := range reps {
		w.desk.AddRep(r.ID, atDesk(r))
	}
	return seatPast(ctx, w.tx, w.desk, reps, w.now, true)
}

// seatPast gives reps of the desk their absences that are not over at an instant, and if wanted what came to those with
// caps before it.
func seatPast(ctx context.Context, q sqldb.Querier, desk *dispatch.Desk, reps []*store.Rep, at time.Time, came bool) error {
	var ids, capped []string
	var caps []presence.Cap
	for _, r := range reps {
		ids = append(ids, r.ID)
		if limits := capsOf(r); came && len(limits) > 0 {
			capped, caps = append(capped, r.ID), append(caps, limits...)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	absences, err := store.AbsencesAfter(ctx, q, ids, store.Micros(at))
	if err != nil {
		return err
	}
	leaves := map[string][]dispatch.Leave{}
	for _, a := range absences {
		r := desk.Rep(a.Rep)
		r.Absences = append(r.Absences, interval(a))
		if a.Cover != "" {
			leaves[a.Rep] = append(leaves[a.Rep], dispatch.Leave{Interval: interval(a), Cover: a.Cover})
		}
	}
	for rep, covered := range leaves {
		desk.AddLeaves(rep, covered)
	}
	arrivals, err := store.Arrivals(ctx, q, capped, store.Micros(presence.Since(at, caps)))
	for rep, got := range arrivals {
		desk.Rep(rep).Got = got
	}
	return err
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
