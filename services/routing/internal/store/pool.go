package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

// Pool is reps who share leads, without its members' accounts.
type Pool struct {
	ID, DisplayName      string
	Mode                 int64 // as in the API
	Overflow             string
	Epoch, Turn          int64 // of the ledger
	Decisions            int64
	Visits               int64 // how often the row was locked
	CreatedAt, UpdatedAt int64
	RowVersion, Events   int64
}

var poolTable = table("pool", 1, `id text, display_name text, mode int, overflow text, epoch int, turn int, decisions int, visits int,
	created_at int, updated_at int, row_version int, events int`)

func (p *Pool) fields() []any {
	return []any{&p.ID, &p.DisplayName, &p.Mode, &p.Overflow, &p.Epoch, &p.Turn, &p.Decisions, &p.Visits, &p.CreatedAt, &p.UpdatedAt,
		&p.RowVersion, &p.Events}
}

var selectPool = `SELECT ` + columns(poolTable) + ` FROM pool `

// GetPool reads a pool.
func GetPool(ctx context.Context, q sqldb.Querier, id string) (*Pool, error) {
	return one[Pool](q.QueryRow(ctx, selectPool+`WHERE id = $1`, id))
}

// ListPools reads pools by id, after one.
func ListPools(ctx context.Context, q sqldb.Querier, after string, limit int64) ([]*Pool, error) {
	return all[Pool](q.Query(ctx, selectPool+`WHERE id > $1 ORDER BY id LIMIT $2`, after, limit))
}

// LockPool reads a pool and keeps every other decision of it out until the end of the transaction. What is read of its
// members before this counts for nothing.
func LockPool(ctx context.Context, tx *sqldb.Tx, id string) (*Pool, error) {
	return one[Pool](tx.QueryRow(ctx, `UPDATE pool SET visits = visits + 1 WHERE id = $1 RETURNING `+columns(poolTable), id))
}

// InsertPool stores a new pool. It gives ErrIDTaken.
func InsertPool(ctx context.Context, tx *sqldb.Tx, p *Pool) error {
	_, err := tx.InsertNow(ctx, &sqldb.Table{Name: poolTable.Name, Columns: poolTable.Columns}, p.fields())
	return taken(err)
}

// PutPools stores pools that were locked.
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

// member is a rep's account in a pool's ledger.
type member struct {
	pool, rep                         string
	weight, entitled, credits, lastAt int64
	joined                            int64
	accruing                          bool
}

var memberTable = table("pool_member", 2, `pool text, rep text, weight int, entitled int, credits int, last_at int, joined int, accruing int`)

func (m *member) fields() []any {
	return []any{&m.pool, &m.rep, &m.weight, &m.entitled, &m.credits, &m.lastAt, &m.joined, &m.accruing}
}

// Members reads the accounts of pools, each pool's in the order of the reps' ids.
func Members(ctx context.Context, q sqldb.Querier, pools []string) (map[string][]fairness.Member, error) {
	in, args := sqldb.In(1, pools)
	rows, err := all[member](q.Query(ctx, `SELECT `+columns(memberTable)+` FROM pool_member WHERE pool IN (`+in+`) ORDER BY pool, rep`, args...))
	members := make(map[string][]fairness.Member, len(pools))
	for _, m := range rows {
		members[m.pool] = append(members[m.pool], fairness.Member{ID: m.rep, Weight: m.weight, Entitled: fairness.Units(m.entitled),
			Credits: m.credits, LastAssigned: Instant(m.lastAt), Joined: m.joined, Accruing: m.accruing})
	}
	return members, err
}

// PutMembers stores accounts of a pool.
func PutMembers(ctx context.Context, tx *sqldb.Tx, pool string, members []fairness.Member) error {
	rows := make([]*member, len(members))
	for i, m := range members {
		rows[i] = &member{pool: pool, rep: m.ID, weight: m.Weight, entitled: int64(m.Entitled), credits: m.Credits,
			lastAt: Micros(m.LastAssigned), joined: m.Joined, accruing: m.Accruing}
	}
	return put(ctx, tx, memberTable, rows)
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
