package attribution

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/attribution/internal/deal"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// ask is what a caller says of one opportunity.
type ask struct {
	given deal.Deal
	path  string // where it stands in the request
}

func (a ask) key() store.Key { return store.Key{Source: a.given.Source, SourceID: a.given.SourceID} }

// entry is one opportunity and what is to become of it.
type entry struct {
	row    *store.Opportunity
	wanted deal.Deal
	known  bool // it is on record
}

// record puts what is asked on record, merging it into what is known, and answers each ask with the opportunity as it
// stands in the end.
//
// Somebody else may put one of the opportunities on record in the meantime. The insert then leaves it alone, and the next
// turn finds it and merges; whatever this transaction wrote before is known by then and does not change again.
func (s *Service) record(ctx context.Context, tx *sqldb.Tx, asked []ask, now time.Time) ([]*store.Opportunity, error) {
	for {
		entries, err := s.plan(ctx, tx, asked, now)
		if err != nil {
			return nil, err
		}
		complete, err := s.open(ctx, tx, entries, now)
		if err != nil {
			return nil, err
		}
		if err := s.change(ctx, tx, entries, now); err != nil {
			return nil, err
		}
		if complete {
			return answers(asked, entries), nil
		}
	}
}

// plan merges every ask into its opportunity, in order. There is one entry for each opportunity, by the first ask for it.
func (s *Service) plan(ctx context.Context, tx *sqldb.Tx, asked []ask, now time.Time) ([]*entry, error) {
	known, err := store.LockOpportunities(ctx, tx, keys(asked))
	if err != nil {
		return nil, err
	}
	var entries []*entry
	byKey := make(map[store.Key]*entry, len(asked))
	for _, a := range asked {
		e := byKey[a.key()]
		if e == nil {
			e = s.entry(known[a.key()], a, now)
			entries = append(entries, e)
			byKey[a.key()] = e
		} else {
			e.wanted = e.wanted.Merge(a.given)
		}
		if err := e.wanted.Check(now); err != nil {
			return nil, refused(err, a.path)
		}
	}
	return entries, nil
}

// entry is an opportunity, known or new, with the first ask for it.
func (s *Service) entry(known *store.Opportunity, a ask, now time.Time) *entry {
	if known != nil {
		return &entry{row: known, wanted: known.Merge(a.given), known: true}
	}
	id := s.cfg.IDs.New(now, "opportunity", a.given.Source+"|"+a.given.SourceID)
	row := &store.Opportunity{ID: id, Test: s.cfg.Test, CreatedAt: now, UpdatedAt: now, RowVersion: 1}
	return &entry{row: row, wanted: deal.Start(a.given, now)}
}

// open puts the new opportunities on record and reports whether none of them had been put there by somebody else.
func (s *Service) open(ctx context.Context, tx *sqldb.Tx, entries []*entry, now time.Time) (bool, error) {
	var fresh []*store.Opportunity
	for _, e := range entries {
		if !e.known {
			e.row.Deal = e.wanted
			e.row.Events = int64(len(e.wanted.First()))
			fresh = append(fresh, e.row)
		}
	}
	if err := s.freeze(ctx, tx, fresh, now); err != nil {
		return false, err
	}
	stored, err := store.InsertOpportunities(ctx, tx, fresh)
	if err != nil {
		return false, err
	}
	told, err := s.herald(ctx, tx, stored, now)
	if err != nil {
		return false, err
	}
	for _, o := range stored {
		if err := told.tell(ctx, o, new(int64), o.First()); err != nil {
			return false, err
		}
	}
	return len(stored) == len(fresh), nil
}

// change makes the opportunities on record what is wanted. What is so already stays untouched.
func (s *Service) change(ctx context.Context, tx *sqldb.Tx, entries []*entry, now time.Time) error {
	news := make(map[string][]deal.News)
	var changed []*store.Opportunity
	for _, e := range entries {
		since := e.wanted.Since(e.row.Deal)
		if !e.known || since == nil {
			continue
		}
		e.row.Deal, e.row.UpdatedAt = e.wanted, now
		e.row.RowVersion++
		news[e.row.ID] = since
		changed = append(changed, e.row)
	}
	told, err := s.herald(ctx, tx, changed, now)
	if err != nil {
		return err
	}
	for _, o := range changed {
		if err := told.tell(ctx, o, &o.Events, news[o.ID]); err != nil {
			return err
		}
	}
	return store.UpdateOpportunities(ctx, tx, changed)
}

// answers are the opportunities in the order in which they were asked for.
func answers(asked []ask, entries []*entry) []*store.Opportunity {
	byKey := make(map[store.Key]*store.Opportunity, len(entries))
	for _, e := range entries {
		byKey[e.row.Key()] = e.row
	}
	all := make([]*store.Opportunity, len(asked))
	for i, a := range asked {
		all[i] = byKey[a.key()]
	}
	return all
}

func keys(asked []ask) []store.Key {
	all := make([]store.Key, len(asked))
	for i, a := range asked {
		all[i] = a.key()
	}
	return all
}
