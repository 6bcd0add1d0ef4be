package scoring

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/alike"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

const (
	// piece is how many people a job judges in one transaction.
	piece = 500
	// fewPeople is how many people are judged again at once when accounts change; more are left to a job.
	fewPeople = 100
	// namesAtOnce is how many names that leads gave are compared with those of changed accounts in one transaction.
	namesAtOnce = 5000
	// everybody is the job that judges everybody.
	everybody = "everybody"
	// longestSleep is how long a process does not look for jobs that others planned, in real time.
	longestSleep = 30 * time.Second
)

// plan stores a job and wakes who does jobs.
func (s *Service) plan(ctx context.Context, tx *sqldb.Tx, id string, scope store.Scope, now time.Time) error {
	s.nudge(tx)
	return store.Plan(ctx, tx, id, scope, now)
}

// nudge wakes who does jobs once a transaction is over.
func (s *Service) nudge(tx *sqldb.Tx) { tx.AfterCommit(s.planned.Ring) }

// reconsider judges the people of a scope again: at once if they are few, by a job if they are many. The natural key tells
// the job from others.
func (s *Service) reconsider(ctx context.Context, tx *sqldb.Tx, scope store.Scope, natural string, now time.Time) error {
	ids, err := store.Concerned(ctx, tx, scope, "", fewPeople+1)
	switch {
	case err != nil:
		return err
	case len(ids) > fewPeople:
		return s.plan(ctx, tx, s.cfg.IDs.New(now, "job", natural), scope, now)
	case len(ids) == 0:
		return nil
	}
	return s.judge(ctx, tx, ids, scope, now)
}

// judge judges people again.
func (s *Service) judge(ctx context.Context, tx *sqldb.Tx, ids []string, scope store.Scope, now time.Time) error {
	d, err := s.desk(ctx, tx, now)
	if err != nil {
		return err
	}
	if err := d.open(ctx, ids); err != nil {
		return err
	}
	cause := dossier.PersonChanged
	if scope.Match {
		cause = dossier.AccountsChanged
	}
	people := d.all()
	if err := d.settle(ctx, people, cause); err != nil {
		return err
	}
	return d.save(ctx, people)
}

// NextDue is when the next piece of a job is due, an account is to be looked at, or a model to be learnt; ok is false when
// there is nothing to do.
func (s *Service) NextDue(ctx context.Context) (at time.Time, ok bool, err error) {
	at, ok, err = s.nextWork(ctx)
	if err != nil {
		return at, ok, err
	}
	lesson, asked, err := s.nextLesson(ctx)
	if asked && (!ok || lesson.Before(at)) {
		at = lesson
	}
	return at, ok || asked, err
}

// nextWork is when the next piece of a job is due, or an account is to be looked at.
func (s *Service) nextWork(ctx context.Context) (at time.Time, ok bool, err error) {
	job, planned, err := store.NextJob(ctx, s.cfg.DB)
	if err != nil {
		return time.Time{}, false, err
	}
	at, ok, err = store.NextMomentum(ctx, s.cfg.DB)
	if planned && (!ok || job.Before(at)) {
		at = job
	}
	return at, ok || planned, err
}

// Fire does what is due: work, and without any it learns a model.
func (s *Service) Fire(ctx context.Context) error {
	at, due, err := s.nextWork(ctx)
	switch {
	case err != nil:
		return err
	case due && !at.After(s.cfg.Now()):
		return s.work(ctx)
	}
	_, err = s.learn(ctx)
	return err
}

// work does the next piece of the first job that is due; without one it looks at accounts whose time has come.
func (s *Service) work(ctx context.Context) error {
	now := s.cfg.Now()
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		job, err := store.LockJob(ctx, tx, now)
		if errors.Is(err, store.ErrNotFound) {
			return s.lookAtDue(ctx, tx, now)
		}
		if err != nil {
			return err
		}
		if job.Scope.Waiting != nil && job.Scope.Waiting.Account != "" {
			return s.collectMoreFor(ctx, tx, job, now)
		}
		if job.Scope.Waiting != nil {
			return s.collectMore(ctx, tx, job, now)
		}
		if job.Scope.Similar != nil {
			return s.reconsiderNamed(ctx, tx, job, now)
		}
		ids, err := store.Concerned(ctx, tx, job.Scope, job.After, piece)
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			if err := s.judge(ctx, tx, ids, job.Scope, now); err != nil {
				return err
			}
		}
		if len(ids) < piece {
			return store.Finish(ctx, tx, job.ID)
		}
		return store.Proceed(ctx, tx, job.ID, ids[len(ids)-1])
	})
}

// reconsiderNamed goes on with the names of companies that leads gave: the leads of those that are like a changed account's
// are judged again.
func (s *Service) reconsiderNamed(ctx context.Context, tx *sqldb.Tx, job *store.Job, now time.Time) error {
	given, err := store.Companies(ctx, tx, job.After, namesAtOnce)
	if err != nil {
		return err
	}
	changed := alike.New()
	changed.Add(job.Scope.Similar...)
	concerned, _ := split(given, func(name string) bool {
		return slices.ContainsFunc(changed.Find(name), changed.Has)
	})
	if len(concerned) > 0 {
		natural := fmt.Sprintf("similar/%s/%s", job.ID, job.After)
		if err := s.reconsider(ctx, tx, store.Scope{Names: concerned, Match: true}, natural, now); err != nil {
			return err
		}
	}
	if len(given) < namesAtOnce {
		return store.Finish(ctx, tx, job.ID)
	}
	return store.Proceed(ctx, tx, job.ID, given[len(given)-1])
}

// collectMore takes in more of what waited under a key, and plans itself again while there is more.
func (s *Service) collectMore(ctx context.Context, tx *sqldb.Tx, job *store.Job, now time.Time) error {
	if err := store.Finish(ctx, tx, job.ID); err != nil {
		return err
	}
	d, err := s.desk(ctx, tx, now)
	if err != nil {
		return err
	}
	if err := d.open(ctx, []string{job.Scope.Waiting.Lead}); err != nil {
		return err
	}
	if err := d.collect(ctx, job.Scope.Waiting.Key, job.Scope.Waiting.Lead); err != nil {
		return err
	}
	return d.finish(ctx)
}

// runJobs does jobs as they come due, and looks at accounts, until the context ends.
func (s *Service) runJobs(ctx context.Context) error {
	for ctx.Err() == nil {
		rest, err := s.workDue(ctx)
		if err != nil && ctx.Err() == nil {
			s.cfg.Logger.WarnContext(ctx, "people and accounts are not looked at again now", slog.String("cause", err.Error()))
		}
		if rest > 0 {
			s.sleep(ctx, s.planned, rest)
		}
	}
	return nil
}

// workDue does what is due, and says for how long there is nothing to do.
func (s *Service) workDue(ctx context.Context) (time.Duration, error) {
	at, due, err := s.nextWork(ctx)
	if err != nil || !due {
		return aWhile(), err
	}
	if wait := at.Sub(s.cfg.Now()); wait > 0 {
		if s.cfg.Test { // its clock stands still
			return aWhile(), nil
		}
		return min(aWhile(), wait), nil
	}
	if err := s.work(ctx); err != nil {
		return aWhile(), err
	}
	return 0, nil
}

// aWhile is how long to wait at most, a little different each time.
func aWhile() time.Duration { return longestSleep/2 + rand.N(longestSleep/2) }

// sleep waits for work, and not for ever: another replica may have planned some.
func (s *Service) sleep(ctx context.Context, work <-chan struct{}, longest time.Duration) {
	timer := time.NewTimer(longest)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-work:
	}
}
