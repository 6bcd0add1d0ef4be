package store

import (
	"context"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

var waitingTable = &sqldb.Table{Name: "waiting", Columns: []sqldb.Column{
	{Name: "kind", Type: sqldb.Int}, {Name: "source", Type: sqldb.Text}, {Name: "value", Type: sqldb.Text},
	{Name: "engagement_id", Type: sqldb.Text},
}}

// Wait keeps an engagement for whoever will have a key. The key must be locked.
func Wait(tx *sqldb.Tx, key Key, engagement string) {
	tx.Insert(waitingTable, int64(key.Kind), key.Source, key.Value, engagement)
}

// Awaiting are those of some keys under which something waits, in order. A domain of accounts without a host stands for each
// host of it. However much waits, a key costs one look at an index.
func Awaiting(ctx context.Context, tx *sqldb.Tx, keys []Key) ([]Key, error) {
	var found []Key
	err := pieces(keys, func(keys []Key) error {
		rows := make([][]any, len(keys))
		for i, key := range keys {
			rows[i] = []any{int64(key.Kind), key.Source, key.Value}
		}
		list, args := tx.Dialect().Values(1, []sqldb.Type{sqldb.Int, sqldb.Text, sqldb.Text}, rows)
		some, err := collect(tx.Query(ctx, `WITH k(kind, source, value) AS (VALUES `+list+`)
			SELECT k.kind, k.source, k.value FROM k WHERE 1 = CASE k.value
				WHEN '' THEN (SELECT 1 FROM waiting w WHERE w.kind = k.kind AND w.source = k.source LIMIT 1)
				ELSE (SELECT 1 FROM waiting w WHERE w.kind = k.kind AND w.source = k.source AND w.value = k.value LIMIT 1) END`, args...),
			func(row sqldb.Row) (key Key, err error) {
				err = row.Scan(&key.Kind, &key.Source, &key.Value)
				return key, err
			})
		found = append(found, some...)
		return err
	})
	slices.SortFunc(found, compareKeys)
	return slices.Compact(found), err
}

// hostsQuery goes from host to host by an index, past whatever waits under each.
const hostsQuery = `WITH RECURSIVE host(value, place) AS (
		SELECT (SELECT w.value FROM waiting w WHERE w.kind = $1 AND w.source = $2 AND w.value > $3 ORDER BY w.value LIMIT 1), 1
		UNION ALL
		SELECT (SELECT w.value FROM waiting w WHERE w.kind = $1 AND w.source = $2 AND w.value > h.value ORDER BY w.value LIMIT 1), h.place + 1
			FROM host h WHERE h.value IS NOT NULL AND h.place < $4
	) SELECT value FROM host WHERE value IS NOT NULL ORDER BY place`

// HostsAwaiting lists the hosts of a domain after one, in order, under which something waits.
func HostsAwaiting(ctx context.Context, q sqldb.Querier, domain, after string, limit int64) ([]string, error) {
	return collect(q.Query(ctx, hostsQuery, int64(ByAccountDomain), domain, after, limit), scanText)
}

// Collect gives a lead up to a number of the engagements that waited under its key, and tells which. The key must be locked.
func Collect(ctx context.Context, tx *sqldb.Tx, key Key, lead string, limit int64, now time.Time) ([]record.Engagement, error) {
	return collectFor(ctx, tx, key, "lead_id", lead, limit, now)
}

// CollectForAccount gives an account up to a number of the engagements that waited under its key, and tells which. Nobody
// else may change accounts or record engagements meanwhile.
func CollectForAccount(ctx context.Context, tx *sqldb.Tx, key Key, account string, limit int64, now time.Time) ([]record.Engagement, error) {
	return collectFor(ctx, tx, key, "account_id", account, limit, now)
}

func collectFor(ctx context.Context, tx *sqldb.Tx, key Key, column, owner string, limit int64, now time.Time) ([]record.Engagement, error) {
	ids, err := collect(tx.Query(ctx, `SELECT engagement_id FROM waiting WHERE kind = $1 AND source = $2 AND value = $3
		ORDER BY engagement_id LIMIT $4`, int64(key.Kind), key.Source, key.Value, limit), scanText)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	list, args := sqldb.In(4, ids)
	if _, err := tx.Exec(ctx, `DELETE FROM waiting WHERE kind = $1 AND source = $2 AND value = $3 AND engagement_id IN (`+list+`)`,
		append([]any{int64(key.Kind), key.Source, key.Value}, args...)...); err != nil {
		return nil, err
	}
	list, args = sqldb.In(3, ids)
	if _, err := tx.Exec(ctx, `UPDATE engagement SET `+column+` = $1, known_at = $2 WHERE id IN (`+list+`)`, append([]any{owner, micros(now)}, args...)...); err != nil {
		return nil, err
	}
	list, args = sqldb.In(1, ids)
	return collect(tx.Query(ctx, `SELECT `+engagementColumns+` FROM engagement WHERE id IN (`+list+`) ORDER BY occurred_at, id`, args...), scanEngagement)
}
