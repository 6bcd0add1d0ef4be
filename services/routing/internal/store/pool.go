package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Pool is reps who share leads, without its members.
type Pool struct {
	ID, DisplayName                            string
	Mode                                       int64  // as in the API
	Overflow, Calendar                         string // ids; empty for none
	FairnessGroup                              string
	Book                                       string // the id of its ledger
	AccrueWhenCapped, FreeDeclines, OwnerTurns bool
	MaxDeficit                                 int64 // leads; 0 for no limit
	CreatedAt, UpdatedAt, RowVersion, Events   int64
}

var poolTable = table("pool", 1, `id text, display_name text, mode int, overflow text, calendar text, fairness_group text, book text, accrue_when_capped int,
	free_declines int, max_deficit int, owner_turns int, created_at int, updated_at int, row_version int, events int`)

func (p *Pool) fields() []any {
	return []any{&p.ID, &p.DisplayName, &p.Mode, &p.Overflow, &p.Calendar, &p.FairnessGroup, &p.Book, &p.AccrueWhenCapped,
		&p.FreeDeclines, &p.MaxDeficit, &p.OwnerTurns, &p.CreatedAt, &p.UpdatedAt, &p.RowVersion, &p.Events}
}

var selectPool = `SELECT ` + columns(poolTable) + ` FROM pool `

// GetPool reads a pool.
func GetPool(ctx context.Context, q sqldb.Querier, id string) (*Pool, error) {
	return one[Pool](q.QueryRow(ctx, selectPool+`WHERE id = $1`, id))
}

// Pools reads pools by id. Those that do not exist are left out.
func Pools(ctx context.Context, q sqldb.Querier, ids []string) ([]*Pool, error) {
	in, args := sqldb.In(1, ids)
	return all[Pool](q.Query(ctx, selectPool+`WHERE id IN (`+in+`) ORDER BY id`, args...))
}

// ListPools reads pools by id, after one.
func ListPools(ctx context.Context, q sqldb.Querier, after string, limit int64) ([]*Pool, error) {
	return all[Pool](q.Query(ctx, selectPool+`WHERE id > $1 ORDER BY id LIMIT $2`, after, limit))
}

// InsertPool stores a new pool. It gives ErrIDTaken.
func InsertPool(ctx context.Context, tx *sqldb.Tx, p *Pool) error {
	_, err := tx.InsertNow(ctx, &sqldb.Table{Name: poolTable.Name, Columns: poolTable.Columns}, p.fields())
	return taken(err)
}

// PutPools stores pools whose books are locked.
func PutPools(ctx context.Context, tx *sqldb.Tx, pools ...*Pool) error {
	return put(ctx, tx, poolTable, pools)
}

// PoolIDs are the ids of all pools, in order.
func PoolIDs(ctx context.Context, q sqldb.Querier) ([]string, error) {
	return texts(q.Query(ctx, `SELECT id FROM pool ORDER BY id`))
}

// PoolsOf are the ids of the pools in which any of the reps is a member.
func PoolsOf(ctx context.Context, q sqldb.Querier, reps []string) ([]string, error) {
	in, args := sqldb.In(1, reps)
	return texts(q.Query(ctx, `SELECT DISTINCT pool FROM pool_member WHERE rep IN (`+in+`) ORDER BY pool`, args...))
}

// OverflowOf is the id of a pool's overflow pool; empty for none.
func OverflowOf(ctx context.Context, q sqldb.Querier, id string) (string, error) {
	return reference(ctx, q, `SELECT overflow FROM pool WHERE id = $1`, id)
}

// Overflows are all overflow pools by the pool whose leads they take.
func Overflows(ctx context.Context, q sqldb.Querier) (map[string]string, error) {
	overflows := map[string]string{}
	for row, err := range q.Query(ctx, `SELECT id, overflow FROM pool WHERE overflow <> ''`) {
		if err != nil {
			return nil, err
		}
		var from, to string
		if err := row.Scan(&from, &to); err != nil {
			return nil, err
		}
		overflows[from] = to
	}
	return overflows, nil
}

// membership is a rep's place in a pool.
type membership struct{ pool, rep string }

var membershipTable = plain("pool_member", `pool text, rep text`)

func (m *membership) fields() []any { return []any{&m.pool, &m.rep} }

// Memberships reads who the members of pools are, each pool's in the order of the reps' ids.
func Memberships(ctx context.Context, q sqldb.Querier, pools []string) (map[string][]string, error) {
	in, args := sqldb.In(1, pools)
	rows, err := all[membership](q.Query(ctx, `SELECT pool, rep FROM pool_member WHERE pool IN (`+in+`) ORDER BY pool, rep`, args...))
	members := make(map[string][]string, len(pools))
	for _, m := range rows {
		members[m.pool] = append(members[m.pool], m.rep)
	}
	return members, err
}

// MembersByBook are the reps who are members of the pools of a book.
func MembersByBook(ctx context.Context, q sqldb.Querier, book string) (map[string]bool, error) {
	found, err := texts(q.Query(ctx, `SELECT DISTINCT m.rep FROM pool_member m JOIN pool p ON p.id = m.pool WHERE p.book = $1`, book))
	return set(found), err
}

// Touch marks the other pools of a book as changed in which any of the reps is a member.
func Touch(ctx context.Context, tx *sqldb.Tx, book, except string, reps []string, now int64) error {
	if len(reps) == 0 {
		return nil
	}
	in, args := sqldb.In(4, reps)
	_, err := tx.Exec(ctx, `UPDATE pool SET row_version = row_version + 1, updated_at = $1 WHERE book = $2 AND id <> $3
		AND id IN (SELECT pool FROM pool_member WHERE rep IN (`+in+`))`, append([]any{now, book, except}, args...)...)
	return err
}

// AddMembers brings reps into a pool.
func AddMembers(ctx context.Context, tx *sqldb.Tx, pool string, reps []string) error {
	rows := make([]*membership, len(reps))
	for i, rep := range reps {
		rows[i] = &membership{pool, rep}
	}
	return put(ctx, tx, membershipTable, rows)
}

// RemoveMembers takes reps out of a pool.
func RemoveMembers(ctx context.Context, tx *sqldb.Tx, pool string, reps []string) error {
	if len(reps) == 0 {
		return nil
	}
	in, args := sqldb.In(2, reps)
	_, err := tx.Exec(ctx, `DELETE FROM pool_member WHERE pool = $1 AND rep IN (`+in+`)`, append([]any{pool}, args...)...)
	return err
}

// Instant is a stored time; the zero time for none.
func Instant(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// Micros is a time as it is stored.
func Micros(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMicro()
}
