package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

var mergeTable = &sqldb.Table{Name: "lead_merge", Columns: []sqldb.Column{
	{Name: "absorbed", Type: sqldb.Text}, {Name: "survivor", Type: sqldb.Text}, {Name: "merged_at", Type: sqldb.Int},
}}

// AddMerge writes that a lead joined another.
func AddMerge(tx *sqldb.Tx, survivor, absorbed string, at time.Time) {
	tx.Insert(mergeTable, absorbed, survivor, micros(at))
}

// GroupAt gives the leads that were one person with a lead at an instant; the first of them stood for the person.
func GroupAt(ctx context.Context, q sqldb.Querier, lead string, at time.Time) ([]string, error) {
	ups, err := collect(q.Query(ctx, `WITH RECURSIVE up(id, depth) AS (
		SELECT CAST($1 AS TEXT) COLLATE "C", 0 UNION SELECT m.survivor, up.depth + 1 FROM up JOIN lead_merge m ON m.absorbed = up.id AND m.merged_at <= $2 WHERE up.depth < 1000
		) SELECT id FROM up ORDER BY depth DESC LIMIT 1`, lead, micros(at)), scanText)
	if err != nil {
		return nil, err
	}
	return collect(q.Query(ctx, `WITH RECURSIVE down(id, depth) AS (
		SELECT CAST($1 AS TEXT) COLLATE "C", 0 UNION SELECT m.absorbed, down.depth + 1 FROM down JOIN lead_merge m ON m.survivor = down.id AND m.merged_at <= $2 WHERE down.depth < 1000
		) SELECT id FROM down ORDER BY depth, id`, ups[0], micros(at)), scanText)
}
