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
//
// The job is read without a lock, and locked after everything else: a request that plans it holds people and accounts by
// then, and would wait for the piece while the piece waits for it.
func (s *Service) workOn(ctx context.Context, now time.Time) error {
	var st *stint
	err := s.inTurn(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		st = nil
		job, err := store.DueJob(ctx, tx, now)
		if job != nil {
			st = &stint{job: job}
			s.ripple(tx, now).stint = st
		}
		if err != nil {
			return err
		}
		return s.do(ctx, tx, st, now)
	})
	switch {
	case st == nil && errors.Is(err, store.ErrNotFound), errors.Is(err, errMoved): // somebody else was first
		return nil
	case err == nil || st == nil || passing(ctx, err):
		return err
	case len(st.done) == 0 || len(st.job.Scope.Leads) > 0:
		return s.putOff(ctx, st.job, now, err)
	}
	return s.spare(ctx, st, now)
}

// do does the next piece of a job.
func (s *Service) do(ctx context.Context, tx *sqldb.Tx, st *stint, now time.Time) error {
	switch scope := st.job.Scope; {
	case scope.Similar != nil:
		return s.reconsiderNamed(ctx, tx, st, now)
	case scope.Waiting != nil:
		return s.collectMore(ctx, tx, st, now)
	case scope.Heirs != nil:
		return s.handOverMore(ctx, tx, st, now)
	default:
		if err := st.take(ctx, tx); err != nil {
			return err
		}
		treated, err := s.treat(ctx, tx, scope, st.done, now)
		if err == nil && treated < len(st.done) {
			st.done, st.over = st.done[:treated], false
		}
		return err
	}
}

// take finds the people, or accounts, whose turn it is in a job.
func (st *stint) take(ctx context.Context, q sqldb.Querier) (err error) {
	job, most := st.job, piece
	var ids []string
	if job.Scope.Momenta {
		most = fewAccounts
		ids, err = store.Heard(ctx, q, job.Course.After, fewAccounts)
	} else {
		ids, err = store.Concerned(ctx, q, job.Scope, job.Course.After, piece)
	}
	st.done = job.Course.Left(ids)
	st.over = len(st.done) < most
	return err
}

// treat does for people, or accounts, what a job is for: for as many of the first of them as it says.
func (s *Service) treat(ctx context.Context, tx *sqldb.Tx, scope store.Scope, ids []string, now time.Time) (treated int, err error) {
	switch {
	case len(ids) == 0:
		return 0, nil
	case scope.Momenta:
		return len(ids), s.look(ctx, tx, ids, nil, now)
	default:
		return s.judge(ctx, tx, ids, scope, now)
	}
}

// passing reports whether an error says nothing about what was to be done: the same may succeed in a moment.
func passing(ctx context.Context, err error) bool {
	return ctx.Err() != nil || sqldb.IsUnavailable(err) || sqldb.IsSerialization(err)
}

// spare does a piece that failed as a whole in parts, so that whoever cannot be treated keeps nobody else from it. They wait
// by themselves.
func (s *Service) spare(ctx context.Context, st *stint, now time.Time) error {
	scope := st.job.Scope
	err := s.halve(ctx, st.done, func(ctx context.Context, tx *sqldb.Tx, ids []string) (int, error) {
		return s.treat(ctx, tx, scope, ids, now)
	}, func(id string, cause error) error { return s.setAside(ctx, scope, id, now, cause) })
	if err != nil {
		return err
	}
	err = s.inTurn(ctx, func(_ context.Context, tx *sqldb.Tx) error {
		s.ripple(tx, now).stint = st
		return nil
	})
	if errors.Is(err, errMoved) { // somebody else did it meanwhile
		return nil
	}
	return err
}

// halve does something for ids in one transaction, for as many of the first as that says, and then for the rest. If that fails, it
// does it for the one half and for the other. Of one for which it fails alone aside is told.
func (s *Service) halve(ctx context.Context, ids []string, do func(ctx context.Context, tx *sqldb.Tx, ids []string) (int, error), aside func(id string, cause error) error) error {
	var done int
	err := s.inTurn(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		done, err = do(ctx, tx, slices.Clone(ids))
		return err
	})
	switch {
	case err == nil && done < len(ids):
		return s.halve(ctx, ids[done:], do, aside)
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
	until := now.Add(record.Pause(0))
	s.cfg.Logger.WarnContext(ctx, "a lead cannot be judged and is tried again later", slog.String("lead", leadName(id)),
		slog.Time("again_at", until), slog.String("cause", cause.Error()))
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		s.nudge(tx)
		return store.SetAside(ctx, tx, fmt.Sprintf("alone/%s/%t", id, scope.Match), store.Scope{Leads: []string{id}, Match: scope.Match}, until)
	})
}

// putOff has a job that cannot go on wait, longer each time.
func (s *Service) putOff(ctx context.Context, job *store.Job, now time.Time, cause error) error {
	until := now.Add(record.Pause(job.Failures))
	s.cfg.Logger.WarnContext(ctx, "a job cannot go on and is tried again later", slog.String("job", job.ID), slog.Int64("failures", job.Failures+1),
		slog.Time("again_at", until), slog.String("cause", cause.Error()))
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return store.PutOff(ctx, tx, job, until)
	})
}

// reconsiderNamed goes on with the names of companies that leads gave: a job judges the leads of those again that are like a
// changed account's.
func (s *Service) reconsiderNamed(ctx context.Context, tx *sqldb.Tx, st *stint, now time.Time) error {
	job := st.job
	given, err := store.Companies(ctx, tx, job.Course.After, namesAtOnce)
	if err != nil {
		return err
	}
	given = job.Course.Left(given)
	changed := alike.New()
	changed.Add(job.Scope.Similar...)
	concerned, _ := sift.Split(given, func(name string) bool {
		return slices.ContainsFunc(changed.Find(name), changed.Has)
	})
	if len(concerned) > 0 {
		id := s.cfg.IDs.New(now, "job", fmt.Sprintf("similar/%s/%s", job.ID, job.Course.After))
		s.plan(tx, now, map[string]store.Scope{id: {Names: concerned, Match: true}})
	}
	st.done, st.over = given, len(given) < namesAtOnce
	return nil
}

// collectMore takes in more of what waited under a key.
func (s *Service) collectMore(ctx context.Context, tx *sqldb.Tx, st *stint, now time.Time) error {
	d, err := s.desk(ctx, tx, now)
	if err != nil {
		return err
	}
	collected, waiting := 0, st.job.Scope.Waiting
	if waiting.Account != "" {
		collected, err = d.inherit(ctx, waiting.Key, waiting.Account, maxCollected)
	} else if err = d.open(ctx, []string{waiting.Lead}); err == nil {
		collected, err = d.collect(ctx, waiting.Key, waiting.Lead)
	}
	if err != nil {
		return err
	}
	st.over = collected < maxCollected
	return d.finish(ctx)
}
