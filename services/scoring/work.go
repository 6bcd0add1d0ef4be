package scoring

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/alike"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/sift"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// work does what has waited longest: the next piece of a job, or a look at accounts whose time has come. A job that is not
// done waits for its next turn behind everything that waits already, so that neither a job without end nor accounts that are
// due all the time keep the others from their turn.
func (s *Service) work(ctx context.Context, next errand) error {
	if next.job {
		return s.workOn(ctx, s.cfg.Now())
	}
	return s.lookAtDue(ctx, s.cfg.Now())
}

// workOn does the next piece of the first job that is due. If that fails, the others go on.
func (s *Service) workOn(ctx context.Context, now time.Time) error {
	var job *store.Job
	var ids []string
	err := s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		ids = nil
		if job, err = store.LockJob(ctx, tx, now); err != nil {
			return err
		}
		if job.Scope.Similar != nil || job.Scope.Waiting != nil {
			return s.follow(ctx, tx, job, now)
		}
		if ids, err = turn(ctx, tx, job); err != nil {
			return err
		}
		if err := s.treat(ctx, tx, job.Scope, ids, now); err != nil {
			return err
		}
		return proceed(ctx, tx, job, ids, perTurn(job.Scope), now)
	})
	switch {
	case errors.Is(err, store.ErrNotFound): // somebody else was first
		return nil
	case err == nil || job == nil || passing(ctx, err):
		return err
	case len(ids) == 0 || len(job.Scope.Leads) > 0:
		return s.putOff(ctx, job, now, err)
	}
	return s.spare(ctx, job, ids, now)
}

// turn are the people, or accounts, whose turn it is in a job.
func turn(ctx context.Context, tx *sqldb.Tx, job *store.Job) (ids []string, err error) {
	if most := int64(perTurn(job.Scope)); job.Scope.Momenta {
		ids, err = store.Heard(ctx, tx, job.Course.After, most)
	} else {
		ids, err = store.Concerned(ctx, tx, job.Scope, job.Course.After, most)
	}
	return job.Course.Left(ids), err
}

// treat does for people, or accounts, what a job is for.
func (s *Service) treat(ctx context.Context, tx *sqldb.Tx, scope store.Scope, ids []string, now time.Time) error {
	switch {
	case len(ids) == 0:
		return nil
	case scope.Momenta:
		return s.look(ctx, tx, ids, nil, now)
	default:
		return s.judge(ctx, tx, ids, scope, now)
	}
}

// proceed notes what of a job is done, or that all of it is. Of a round that goes on as many are done as one turn takes.
func proceed(ctx context.Context, tx *sqldb.Tx, job *store.Job, done []string, most int, now time.Time) error {
	to, over := job.Course.Next(done, len(done) < most)
	if over {
		return store.Finish(ctx, tx, job.ID)
	}
	return store.Proceed(ctx, tx, job.ID, to, now)
}

// perTurn is how many people, or accounts, have their turn in one transaction.
func perTurn(scope store.Scope) int {
	if scope.Momenta {
		return fewAccounts
	}
	return piece
}

// passing reports whether an error says nothing about what was to be done: the same may succeed in a moment.
func passing(ctx context.Context, err error) bool {
	return ctx.Err() != nil || sqldb.IsUnavailable(err) || sqldb.IsSerialization(err)
}

// spare does a piece that failed as a whole in parts, so that whoever cannot be treated keeps nobody else from it. They wait
// by themselves.
func (s *Service) spare(ctx context.Context, job *store.Job, ids []string, now time.Time) error {
	err := s.halve(ctx, ids, func(ctx context.Context, tx *sqldb.Tx, ids []string) error {
		return s.treat(ctx, tx, job.Scope, ids, now)
	}, func(id string, cause error) error { return s.setAside(ctx, job.Scope, id, now, cause) })
	if err != nil {
		return err
	}
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		held, err := store.LockJobOf(ctx, tx, job.ID)
		switch {
		case errors.Is(err, store.ErrNotFound): // somebody else did it meanwhile
			return nil
		case err != nil || held.Course.After != job.Course.After:
			return err
		case held.Asked == job.Asked:
			return proceed(ctx, tx, job, ids, perTurn(job.Scope), now)
		}
		to, _ := job.Course.Next(ids, len(ids) < perTurn(job.Scope))
		return store.Proceed(ctx, tx, job.ID, to.Again(), now) // it was asked for again meanwhile
	})
}

