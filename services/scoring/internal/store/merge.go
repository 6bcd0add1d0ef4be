package store

import (
	"context"
	"encoding/json"
	"strings"
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

// RootAt gives the lead that stood at an instant for the person of a lead.
func RootAt(ctx context.Context, q sqldb.Querier, lead string, at time.Time) (string, error) {
	ups, err := collect(q.Query(ctx, strings.ReplaceAll(`WITH RECURSIVE up(id, depth) AS (
		SELECT CAST($1 AS TEXT) COLLATE "C", 0 UNION SELECT m.survivor, up.depth + 1 FROM up JOIN lead_edge m ON m.absorbed = up.id AND `+mergedAt+` WHERE up.depth < 1000
		) SELECT id FROM up ORDER BY depth DESC LIMIT 1`, "$AT", "$2"), lead, micros(at)), scanText)
	if err != nil {
		return "", err
	}
	return ups[0], nil
}

// GroupsAt gives the leads that were one person at an instant, by the lead that stood for the person, which is among them.
func GroupsAt(ctx context.Context, q sqldb.Querier, roots []string, at time.Time) (map[string][]string, error) {
	groups := map[string][]string{}
	return groups, pieces(roots, func(ids []string) error {
		list, args := sqldb.In(2, ids)
		query := strings.ReplaceAll(`WITH RECURSIVE down(root, id) AS (SELECT id, id FROM lead WHERE id IN (`+list+`)
			UNION SELECT down.root, m.absorbed FROM down JOIN lead_edge m ON m.survivor = down.id AND `+mergedAt+`
			) SELECT root, id FROM down ORDER BY root, id`, "$AT", "$1")
		for row, err := range q.Query(ctx, query, append([]any{micros(at)}, args...)...) {
			if err != nil {
				return err
			}
			var root, id string
			if err := row.Scan(&root, &id); err != nil {
				return err
			}
			groups[root] = append(groups[root], id)
		}
		return nil
	})
}
