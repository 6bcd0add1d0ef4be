package sla

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/alarm"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/soon"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

const (
	busyFor = 20 * time.Millisecond // until a handoff that somebody else had locked is tried again
	backlog = 5 * time.Second       // what is later than that is worked off at half speed, so that there is room for others
	pace    = 50 * time.Millisecond // between two batches of a backlog, at least
)

// watch fires clocks at their instants: a scout tells it what is due soon, and has read it by then. All that it is told may be
// missing or out of date, so each handoff is held against its row, under the row's lock.
type watch struct {
	s     *Service
	due   alarm.Alarm
	scout *scout
	rest  time.Time // until when a backlog is left alone
}

func newWatch(s *Service) *watch {
	w := &watch{s: s, due: alarm.New()}
	w.scout = newScout(s, w.due)
	return w
}

// hear takes note of when a handoff has something to tell.
func (w *watch) hear(at int64, handoff string) {
	if w.scout.list.Hear(soon.Entry{At: at, Handoff: handoff}) {
		w.due.Ring()
	}
}

// NextDue implements alarm.Timed.
func (w *watch) NextDue(context.Context) (next time.Time, ok bool, err error) {
	at, ok := w.scout.list.Next()
	if next = time.UnixMicro(at).UTC(); next.Before(w.rest) && w.resting() {
		next = w.rest
	}
	return next, ok, nil
}

// resting reports whether a backlog is left alone.
func (w *watch) resting() bool {
	left := w.rest.Sub(w.s.cfg.Now())
	return 0 < left && left < backlog // or the clock was set back
}

// Fire implements alarm.Timed: it tells a batch of what is due.
func (w *watch) Fire(ctx context.Context) error {
	began := w.s.cfg.Now()
	due := w.scout.list.Take(began.UnixMicro(), batchSize)
	if len(due) == 0 {
		return nil
	}
	if w.scout.list.Short() {
		w.scout.look.Ring()
	}
	if err := w.ring(ctx, due, began); err != nil {
		w.scout.look.Ring() // what was taken is in the table still
		return err
	}
	if began.UnixMicro()-due[0].At > backlog.Microseconds() {
		now := w.s.cfg.Now()
		w.rest = now.Add(max(now.Sub(began), pace))
	}
	return nil
}

// ring tells what clocks have to tell. What somebody else is at work on is tried again in a moment.
func (w *watch) ring(ctx context.Context, due []soon.Entry, now time.Time) error {
	ids := make([]string, len(due))
	for i, e := range due {
		ids[i] = e.Handoff
	}
	o := occasion{now: now, asOf: now, ring: true}
	if len(due) == batchSize {
		o.asOf = time.UnixMicro(due[batchSize-1].At).UTC() // what is due later waits for its turn among the others
	}
	known := w.scout.take(ids)
	var busy []string
	err := w.s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		var claimed handoffs
		if claimed, busy, err = store.Claim(ctx, tx, ids, known, now); err != nil {
			return err
		}
		known = nil // this attempt changes them
		return w.s.settle(ctx, tx, claimed, o)
	})
	w.scout.list.Done(due)
	switch {
	case err == nil:
		for _, id := range busy {
			w.scout.list.Hear(soon.Entry{At: now.Add(busyFor).UnixMicro(), Handoff: id})
		}
	case !passing(ctx, err):
		_, err = w.s.setAside(ctx, ids, o, err)
	}
	return err
}
