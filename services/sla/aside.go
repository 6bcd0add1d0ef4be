package sla

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// stuckFor is how long clocks that cannot be worked out wait until they are tried again.
const stuckFor = time.Minute

// errTried undoes what was only tried.
var errTried = errors.New("only tried")

// setAside has the handoffs of a batch wait whose clocks cannot be settled, and gives them. If each of them can be by
// itself, the batch failed for another reason, which is given back.
func (s *Service) setAside(ctx context.Context, ids []string, o occasion, cause error) (bad []string, err error) {
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		err := s.try(ctx, id, o)
		if err == nil {
			continue
		}
		if passing(ctx, err) {
			return nil, err
		}
		if err := s.putOff(ctx, id, o.now, err); err != nil {
			return nil, err
		}
		bad = append(bad, id)
	}
	if len(bad) == 0 {
		return nil, cause
	}
	return bad, nil
}

// try settles a handoff and undoes that.
func (s *Service) try(ctx context.Context, id string, o occasion) error {
	err := s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := s.settleAll(ctx, tx, []string{id}, o); err != nil {
			return err
		}
		if err := tx.Flush(ctx); err != nil {
			return err
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		return nil
	}
	return err
}

// putOff has the clocks of a handoff wait that cannot be worked out.
func (s *Service) putOff(ctx context.Context, id string, now time.Time, cause error) error {
	s.meters.stuck.Add(ctx, 1)
	s.cfg.Logger.ErrorContext(ctx, "clocks of a handoff cannot be worked out, and wait", slog.String("handoff", handoffName(id)),
		slog.String("cause", cause.Error()))
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return store.PutOff(ctx, tx, id, now, now.Add(stuckFor))
	})
}

// passing reports whether an error says nothing about what was to be done: the same may succeed in a moment.
func passing(ctx context.Context, err error) bool {
	return ctx.Err() != nil || sqldb.IsUnavailable(err) || sqldb.IsSerialization(err)
}
