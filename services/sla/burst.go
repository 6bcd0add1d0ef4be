package sla

import (
	"context"
	"maps"
	"slices"
	"time"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/burst"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// haste is what a playbook says of activities that come too fast for a person.
type haste struct {
	rule    burst.Rule
	counts  bool     // they count all the same
	trusted []string // systems whose activities are no part of it
}

// trusts says whether an activity is what a system says itself that both teams trust.
func (h haste) trusts(p store.Paced) bool { return p.Vouched && slices.Contains(h.trusted, p.Source) }

// suspects says whether one of an actor's activities is one of too many. They are in the order in which they happened.
func (h haste) suspects(all []store.Paced, one store.Paced) bool {
	if h.rule.Count == 0 || h.trusts(one) {
		return false
	}
	var instants []time.Time
	for _, p := range all {
		if !h.trusts(p) {
			instants = append(instants, p.OccurAt)
		}
	}
	return h.rule.Suspects(instants, one.OccurAt)
}

// actor is whose pace an activity is part of: its rep's, or that of its source where no rep is named. What a machine says it did and
// what the lead did is nobody's, and so is what is recorded without a rep and a source, which no rep can do.
func actor(a store.Activity) string {
	switch {
	case a.Automated || a.Type == int64(slav1.Activity_TYPE_REPLY):
		return ""
	case a.Rep != "":
		return a.Rep
	case a.Source != "":
		return ident.Name("sources", a.Source)
	default:
		return ""
	}
}

// among puts a new activity among those of its actor, and keeps others from adding to them.
func (s *Service) among(ctx context.Context, tx *sqldb.Tx, a store.Activity) ([]store.Paced, error) {
	if a.Actor == "" {
		return nil, nil
	}
	if err := store.LockActor(ctx, tx, a.Actor); err != nil {
		return nil, err
	}
	near, err := store.Near(ctx, tx, a.Actor, a.OccurAt)
	if err != nil {
		return nil, err
	}
	place := slices.IndexFunc(near, func(p store.Paced) bool { return p.OccurAt.After(a.OccurAt) })
	if place < 0 {
		place = len(near)
	}
	return slices.Insert(near, place, paced(a)), nil
}

// unsettled are the handoffs of which a new activity among those of its actor may flag others, besides its own: those whose playbook
// says so, and those whose playbook is not known, for it may become known at this very moment. They are few: see package burst.
func (s *Service) unsettled(ctx context.Context, tx *sqldb.Tx, near []store.Paced) ([]string, error) {
	var ids []string
	for _, p := range near {
		if p.Suspect || p.ID == "" { // flagged already, or the new one
			continue
		}
		suspect, err := s.suspects(ctx, tx, p.Playbook, near, p)
		if err != nil {
			return nil, err
		}
		if suspect || p.Playbook == 0 {
			ids = append(ids, p.Handoff)
		}
	}
	return ids, nil
}

// suspects says whether one of an actor's activities is one of too many by a playbook. None is while the playbook is not known: then
// there is no clock either that it could stop.
func (s *Service) suspects(ctx context.Context, tx *sqldb.Tx, playbook int64, near []store.Paced, one store.Paced) (bool, error) {
	if playbook == 0 {
		return false, nil
	}
	agreed, err := s.policy(ctx, tx, playbook)
	return err == nil && agreed.haste.suspects(near, one), err
}

// flagSome flags those of an actor's activities that a new one makes suspect, of the handoffs that are locked.
func (s *Service) flagSome(ctx context.Context, tx *sqldb.Tx, all handoffs, near []store.Paced, now time.Time) error {
	found := map[string][]store.Paced{}
	for _, p := range near {
		h := all[p.Handoff]
		if h == nil || p.Suspect || p.ID == "" {
			continue
		}
		suspect, err := s.suspects(ctx, tx, h.Playbook, near, p)
		if err != nil {
			return err
		}
		if suspect {
			found[p.Handoff] = append(found[p.Handoff], p)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		if err := s.flag(ctx, tx, all[id], found[id], now); err != nil {
			return err
		}
	}
	return nil
}

// flag marks activities of a handoff that were recorded before as some of too many, each once, and then tells which is the first
// touch without them.
func (s *Service) flag(ctx context.Context, tx *sqldb.Tx, h *store.Handoff, found []store.Paced, now time.Time) error {
	if len(found) == 0 {
		return nil
	}
	agreed, err := s.policy(ctx, tx, h.Playbook)
	if err != nil {
		return err
	}
	before, _ := h.Facts.Touched()
	for _, p := range found {
		if !h.Facts.Flag(p.ID, agreed.haste.counts) {
			continue
		}
		h.News = "activity_flagged"
		if err := store.Flag(ctx, tx, p); err != nil {
			return err
		}
		if err := s.tellFlag(ctx, tx, h, p, now); err != nil {
			return err
		}
	}
	return s.tellTouch(ctx, tx, h, before, store.Activity{}, now)
}

// tellFlag tells that an activity is one of too many.
func (s *Service) tellFlag(ctx context.Context, tx *sqldb.Tx, h *store.Handoff, p store.Paced, now time.Time) error {
	tx.AfterCommit(func() { s.meters.flagged.Add(ctx, 1) })
	return s.emit(ctx, tx, h, now, &eventv1.Event{Payload: &eventv1.Event_ActivityFlagged{ActivityFlagged: &eventv1.ActivityFlagged{
		Activity: activityName(store.Activity{Handoff: p.Handoff, ID: p.ID}), Handoff: handoffName(h.ID), Rep: p.Rep, OccurTime: stamp(p.OccurAt),
		Counts: h.Facts.Stands(p.ID)}}})
}

// judge judges the activities that were recorded before the playbook of their handoff was known. Whoever records another one
// meanwhile waits for the handoff, and then judges these by the playbook, too.
func (s *Service) judge(ctx context.Context, tx *sqldb.Tx, h *store.Handoff, now time.Time) error {
	if !slices.ContainsFunc(h.Facts.Acts, func(a deadline.Act) bool { return a.ID != "" }) {
		return nil
	}
	recorded, err := store.Judgeable(ctx, tx, h.ID)
	if err != nil {
		return err
	}
	var found []store.Paced
	for _, a := range recorded {
		near, err := store.Near(ctx, tx, a.Actor, a.OccurAt)
		if err != nil {
			return err
		}
		suspect, err := s.suspects(ctx, tx, h.Playbook, near, paced(a))
		if err != nil {
			return err
		}
		if suspect {
			found = append(found, paced(a))
		}
	}
	return s.flag(ctx, tx, h, found, now)
}

// paced is an activity among those of its actor.
func paced(a store.Activity) store.Paced {
	return store.Paced{Handoff: a.Handoff, ID: a.ID, Rep: a.Rep, OccurAt: a.OccurAt, Source: a.Source, Vouched: a.Vouched}
}