// halve does something for ids in one transaction, and if that fails, for the one half and for the other. Of one for which it
// fails alone aside is told.
func (s *Service) halve(ctx context.Context, ids []string, do func(ctx context.Context, tx *sqldb.Tx, ids []string) error, aside func(id string, cause error) error) error {
	err := s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return do(ctx, tx, slices.Clone(ids)) })
	switch {
	case err == nil || passing(ctx, err):
		return err
	case len(ids) == 1:
		return aside(ids[0], err)
	}
	half := len(ids) / 2
	if err := s.halve(ctx, ids[:half], do, aside); err != nil {
		return err
	}
	return s.halve(ctx, ids[half:], do, aside)
}

// setAside has somebody who could not be treated wait for a job of their own, which is put off longer each time.
func (s *Service) setAside(ctx context.Context, scope store.Scope, id string, now time.Time, cause error) error {
	if scope.Momenta {
		return s.putOffLook(ctx, id, now, cause)
	}
	alone, until := map[string]store.Scope{fmt.Sprintf("alone/%s/%t", id, scope.Match): {Leads: []string{id}, Match: scope.Match}}, now.Add(record.Pause(0))
	s.cfg.Logger.WarnContext(ctx, "a lead cannot be judged and is tried again later", slog.String("lead", leadName(id)),
		slog.Time("again_at", until), slog.String("cause", cause.Error()))
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		s.nudge(tx)
		return store.Plan(ctx, tx, alone, until)
	})
}

// putOff has a job that cannot go on wait, longer each time.
func (s *Service) putOff(ctx context.Context, job *store.Job, now time.Time, cause error) error {
	until := now.Add(record.Pause(job.Failures + 1))
	s.cfg.Logger.WarnContext(ctx, "a job cannot go on and is tried again later", slog.String("job", job.ID), slog.Int64("failures", job.Failures+1),
		slog.Time("again_at", until), slog.String("cause", cause.Error()))
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return store.PutOff(ctx, tx, job, until)
	})
}

// follow does the next piece of a job that is not about people in the order of their ids.
func (s *Service) follow(ctx context.Context, tx *sqldb.Tx, job *store.Job, now time.Time) error {
	switch {
	case job.Scope.Similar != nil:
		return s.reconsiderNamed(ctx, tx, job, now)
	case job.Scope.Waiting.Account != "":
		return s.collectMoreFor(ctx, tx, job, now)
	default:
		return s.collectMore(ctx, tx, job, now)
	}
}

// reconsiderNamed goes on with the names of companies that leads gave: the leads of those that are like a changed account's
// are judged again.
func (s *Service) reconsiderNamed(ctx context.Context, tx *sqldb.Tx, job *store.Job, now time.Time) error {
	given, err := store.Companies(ctx, tx, job.Course.After, namesAtOnce)
	if err != nil {
		return err
	}
	changed := alike.New()
	changed.Add(job.Scope.Similar...)
	concerned, _ := sift.Split(given, func(name string) bool {
		return slices.ContainsFunc(changed.Find(name), changed.Has)
	})
	if len(concerned) > 0 {
		natural := fmt.Sprintf("similar/%s/%s", job.ID, job.Course.After)
		if err := s.reconsider(ctx, tx, store.Scope{Names: concerned, Match: true}, natural, now); err != nil {
			return err
		}
	}
	return proceed(ctx, tx, job, given, namesAtOnce, now)
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
