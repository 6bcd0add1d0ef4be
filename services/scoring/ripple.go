package scoring

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// ripple is what a transaction means for accounts. It is done at its end, once for all callers who share it: so an account
// is locked after all people, and for as short as can be.
type ripple struct {
	now     time.Time
	planned bool
	gained  map[string]int64    // what their people are worth, in millionths of a point
	stirred map[string]struct{} // whose surge and own score could have changed
	altered map[string]struct{} // whose people must be judged again
}

// ripple is that of a transaction, at an instant of it.
func (s *Service) ripple(tx *sqldb.Tx, now time.Time) *ripple {
	r, _ := s.ripples.In(tx)
	if !r.planned {
		*r = ripple{planned: true, gained: map[string]int64{}, stirred: map[string]struct{}{}, altered: map[string]struct{}{}}
		tx.BeforeCommit(func(ctx context.Context) error {
			due := *r
			r.planned = false // what comes after this begins anew
			return s.carry(ctx, tx, &due)
		})
	}
	if now.After(r.now) {
		r.now = now
	}
	return r
}

// spread notes what happened with people.
func (d *desk) spread(people []*dossier.Dossier) {
	if len(people) == 0 {
		return
	}
	r, policy := d.Service.ripple(d.tx, d.now), d.rules.Policy
	for _, p := range people {
		p.Worth(r.gained)
		if policy == nil {
			continue
		}
		if policy.Surge != nil {
			note(r.stirred, p.Stirs(policy.Surge.Counts)...)
		}
		if policy.Mentions("committee") {
			note(r.altered, p.Committees(policy, d.now)...)
		}
	}
}

func note(set map[string]struct{}, accounts ...string) {
	for _, id := range accounts {
		if id != "" {
			set[id] = struct{}{}
		}
	}
}

// carry does what a ripple means: it adds up, looks at accounts, and has people judged again.
func (s *Service) carry(ctx context.Context, tx *sqldb.Tx, r *ripple) error {
	maps.DeleteFunc(r.gained, func(_ string, points int64) bool { return points == 0 })
	if len(r.stirred) == 0 {
		if err := store.AddPeople(ctx, tx, r.gained); err != nil {
			return err
		}
	} else if err := s.look(ctx, tx, slices.Collect(maps.Keys(r.stirred)), r.gained, r.now); err != nil {
		return err
	}
	jobs := map[string]store.Scope{}
	for id := range r.altered {
		jobs["around/"+id] = store.Scope{Accounts: []string{id}}
	}
	return s.plan(ctx, tx, r.now, jobs)
}
