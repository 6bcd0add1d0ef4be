package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

var edgeTable = &sqldb.Table{Name: "lead_edge", Columns: []sqldb.Column{
	{Name: "absorbed", Type: sqldb.Text}, {Name: "merged_at", Type: sqldb.Int}, {Name: "survivor", Type: sqldb.Text},
	{Name: "parted_at", Type: sqldb.Int}, {Name: "before", Type: sqldb.Text},
}, Suffix: `ON CONFLICT (absorbed, merged_at) DO UPDATE SET survivor = excluded.survivor, parted_at = excluded.parted_at, before = excluded.before`}

// PutEdge writes that a lead joined another, or that it did until it parted.
func PutEdge(tx *sqldb.Tx, e *record.Edge) error {
	before, err := json.Marshal(e.Before)
	if err != nil {
		return err
	}
	tx.Insert(edgeTable, e.Absorbed, micros(e.MergedAt), e.Survivor, micros(e.PartedAt), string(before))
	return nil
}

// Edges reads which of some leads joined which, as far as that lasts, in the order in which they did.
func Edges(ctx context.Context, q sqldb.Querier, absorbed []string) ([]*record.Edge, error) {
	var all []*record.Edge
	err := pieces(absorbed, func(ids []string) error {
		list, args := sqldb.In(1, ids)
		found, err := collect(q.Query(ctx, `SELECT absorbed, merged_at, survivor, before FROM lead_edge
			WHERE absorbed IN (`+list+`) AND parted_at = 0 ORDER BY merged_at, absorbed`, args...), scanEdge)
		all = append(all, found...)
		return err
	})
	return all, err
}

func scanEdge(row sqldb.Row) (*record.Edge, error) {
	e := &record.Edge{}
	var merged int64
	var before string
	if err := row.Scan(&e.Absorbed, &merged, &e.Survivor, &before); err != nil {
		return nil, err
	}
	e.MergedAt = instant(merged)
	return e, decoded("merge", e.Absorbed, json.Unmarshal([]byte(before), &e.Before))
}

// GroupAt gives the leads that were one person with a lead at an instant; the first of them stood for the person.
func GroupAt(ctx context.Context, q sqldb.Querier, lead string, at time.Time) ([]string, error) {
	ups, err := collect(q.Query(ctx, `WITH RECURSIVE up(id, depth) AS (
		SELECT CAST($1 AS TEXT) COLLATE "C", 0 UNION SELECT m.survivor, up.depth + 1 FROM up JOIN lead_edge m ON m.absorbed = up.id AND m.merged_at <= $2 AND (m.parted_at = 0 OR m.parted_at > $2) WHERE up.depth < 1000
		) SELECT id FROM up ORDER BY depth DESC LIMIT 1`, lead, micros(at)), scanText)
	if err != nil {
		return nil, err
	}
	return collect(q.Query(ctx, `WITH RECURSIVE down(id, depth) AS (
		SELECT CAST($1 AS TEXT) COLLATE "C", 0 UNION SELECT m.absorbed, down.depth + 1 FROM down JOIN lead_edge m ON m.survivor = down.id AND m.merged_at <= $2 AND (m.parted_at = 0 OR m.parted_at > $2) WHERE down.depth < 1000
		) SELECT id FROM down ORDER BY depth, id`, ups[0], micros(at)), scanText)
}
