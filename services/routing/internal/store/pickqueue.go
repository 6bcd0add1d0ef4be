package store

import (
	"context"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
)

// PickQueue is a queue that people pick from, without its pools.
type PickQueue struct {
	ID, DisplayName                          string
	CreatedAt, UpdatedAt, RowVersion, Events int64
}

var pickQueueTable = table("queue", 1, `id text, display_name text, created_at int, updated_at int, row_version int, events int`)

func (q *PickQueue) fields() []any {
	return []any{&q.ID, &q.DisplayName, &q.CreatedAt, &q.UpdatedAt, &q.RowVersion, &q.Events}
}

var selectPickQueue = `SELECT ` + columns(pickQueueTable) + ` FROM queue `

// GetPickQueue reads a queue.
func GetPickQueue(ctx context.Context, q sqldb.Querier, id string) (*PickQueue, error) {
	return one[PickQueue](q.QueryRow(ctx, selectPickQueue+`WHERE id = $1`, id))
}

// LockPickQueue reads a queue and keeps other writers off it.
func LockPickQueue(ctx context.Context, tx *sqldb.Tx, id string) (*PickQueue, error) {
	return one[PickQueue](tx.QueryRow(ctx, selectPickQueue+`WHERE id = $1`+tx.Dialect().ForUpdate(), id))
}

// ListPickQueues reads queues by id, after one.
func ListPickQueues(ctx context.Context, q sqldb.Querier, after string, limit int64) ([]*PickQueue, error) {
	return all[PickQueue](q.Query(ctx, selectPickQueue+`WHERE id > $1 ORDER BY id LIMIT $2`, after, limit))
}

// InsertPickQueue stores a new queue. It gives ErrIDTaken.
func InsertPickQueue(ctx context.Context, tx *sqldb.Tx, row *PickQueue) error {
	_, err := tx.InsertNow(ctx, &sqldb.Table{Name: pickQueueTable.Name, Columns: pickQueueTable.Columns}, row.fields())
	return taken(err)
}

// PutPickQueue stores a queue that was locked.
func PutPickQueue(ctx context.Context, tx *sqldb.Tx, row *PickQueue) error {
	return put(ctx, tx, pickQueueTable, []*PickQueue{row})
}

// picked is a pool whose members pick from a queue.
type picked struct{ queue, pool string }

var pickedTable = plain("queue_pool", `queue text, pool text`)

func (p *picked) fields() []any { return []any{&p.queue, &p.pool} }

// PoolsByQueue reads whose members pick from queues, each queue's pools in the order of their ids.
func PoolsByQueue(ctx context.Context, q sqldb.Querier, queues []string) (map[string][]string, error) {
	in, args := sqldb.In(1, queues)
	rows, err := all[picked](q.Query(ctx, `SELECT queue, pool FROM queue_pool WHERE queue IN (`+in+`) ORDER BY queue, pool`, args...))
	pools := make(map[string][]string, len(queues))
	for _, row := range rows {
		pools[row.queue] = append(pools[row.queue], row.pool)
	}
	return pools, err
}

// SetPools has the members of these pools, and of no others, pick from a locked queue.
func SetPools(ctx context.Context, tx *sqldb.Tx, queue string, pools []string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM queue_pool WHERE queue = $1`, queue); err != nil {
		return err
	}
	rows := make([]*picked, len(pools))
	for i, pool := range pools {
		rows[i] = &picked{queue, pool}
	}
	return put(ctx, tx, pickedTable, rows)
}

// QueuesOf are the ids of the queues that a rep may pick from.
func QueuesOf(ctx context.Context, q sqldb.Querier, rep string) ([]string, error) {
	return texts(q.Query(ctx, `SELECT DISTINCT q.queue FROM queue_pool q JOIN pool_member m ON m.pool = q.pool
		WHERE m.rep = $1 ORDER BY q.queue`, rep))
}

// QueuedCounts counts the handoffs that wait in each of some queues. A queue without any is left out.
func QueuedCounts(ctx context.Context, q sqldb.Querier, queues []string) (map[string]int64, error) {
	in, args := sqldb.In(1, queues)
	return counts(q.Query(ctx, `SELECT queue, COUNT(*) FROM handoff WHERE state = 1 AND queue IN (`+in+`) GROUP BY queue`, args...))
}

// HeldFilter says which held handoffs are listed. An empty field asks for nothing.
type HeldFilter struct {
	Pool, Queue, Partner string
	Reason               dispatch.Reason
	OnlyQueues           []string // of which alone the caller sees something
	After                *Handoff // the last one of the page before
}

// ListHeld reads held handoffs in the order in which they go: by tier, time of the MQL and id.
func ListHeld(ctx context.Context, q sqldb.Querier, f HeldFilter, limit int64) ([]*Handoff, error) {
	c := &conditions{}
	c.and(`state = 1`)
	for _, field := range []struct{ condition, value string }{{`home = ?`, f.Pool}, {`queue = ?`, f.Queue}, {`partner = ?`, f.Partner}} {
		if field.value != "" {
			c.and(field.condition, field.value)
		}
	}
	if f.Reason != 0 {
		c.and(`hold_reason = ?`, f.Reason)
	}
	if len(f.OnlyQueues) > 0 {
		c.and(`queue IN (` + c.list(f.OnlyQueues) + `)`)
	}
	if f.After != nil {
		c.and(`(rank, mql_at, id) > (?, ?, ?)`, f.After.Rank, f.After.MQLAt, f.After.ID)
	}
	return all[Handoff](q.Query(ctx, selectHandoff+c.where()+` ORDER BY rank, mql_at, id LIMIT `+c.value(limit), c.args...))
}
