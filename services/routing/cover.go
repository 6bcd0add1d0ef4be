package routing

import (
	"context"
	"errors"
	"slices"
	"time"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/cover"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// whereabouts are where reps are at an instant, with everybody in the rows of their covers.
func whereabouts(ctx context.Context, q sqldb.Querier, reps []string, at time.Time) (map[string]cover.Rep, error) {
	found := make(map[string]cover.Rep, len(reps))
	for range cover.Most + 1 {
		rows, err := store.Whereabouts(ctx, q, reps, at.UnixMicro())
		if err != nil {
			return nil, err
		}
		next := names{}
		for id, r := range rows {
			found[id] = r
			next.add(r.Cover)
		}
		reps = slices.DeleteFunc(next.sorted(), func(id string) bool { _, known := found[id]; return known })
		if len(reps) == 0 {
			break
		}
	}
	return found, nil
}

// downstream are the reps whose row of covers runs through a rep at one of some instants, and the rep.
func downstream(ctx context.Context, q sqldb.Querier, rep string, at ...time.Time) ([]string, error) {
	all := names{rep: true}
	for _, at := range slices.CompactFunc(at, time.Time.Equal) {
		frontier := []string{rep}
		for range cover.Most {
			found, err := store.CoveredBy(ctx, q, frontier, at.UnixMicro())
			if err != nil {
				return nil, err
			}
			if frontier = found; len(found) == 0 {
				break
			}
			all.add(found...)
		}
	}
	return all.sorted(), nil
}

// covered are the reps for whom a rep stands in at an instant.
func covered(ctx context.Context, q sqldb.Querier, rep string, at time.Time) ([]string, error) {
	row, err := downstream(ctx, q, rep, at)
	if err != nil || len(row) == 1 {
		return nil, err
	}
	where, err := whereabouts(ctx, q, row, at)
	return slices.DeleteFunc(row, func(id string) bool { return cover.StandIn(id, where) != rep }), err
}

// lend lets a rep answer a handoff whose assignee they stand in for: one that is open, or closed while they did.
func (w *work) lend(ctx context.Context, p *passage, by string) error {
	assignee := p.row.Rep
	if assignee == "" || assignee == by || p.life.State == lifecycle.StateClosed && p.row.Cover != by {
		return nil
	}
	where, err := whereabouts(ctx, w.tx, []string{assignee}, w.now)
	if err == nil && cover.StandIn(assignee, where) == by {
		p.life.Cover = by
	}
	return err
}

// checkCover refuses a cover who does not exist, or with whom the rows of covers would not end or be too long. The gate keeps
// two such changes from passing each other.
func (w *work) checkCover(ctx context.Context, a *store.Absence) error {
	const field = "absence.cover"
	if a.Cover == "" {
		return nil
	}
	if _, err := store.GetRep(ctx, w.tx, a.Cover); err != nil {
		return dangling(err, field, repName(a.Cover))
	}
	if err := store.PassGate(ctx, w.tx); err != nil {
		return err
	}
	others, err := store.CoversWithin(ctx, w.tx, a.StartAt, a.EndAt, a.ID)
	if err != nil {
		return err
	}
	err = cover.Check(cover.Absence{Rep: a.Rep, Cover: a.Cover, Start: a.StartAt, End: a.EndAt}, others)
	switch {
	case errors.Is(err, cover.ErrCycle):
		f := fault.Field(field, "%v", err)
		f.Reason = errorsv1.ErrorReason_ERROR_REASON_CYCLE
		return f.With("field", field)
	case err != nil:
		return fault.Field(field, "%v", err)
	}
	return nil
}

// lockCovers locks whoever was named to stand in for reps who are asked by name, so that the desk can ask them in turn. As they
// are known only when the reps are locked, they come out of the order of locks; that is rare, and whoever meets another in
// crossed order is done again.
func (w *work) lockCovers(ctx context.Context, asked names) error {
	for range cover.Most {
		n := newNeed()
		for id := range asked {
			if r := w.desk.Rep(id); r != nil {
				n.reps.add(r.Cover)
			}
		}
		if len(n.reps) == 0 {
			return nil
		}
		asked = n.reps
		if err := w.lockReps(ctx, n); err != nil {
			return err
		}
		if err := w.readCalendars(ctx, n); err != nil {
			return err
		}
	}
	return nil
}
