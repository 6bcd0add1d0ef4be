package store

import (
	"context"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// PutMerged remembers that a lead turned out to be another one.
func PutMerged(ctx context.Context, tx *sqldb.Tx, lead, survivor string) error {
	_, err := tx.Exec(ctx, `INSERT INTO merged_lead (id, survivor) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET survivor = excluded.survivor`,
		lead, survivor)
	return err
}

// DropMerged forgets that a lead turned out to be another one.
func DropMerged(ctx context.Context, tx *sqldb.Tx, lead string) error {
	_, err := tx.Exec(ctx, `DELETE FROM merged_lead WHERE id = $1`, lead)
	return err
}

// Merged says which of the leads turned out to be another one.
func Merged(ctx context.Context, q sqldb.Querier, leads []string) (map[string]bool, error) {
	in, args := sqldb.In(1, leads)
	found, err := texts(q.Query(ctx, `SELECT id FROM merged_lead WHERE id IN (`+in+`)`, args...))
	return set(found), err
}
