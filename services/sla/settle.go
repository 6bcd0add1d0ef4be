package sla

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// handoffs are what a transaction works on, by id.
type handoffs map[string]*store.Handoff

// occasion is why clocks are settled.
type occasion struct {
	now  time.Time
	asOf time.Time // clocks are worked out as of this instant
	ring bool      // running clocks tell what is due; otherwise they leave it to the timers
	by   string    // the kind of event that it is, unless the handoff knows
}

// news is the occasion that something became known: a kind of event.
func news(now time.Time, by string) occasion { return occasion{now: now, asOf: now, by: by} }

// movedBy is what moves the clocks of a handoff on an occasion: the kind of event that was heard of it last, or else the occasion.
func (o occasion) movedBy(h *store.Handoff) string { return cmp.Or(h.News, o.by, store.TimePassed) }

// settleAll locks handoffs and settles their clocks.
func (s *Service) settleAll(ctx context.Context, tx *sqldb.Tx, ids []string, o occasion) error {
	if len(ids) == 0 {
		return nil
	}
	all, err := store.Lock(ctx, tx, ids...)
	if err != nil {
		return err
	}
	return s.settle(ctx, tx, all, o)
}

// settle works the clocks of handoffs out anew, tells what there is to tell, in the order in which it was due, and stores
// both. The handoffs are locked.
func (s *Service) settle(ctx context.Context, tx *sqldb.Tx, all handoffs, o occasion) error {
	clocks, err := s.reckon(ctx, tx, all, o.asOf, store.Consult)
	if err != nil {
		return err
	}
	var calls []call
	for _, id := range slices.Sorted(maps.Keys(all)) {
		due, err := s.renew(ctx, tx, all[id], clocks[id], o)
		if err != nil {
			return err
		}
		calls = append(calls, due...)
	}
	slices.SortStableFunc(calls, func(a, b call) int { return a.alarm.At.Compare(b.alarm.At) })
	for _, c := range calls {
		if err := s.tell(ctx, tx, c, o.now); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if o.ring {
			store.Advance(tx, all[id])
		} else if err := store.Put(tx, all[id]); err != nil {
			return err
		}
	}
	return nil
}

// renew brings the rows of a handoff's clocks up to date, and gives what is to be told.
func (s *Service) renew(ctx context.Context, tx *sqldb.Tx, h *store.Handoff, clocks []deadline.Clock, o occasion) ([]call, error) {
	var calls []call
	gone := maps.Clone(h.Clocks)
	for _, c := range clocks {
		key := store.ClockKey{Kind: c.Kind, Run: c.Run}
		old := h.Clocks[key]
		delete(gone, key)
		told := c.Recall(old.Told)
		for _, alarm := range c.Alarms(told, o.asOf) {
			if !o.ring && c.State.Open() && alarm.Alert != deadline.AlertRetracted {
				continue
			}
			told = told.With(alarm.Alert)
			calls = append(calls, call{handoff: h, clock: c, alarm: alarm})
		}
		if old.State == deadline.Paused {
			calls = goesOn(calls, h, c)
		}
		if row := store.Row(c, told).After(old, o.now, o.movedBy(h)); row != old {
			store.MoveClock(tx, h.ID, old, row)
			h.Clocks[key], h.Moved = row, true
			if row.NextAt != 0 {
				tx.AfterCommit(func() { s.watch.hear(row.NextAt, h.ID) })
			}
		}
	}
	for key := range gone {
		if err := store.DropClock(ctx, tx, h.ID, key, o.now, o.movedBy(h)); err != nil {
			return nil, err
		}
		delete(h.Clocks, key)
		h.Moved = true
	}
	return calls, nil
}

// consult gives the editions of calendars by their ids.
type consult func(ctx context.Context, tx *sqldb.Tx, calendars []string) ([]store.Edition, error)

// reckon works out the clocks of handoffs as they stand at an instant, by the handoffs' ids. consult gives the editions of
// calendars.
func (s *Service) reckon(ctx context.Context, q *sqldb.Tx, all handoffs, asOf time.Time, consult consult) (map[string][]deadline.Clock, error) {
	policies := make(map[string]deadline.Policy, len(all))
	wanted := map[string]bool{}
	for id, h := range all {
		if h.Playbook == 0 {
			continue
		}
		policy, err := s.policy(ctx, q, h.Playbook)
		if err != nil {
			return nil, fmt.Errorf("work out clocks: %w", err)
		}
		policies[id] = policy.clocks
		for _, calendar := range policy.clocks.Calendars(h.Facts) {
			wanted[calendar] = true
		}
	}
	almanac, err := s.almanac(ctx, q, slices.Sorted(maps.Keys(wanted)), consult)
	if err != nil {
		return nil, err
	}
	clocks := make(map[string][]deadline.Clock, len(all))
	for id, p := range policies {
		clocks[id] = deadline.Clocks(all[id].Facts, p, almanac, asOf)
	}
	return clocks, nil
}

// almanac reads calendars by their ids. consult gives their editions.
func (s *Service) almanac(ctx context.Context, q *sqldb.Tx, ids []string, consult consult) (deadline.Almanac, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	editions, err := consult(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	return s.library.almanac(ctx, q, editions)
}
