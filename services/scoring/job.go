package scoring

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

const (
	// piece is how many people a job judges in one transaction.
	piece = 500
	// fewPeople is how many people are judged again at once when accounts change; more are left to a job.
	fewPeople = 100
	// everybody is the job that judges everybody.
	everybody = "everybody"
	// longestSleep is how long a process does not look for jobs that others planned, in real time.
	longestSleep = 30 * time.Second
)

// plan stores a job and wakes who does jobs.
func (s *Service) plan(ctx context.Context, tx *sqldb.Tx, id string, scope store.Scope, now time.Time) error {
	tx.AfterCommit(func() { wake(s.planned) })
	return store.Plan(ctx, tx, id, scope, now)
}

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

// NextDue is when the next piece of a job is due, or a model; ok is false when there is none.
func (s *Service) NextDue(ctx context.Context) (at time.Time, ok bool, err error) {
	at, ok, err = store.NextJob(ctx, s.cfg.DB)
	if err != nil || ok {
		return at, ok, err
	}
	return s.nextLesson(ctx)
}

// Fire does the next piece of the first job that is due; when there is none it learns a model.
func (s *Service) Fire(ctx context.Context) error {
	if at, ok, err := store.NextJob(ctx, s.cfg.DB); err != nil || ok && !at.After(s.cfg.Now()) {
		if err != nil {
			return err
		}
		return s.work(ctx)
	}
	_, err := s.learn(ctx)
	return err
}

// work does the next piece of the first job that is due.
func (s *Service) work(ctx context.Context) error {
	now := s.cfg.Now()
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		job, err := store.LockJob(ctx, tx, now)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if job.Scope.Waiting != nil {
			return s.collectMore(ctx, tx, job, now)
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

// runJobs does jobs as they come due until the context ends.
func (s *Service) runJobs(ctx context.Context) error {
	for ctx.Err() == nil {
		at, due, err := store.NextJob(ctx, s.cfg.DB)
		if err == nil && due && !at.After(s.cfg.Now()) {
			err = s.work(ctx)
		} else {
			due = false
		}
		if err != nil && ctx.Err() == nil {
			s.cfg.Logger.WarnContext(ctx, "people are not judged again now", slog.String("cause", err.Error()))
		}
		if due && err == nil {
			continue
		}
		s.sleep(ctx, s.planned)
	}
	return nil
}

// sleep waits for work, and not for ever: another replica may have planned some.
func (s *Service) sleep(ctx context.Context, work <-chan struct{}) {
	timer := time.NewTimer(longestSleep/2 + rand.N(longestSleep/2))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-work:
	}
}
