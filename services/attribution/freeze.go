package attribution

import (
	"context"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/attribution/internal/deal"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// freeze decides which team sourced opportunities that are put on record now.
func (s *Service) freeze(ctx context.Context, tx *sqldb.Tx, fresh []*store.Opportunity, now time.Time) error {
	if len(fresh) == 0 {
		return nil
	}
	if err := store.AloneFreezing(ctx, tx); err != nil {
		return err
	}
	return s.source(ctx, tx, fresh, now)
}

// source decides which team sourced opportunities, by the playbook in force at the instant at which they were put on record,
// and on what the services had recorded by then.
func (s *Service) source(ctx context.Context, tx *sqldb.Tx, all []*store.Opportunity, createdAt time.Time) error {
	playbook, err := s.inForce(ctx, tx, createdAt)
	if err != nil {
		return err
	}
	agreed := playbook.Policy
	dossiers, err := gather(ctx, tx, agreed, store.View{AsOf: createdAt}, all, createdAt)
	if err != nil {
		return err
	}
	for i, o := range all {
		o.Playbook = playbook.Number
		o.SourcedBy = agreed.terms.Sourcing(dossiers[i]).By(agreed.sourced)
	}
	return nil
}

// refreeze decides anew which team sourced the opportunities that were put on record after what is told now had been recorded:
// it was known by then, and was only on its way. So the order of arrival leaves no trace.
func (s *Service) refreeze(ctx context.Context, tx *sqldb.Tx, told *telling, now time.Time) error {
	if told.since.IsZero() {
		return nil
	}
	if any, err := store.AnySince(ctx, tx, told.since); err != nil || !any {
		return err
	}
	late, err := s.late(ctx, tx, told)
	if err != nil {
		return err
	}
	byInstant := map[time.Time][]store.Frozen{}
	for _, f := range late {
		byInstant[f.CreatedAt] = append(byInstant[f.CreatedAt], f)
	}
	for _, f := range late { // in one order, whatever the map's
		if group := byInstant[f.CreatedAt]; group != nil {
			if err := s.sourceAnew(ctx, tx, group, now); err != nil {
				return err
			}
			delete(byInstant, f.CreatedAt)
		}
	}
	return nil
}

// late are the opportunities that what is told now may bear on.
func (s *Service) late(ctx context.Context, tx *sqldb.Tx, told *telling) ([]store.Frozen, error) {
	if told.activated {
		return store.FrozenSince(ctx, tx, told.since)
	}
	leads := told.concerned()
	var all []store.Frozen
	for part := range slices.Chunk(leads, maxConcerned) {
		found, err := store.FrozenAbout(ctx, tx, told.since, part)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// maxConcerned is how many leads are asked for at once, within what a statement takes.
const maxConcerned = 1000

// sourceAnew decides anew on opportunities that were put on record at one instant, and tells of those that it decides
// otherwise.
func (s *Service) sourceAnew(ctx context.Context, tx *sqldb.Tx, group []store.Frozen, now time.Time) error {
	ids, before := make([]string, len(group)), map[string]store.Frozen{}
	for i, f := range group {
		ids[i], before[f.ID] = f.ID, f
	}
	all, err := store.Deals(ctx, tx, store.View{AsOf: group[0].CreatedAt}, ids)
	if err != nil {
		return err
	}
	if err := s.source(ctx, tx, all, group[0].CreatedAt); err != nil {
		return err
	}
	for _, o := range all {
		if f := before[o.ID]; f.SourcedBy == o.SourcedBy && f.Playbook == o.Playbook {
			continue
		}
		if err := s.correct(ctx, tx, o, now); err != nil {
			return err
		}
	}
	return nil
}

// correct puts on record which team sourced an opportunity, and tells of it.
func (s *Service) correct(ctx context.Context, tx *sqldb.Tx, decided *store.Opportunity, now time.Time) error {
	o, err := store.LockOpportunity(ctx, tx, decided.ID)
	if err != nil {
		return err
	}
	o.SourcedBy, o.Playbook = decided.SourcedBy, decided.Playbook
	o.RowVersion++
	told, err := s.herald(ctx, tx, []*store.Opportunity{o}, now)
	if err != nil {
		return err
	}
	if err := told.tell(ctx, o, &o.Events, []deal.News{deal.Changed}); err != nil {
		return err
	}
	return store.Refreeze(ctx, tx, o)
}
