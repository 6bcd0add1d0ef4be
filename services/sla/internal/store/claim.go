package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/soon"
)

// Soon gives the handoffs whose clocks must be looked at by an instant, the soonest first.
func Soon(ctx context.Context, q sqldb.Querier, until time.Time, limit int) ([]soon.Entry, error) {
	var found []soon.Entry
	for row, err := range q.Query(ctx, `SELECT next_at, handoff FROM clock WHERE next_at <= $1 ORDER BY next_at, handoff LIMIT $2`,
		until.UnixMicro(), int64(limit)) {
		if err != nil {
			return nil, fmt.Errorf("read clocks that are due soon: %w", err)
		}
		var e soon.Entry
		if err := row.Scan(&e.At, &e.Handoff); err != nil {
			return nil, fmt.Errorf("read clock that is due soon: %w", err)
		}
		found = append(found, e)
	}
	return found, nil
}

// Claim locks handoffs whose clocks are due by an instant, but for busy ones, which somebody else has locked. What was read of a
// handoff before is taken for known if nothing has changed since. Of the others those are locked and read that still have
// something due.
func Claim(ctx context.Context, tx *sqldb.Tx, ids []string, known map[string]*Handoff, due time.Time,
) (claimed map[string]*Handoff, busy []string, err error) {
	versions, err := lockFree(ctx, tx, slices.Sorted(maps.Keys(known)))
	if err != nil {
		return nil, nil, err
	}
	claimed = make(map[string]*Handoff, len(ids))
	for id, version := range versions {
		if h := known[id]; h.Version == version {
			claimed[id] = h
		}
	}
	rest := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return claimed[id] != nil })
	if len(rest) == 0 {
		return claimed, nil, nil
	}
	busy, err = claimDue(ctx, tx, rest, due, claimed)
	return claimed, busy, err
}

// claimDue locks and reads those of some handoffs that have a clock which is due by an instant, but for busy ones.
func claimDue(ctx context.Context, tx *sqldb.Tx, ids []string, due time.Time, into map[string]*Handoff) (busy []string, err error) {
	still, err := stillDue(ctx, tx, ids, due)
	if err != nil || len(still) == 0 {
		return nil, err
	}
	versions, err := lockFree(ctx, tx, still)
	if err != nil || len(versions) == 0 {
		return still, err
	}
	busy = slices.DeleteFunc(still, func(id string) bool { _, free := versions[id]; return free })
	read, err := Get(ctx, tx, slices.Sorted(maps.Keys(versions))...)
	maps.Copy(into, read)
	return busy, err
}

// lockFree locks those of some handoffs that nobody else has locked, and gives their versions.
func lockFree(ctx context.Context, tx *sqldb.Tx, ids []string) (map[string]int64, error) {
	versions := make(map[string]int64, len(ids))
	if len(ids) == 0 {
		return versions, nil
	}
	list, args := sqldb.In(1, ids)
	for row, err := range tx.Query(ctx, `SELECT id, version FROM handoff WHERE id IN (`+list+`) ORDER BY id`+tx.Dialect().ForUpdateFree(), args...) {
		if err != nil {
			return nil, fmt.Errorf("claim handoffs: %w", err)
		}
		var id string
		var version int64
		if err := row.Scan(&id, &version); err != nil {
			return nil, fmt.Errorf("claim handoff: %w", err)
		}
		versions[id] = version
	}
	return versions, nil
}

// stillDue gives those of some handoffs that have a clock which is due by an instant.
func stillDue(ctx context.Context, tx *sqldb.Tx, ids []string, due time.Time) ([]string, error) {
	list, args := sqldb.In(1, ids)
	var still []string
	for row, err := range tx.Query(ctx, fmt.Sprintf(`SELECT DISTINCT handoff FROM clock WHERE handoff IN (%s) AND next_at <= $%d`, list, len(args)+1),
		append(args, due.UnixMicro())...) {
		if err != nil {
			return nil, fmt.Errorf("read what is still due: %w", err)
		}
		var id string
		if err := row.Scan(&id); err != nil {
			return nil, fmt.Errorf("read what is still due: %w", err)
		}
		still = append(still, id)
	}
	return still, nil
}
