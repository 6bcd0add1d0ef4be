package store

import (
	"context"
	"slices"

	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
)

// Line is a part of the holding queue: the held handoffs of some pools, and those that wait for some owners, each with those
// who are asked last. What waits in a queue that people pick from is in no line.
type Line struct {
	Pools, Owners []string
	// DueBy leaves out what no timer wants looked at by then; 0 asks for all.
	DueBy int64
	// After is the last handoff of this line that was seen; nil for none.
	After *Handoff
}

// Waiting reads the head of a line, by tier, time of the MQL and id, and keeps other writers off it.
func Waiting(ctx context.Context, tx *sqldb.Tx, l Line, limit int) ([]*Handoff, error) {
	c := l.conditions()
	if l.DueBy > 0 {
		c.and(`due_at > 0 AND due_at <= ?`, l.DueBy)
	}
	if l.After != nil {
		c.and(`(rank, mql_at, id) > (?, ?, ?)`, l.After.Rank, l.After.MQLAt, l.After.ID)
	}
	return all[Handoff](tx.Query(ctx, selectHandoff+c.where()+` ORDER BY rank, mql_at, id LIMIT `+c.value(limit)+tx.Dialect().ForUpdate(), c.args...))
}

// Wake asks for a line to be looked at as of an instant.
func Wake(ctx context.Context, tx *sqldb.Tx, l Line, at int64) error {
	c := l.conditions()
	_, err := tx.Exec(ctx, `UPDATE handoff SET due_at = `+c.value(at)+` `+c.where(), c.args...)
	return err
}

// PutOff has what of a line is due by an instant wait until another.
func PutOff(ctx context.Context, tx *sqldb.Tx, l Line, due, until int64) error {
	c := l.conditions()
	c.and(`due_at > 0 AND due_at <= ?`, due)
	_, err := tx.Exec(ctx, `UPDATE handoff SET due_at = `+c.value(until)+` `+c.where(), c.args...)
	return err
}

// WakeAll asks for every line to be looked at as of an instant. What stands in none, because there is nobody who could be
// asked, is left alone: no look could place it.
func WakeAll(ctx context.Context, tx *sqldb.Tx, at int64) error {
	_, err := tx.Exec(ctx, `UPDATE handoff SET due_at = $1 WHERE state = 1 AND (home <> '' OR owner <> '' OR fallback <> '')`, at)
	return err
}

// conditions are those of being in the line. The state is written out for the sake of the partial indexes.
func (l Line) conditions() *conditions {
	c := &conditions{}
	c.and(`state = 1`)
	c.and(`(home IN (` + c.list(l.Pools) + `) OR owner IN (` + c.list(l.Owners) + `) OR fallback IN (` + c.list(l.fallbacks()) + `))`)
	return c
}

// fallbacks are the line's pools and reps as those who are asked last are named.
func (l Line) fallbacks() []string {
	var names []string
	for _, pool := range l.Pools {
		names = append(names, ident.Name("pools", pool))
	}
	for _, rep := range l.Owners {
		names = append(names, ident.Name("reps", rep))
	}
	return names
}

// Due reads the line of the first handoffs that a timer wants looked at by an instant.
func Due(ctx context.Context, q sqldb.Querier, at int64, limit int) (l Line, err error) {
	for row, err := range q.Query(ctx, `SELECT DISTINCT home, owner, fallback FROM (SELECT home, owner, fallback FROM handoff
		WHERE due_at > 0 AND due_at <= $1 ORDER BY rank, mql_at, id LIMIT $2) AS head`, at, limit) {
		if err != nil {
			return Line{}, err
		}
		var pool, owner, fallback string
		if err := row.Scan(&pool, &owner, &fallback); err != nil {
			return Line{}, err
		}
		l.Pools = addNames(l.Pools, pool, ident.ID(fallback, "pools"))
		l.Owners = addNames(l.Owners, owner, ident.ID(fallback, "reps"))
	}
	return l, nil
}

// addNames adds names that are not there yet. An empty one names nothing.
func addNames(names []string, more ...string) []string {
	for _, name := range more {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// NextDue is the earliest instant at which a timer wants to look at a held handoff or at a rep; 0 if there is none.
func NextDue(ctx context.Context, q sqldb.Querier) (int64, error) {
	var at *int64
	err := q.QueryRow(ctx, `SELECT MIN(due_at) FROM (SELECT MIN(due_at) AS due_at FROM handoff WHERE due_at > 0
		UNION ALL SELECT MIN(due_at) FROM attendance) AS first`).Scan(&at)
	if err != nil || at == nil {
		return 0, err
	}
	return *at, nil
}

// HeldCounts counts the handoffs that wait in each pool. A pool without any is left out.
func HeldCounts(ctx context.Context, q sqldb.Querier) (map[string]int64, error) {
	return counts(q.Query(ctx, `SELECT home, COUNT(*) FROM handoff WHERE state = 1 AND home <> '' GROUP BY home`))
}

// HeldCount is how many handoffs wait in a pool, in a queue that people pick from, or in neither, for one reason.
type HeldCount struct {
	Pool, Queue string
	Reason      dispatch.Reason
	Handoffs    int64
}

func (h *HeldCount) fields() []any { return []any{&h.Pool, &h.Queue, &h.Reason, &h.Handoffs} }

// Held counts all that wait.
func Held(ctx context.Context, q sqldb.Querier) ([]HeldCount, error) {
	rows, err := all[HeldCount](q.Query(ctx, `SELECT home, queue, hold_reason, COUNT(*) FROM handoff WHERE state = 1
		GROUP BY home, queue, hold_reason`))
	held := make([]HeldCount, len(rows))
	for i, row := range rows {
		held[i] = *row
	}
	return held, err
}

func counts(rows func(yield func(sqldb.Row, error) bool)) (map[string]int64, error) {
	byName := map[string]int64{}
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		var name string
		var n int64
		if err := row.Scan(&name, &n); err != nil {
			return nil, err
		}
		byName[name] += n
	}
	return byName, nil
}

// AnyWaiting says whether a line is not empty.
func AnyWaiting(ctx context.Context, q sqldb.Querier, l Line) (bool, error) {
	c := l.conditions()
	var found int64
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT id FROM handoff `+c.where()+` LIMIT 1) AS head`, c.args...).Scan(&found)
	return found > 0, err
}
