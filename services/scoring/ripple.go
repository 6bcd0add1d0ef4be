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

// ripple is what a transaction means for accounts and jobs. It is done at its end, once for all callers who share it: so
// accounts are locked after all people, jobs after all accounts, and each for as short as can be.
type ripple struct {
	now     time.Time
	begun   bool
	gained  map[string]int64       // what the accounts' people are worth, in millionths of a point
	heard   map[string]struct{}    // accounts of which something was heard, even if it is worth nothing
	stirred map[string]struct{}    // accounts whose surge and own score could have changed
	planned map[string]store.Scope // jobs, by their ids
	stint   *stint                 // what the transaction did of a job; nil for most
}

// ripple is that of a transaction, at an instant of it.
func (s *Service) ripple(tx *sqldb.Tx, now time.Time) *ripple {
	r, _ := s.ripples.In(tx)
	if !r.begun {
		*r = ripple{begun: true, gained: map[string]int64{}, heard: map[string]struct{}{}, stirred: map[string]struct{}{}, planned: map[string]store.Scope{}}
		tx.BeforeCommitIn(sqldb.Summing, func(ctx context.Context) error {
			err := s.carry(ctx, tx, r)
			r.begun = false // what comes after this begins anew
			return err
		})
	}
	if now.After(r.now) {
		r.now = now
	}
	return r
}

// plan has jobs done, by their ids.
func (s *Service) plan(tx *sqldb.Tx, now time.Time, jobs map[string]store.Scope) {
	maps.Copy(s.ripple(tx, now).planned, jobs)
}

// alter has the people of accounts judged again.
func (s *Service) alter(tx *sqldb.Tx, now time.Time, accounts ...string) {
	for _, id := range accounts {
		if id != "" {
			s.plan(tx, now, map[string]store.Scope{"around/" + id: {Accounts: []string{id}}})
		}
	}
}

// spread notes what happened with people.
func (d *desk) spread(people []*dossier.Dossier) {
	if len(people) == 0 {
		return
	}
	r, policy := d.Service.ripple(d.tx, d.now), d.rules.Policy
	for _, p := range people {
		p.Worth(r.gained)
		note(r.heard, p.Heard())
		if policy == nil {
			continue
		}
		if policy.Surge != nil {
			note(r.stirred, p.Stirs(policy.Surge.Counts)...)
		}
		if policy.Mentions("committee") {
			d.alter(d.tx, d.now, p.Committees(policy, d.now)...)
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

// carry does what a ripple means: it adds up, looks at accounts, and plans.
func (s *Service) carry(ctx context.Context, tx *sqldb.Tx, r *ripple) error {
	maps.DeleteFunc(r.gained, func(_ string, points int64) bool { return points == 0 })
	for id := range r.heard {
		r.gained[id] += 0
	}
	if len(r.stirred) == 0 {
		if err := store.AddPeople(ctx, tx, r.gained); err != nil {
			return err
		}
	} else if err := s.look(ctx, tx, slices.Collect(maps.Keys(r.stirred)), r.gained, r.now); err != nil {
		return err
	}
	return s.book(ctx, tx, r)
}

// book writes the jobs that a transaction plans, and what it did of one itself. Everybody locks jobs in the order of their ids.
func (s *Service) book(ctx context.Context, tx *sqldb.Tx, r *ripple) error {
	if len(r.planned) > 0 {
		s.nudge(tx)
	}
	if r.stint == nil {
		return store.Plan(ctx, tx, r.planned, r.now)
	}
	if r.stint.over && r.stint.job.Scope.Judges {
		r.planned[everybody] = store.Scope{}
	}
	before := maps.Clone(r.planned)
	maps.DeleteFunc(before, func(id string, _ store.Scope) bool { return id >= r.stint.job.ID })
	maps.DeleteFunc(r.planned, func(id string, _ store.Scope) bool { return id < r.stint.job.ID })
	if err := store.Plan(ctx, tx, before, r.now); err != nil {
		return err
	}
	if err := r.stint.note(ctx, tx, r.now); err != nil {
		return err
	}
	return store.Plan(ctx, tx, r.planned, r.now)
}
