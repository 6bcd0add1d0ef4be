package routing

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// NextDue is the earliest instant at which a rep comes or goes, or a held handoff wants to be looked at.
func (s *Service) NextDue(ctx context.Context) (time.Time, bool, error) {
	at, err := store.NextDue(ctx, s.cfg.DB)
	return store.Instant(at), at > 0, err
}

// Fire goes the round of every rep who came or went, and looks at every held handoff whose time has come. A line that cannot
// be looked at waits by itself, and keeps none of the others from being served; so does a rep.
func (s *Service) Fire(ctx context.Context) error {
	ctx, now := auth.WithActor(ctx, auth.Service(eventlog.Routing)), s.cfg.Now()
	if err := s.attendDue(ctx, now); err != nil {
		return err
	}
	for {
		seen, err := s.lookAtDue(ctx, now)
		if err != nil && !passing(ctx, err) {
			seen, err = lookAtMost, s.lookApart(ctx, now)
		}
		if err != nil || seen < lookAtMost {
			return err
		}
	}
}

// lookAtDue looks at the first held handoffs whose time has come, and says how many there were.
func (s *Service) lookAtDue(ctx context.Context, now time.Time) (seen int, err error) {
	err = s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		w := s.begin(tx, now)
		if seen, err = w.lookAtDue(ctx); err != nil {
			return err
		}
		return w.save(ctx)
	})
	return seen, err
}

// lookApart looks at the same, each line in a transaction of its own.
func (s *Service) lookApart(ctx context.Context, now time.Time) error {
	due, err := store.Due(ctx, s.cfg.DB, now.UnixMicro(), lookAtMost)
	if err != nil {
		return err
	}
	var lines []store.Line
	for _, id := range due.Pools {
		lines = append(lines, store.Line{Pools: []string{id}})
	}
	for _, id := range due.Owners {
		lines = append(lines, store.Line{Owners: []string{id}})
	}
	for _, line := range lines {
		err := s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			w := s.begin(tx, now)
			if _, err := w.lookAt(ctx, line); err != nil {
				return err
			}
			return w.save(ctx)
		})
		if err == nil {
			continue
		}
		if passing(ctx, err) {
			return err
		}
		if err := s.putOff(ctx, line, now, err); err != nil {
			return err
		}
	}
	return nil
}

// stuckFor is how long what cannot be looked at waits until it is tried again.
const stuckFor = time.Minute

// putOff has a line that cannot be looked at wait.
func (s *Service) putOff(ctx context.Context, line store.Line, now time.Time, cause error) error {
	s.cfg.Logger.WarnContext(ctx, "a line of the holding queue cannot be looked at, and waits", slog.Any("pools", line.Pools),
		slog.Any("owners", line.Owners), slog.String("cause", cause.Error()))
	s.stuck.Add(ctx, 1)
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return store.PutOff(ctx, tx, line, now.UnixMicro(), now.Add(stuckFor).UnixMicro())
	})
}

// passing reports whether an error says nothing about what was to be done: the same may succeed in a moment.
func passing(ctx context.Context, err error) bool {
	return ctx.Err() != nil || sqldb.IsUnavailable(err) || sqldb.IsSerialization(err)
}

// attendDue goes the rounds that are due, each in a transaction of its own. The longest due is always the next, so that what
// happened is told in its order, by however many replicas.
func (s *Service) attendDue(ctx context.Context, now time.Time) error {
	for {
		a, err := store.DueAttendance(ctx, s.cfg.DB, now.UnixMicro())
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err = s.attendOne(ctx, a, now); err != nil && !passing(ctx, err) {
			err = s.putOffRound(ctx, a, now, err)
		}
		if err != nil {
			return err
		}
	}
}

// attendOne goes the round of a rep, unless somebody else did meanwhile.
func (s *Service) attendOne(ctx context.Context, a *store.Attendance, now time.Time) error {
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		w := s.begin(tx, now)
		if _, err := w.lockRep(ctx, a.Rep, ""); err != nil {
			return err
		}
		switch due, err := store.GetAttendance(ctx, tx, a.Rep); {
		case errors.Is(err, store.ErrNotFound):
			return nil
		case err != nil:
			return err
		case due.DueAt != a.DueAt:
			return nil
		}
		if err := w.attend(ctx, a.Rep, store.Instant(a.DueAt)); err != nil {
			return err
		}
		return w.save(ctx)
	})
}

// putOffRound has a rep whose round cannot be gone wait.
func (s *Service) putOffRound(ctx context.Context, a *store.Attendance, now time.Time, cause error) error {
	s.cfg.Logger.WarnContext(ctx, "what a rep's coming or going means cannot be done, and waits", slog.String("rep", a.Rep),
		slog.String("cause", cause.Error()))
	s.stuck.Add(ctx, 1)
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return store.PutAttendance(ctx, tx, a.Rep, now.Add(stuckFor).UnixMicro())
	})
}
