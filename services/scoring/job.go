package scoring

import (
	"context"
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
	// namesAtOnce is how many names that leads gave are compared with those of changed accounts in one transaction.
	namesAtOnce = 5000
	// everybody is the job that judges everybody, and everyAccount the one that looks at every account.
	everybody    = "everybody"
	everyAccount = "every account"
	// longestSleep is how long a process does not look for jobs that others planned, in real time.
	longestSleep = 30 * time.Second
)

// nudge wakes who does jobs once a transaction is over.
func (s *Service) nudge(tx *sqldb.Tx) { tx.AfterCommit(s.planned.Ring) }

// reconsider judges the people of a scope again: at once if they are few, by a job if they are many, or if one of them cannot be
// judged, which must not be felt by whoever changes something else. The natural key tells the job from others.
func (s *Service) reconsider(ctx context.Context, tx *sqldb.Tx, scope store.Scope, natural string, now time.Time) error {
	ids, err := store.Concerned(ctx, tx, scope, "", fewPeople+1)
	if len(ids) == 0 || err != nil {
		return err
	}
	later := map[string]store.Scope{s.cfg.IDs.New(now, "job", natural): scope}
	if len(ids) > fewPeople {
		s.plan(tx, now, later)
		return nil
	}
	d, err := s.desk(ctx, tx, now)
	if err == nil {
		err = d.open(ctx, ids)
	}
	if err == nil {
		err = d.weigh(ctx, scope)
	}
	switch {
	case err == nil:
		return d.save(ctx, d.all())
	case passing(ctx, err):
		return err
	}
	s.cfg.Logger.WarnContext(ctx, "people cannot be judged at once and are left to a job", slog.String("cause", err.Error()))
	s.plan(tx, now, later)
	return nil
}

// judge judges as many of the first of some people again as nobody else holds, and says how many.
func (s *Service) judge(ctx context.Context, tx *sqldb.Tx, ids []string, scope store.Scope, now time.Time) (judged int, err error) {
	d, err := s.desk(ctx, tx, now)
	if err != nil {
		return 0, err
	}
	if judged, err = d.openFree(ctx, ids); err != nil {
		return 0, err
	}
	if err := d.weigh(ctx, scope); err != nil {
		return 0, err
	}
	return judged, d.save(ctx, d.all())
}

// weigh works out how the people that are open are judged, and writes nothing.
func (d *desk) weigh(ctx context.Context, scope store.Scope) error {
	cause := dossier.PersonChanged
	if scope.Match {
		cause = dossier.AccountsChanged
	}
	return d.settle(ctx, d.all(), cause)
}

// NextDue is when the next piece of a job is due, an account is to be looked at, or a model to be learnt; ok is false when
// there is nothing to do.
func (s *Service) NextDue(ctx context.Context) (at time.Time, ok bool, err error) {
	next, ok, err := s.nextWork(ctx)
	if err != nil {
		return at, ok, err
	}
	at = next.at
	lesson, asked, err := lessons{s}.NextDue(ctx)
	if asked && (!ok || lesson.Before(at)) {
		at = lesson
	}
	return at, ok || asked, err
}

// errand is what has waited longest, and when it is due: the next piece of a job, or a look at accounts.
type errand struct {
	at  time.Time
	job bool
}

// nextWork is what is to be done next; ok is false when there is nothing.
func (s *Service) nextWork(ctx context.Context) (next errand, ok bool, err error) {
	job, planned, err := store.NextJob(ctx, s.cfg.DB)
	if err != nil {
		return errand{}, false, err
	}
	account, due, err := store.NextMomentum(ctx, s.cfg.DB)
	if planned && (!due || !account.Before(job)) {
		return errand{at: job, job: true}, true, err
	}
	return errand{at: account}, due, err
}

// Fire does what is due: work, and without any it learns a model.
func (s *Service) Fire(ctx context.Context) error {
	next, due, err := s.nextWork(ctx)
	switch {
	case err != nil:
		return err
	case due && !next.at.After(s.cfg.Now()):
		return s.work(ctx, next)
	}
	return s.learn(ctx)
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
	next, due, err := s.nextWork(ctx)
	if err != nil || !due {
		return aWhile(), err
	}
	if wait := next.at.Sub(s.cfg.Now()); wait > 0 {
		if s.cfg.Test { // its clock stands still
			return aWhile(), nil
		}
		return min(aWhile(), wait), nil
	}
	if err := s.work(ctx, next); err != nil {
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
