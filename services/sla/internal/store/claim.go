package store

import (
	"context"
	"fmt"
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

// Claim locks handoffs whose clocks are due by an instant, but for those that somebody else has locked: free are those that it
// has locked. It gives those of them that have something due. What was read of a handoff before is taken for known if nothing
// has changed since; otherwise it is read.
func Claim(ctx context.Context, tx *sqldb.Tx, ids []string, known map[string]*Handoff, due time.Time,
) (claimed map[string]*Handoff, free map[string]bool, err error) {
	list, args := sqldb.In(1, ids)
	claimed, free = make(map[string]*Handoff, len(ids)), make(map[string]bool, len(ids))
	var changed []string
	for row, err := range tx.Query(ctx, `SELECT id, version FROM handoff WHERE id IN (`+list+`) ORDER BY id`+tx.Dialect().ForUpdateFree(), args...) {
		if err != nil {
			return nil, nil, fmt.Errorf("claim handoffs: %w", err)
		}
		var id string
		var version int64
		if err := row.Scan(&id, &version); err != nil {
			return nil, nil, fmt.Errorf("claim handoff: %w", err)
		}
		free[id] = true
		if h := known[id]; h != nil && h.Version == version {
			claimed[id] = h
		} else {
			changed = append(changed, id)
		}
	}
	return claimed, free, readDue(ctx, tx, changed, due, claimed)
}

// readDue reads those of some locked handoffs that have a clock which is due by an instant.
func readDue(ctx context.Context, tx *sqldb.Tx, ids []string, due time.Time, into map[string]*Handoff) error {
	if len(ids) == 0 {
		return nil
	}
	list, args := sqldb.In(1, ids)
	var still []string
	for row, err := range tx.Query(ctx, fmt.Sprintf(`SELECT DISTINCT handoff FROM clock WHERE handoff IN (%s) AND next_at <= $%d`, list, len(args)+1),
		append(args, due.UnixMicro())...) {
		if err != nil {
			return fmt.Errorf("read what is still due: %w", err)
		}
		var id string
		if err := row.Scan(&id); err != nil {
			return fmt.Errorf("read what is still due: %w", err)
		}
		still = append(still, id)
	}
	if len(still) == 0 {
		return nil
	}
	read, err := Get(ctx, tx, still...)
	for id, h := range read {
		into[id] = h
	}
	return err
}
