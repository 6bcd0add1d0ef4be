package sqldb_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

func TestStatsCountStatementsThatReadAndTheRowsOfCommittedTransactionsAlone(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		before := db.Stats()
		write := func(end error) error {
			return db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				tx.Insert(items, "a", 1, 0.5, nil)
				tx.Insert(items, "b", 2, 0.5, nil)
				if _, err := tx.Exec(ctx, `UPDATE item SET n = n + 1 WHERE id = $1`, "a"); err != nil {
					return err
				}
				for _, err := range tx.Query(ctx, `DELETE FROM item WHERE id = $1 RETURNING id`, "b") {
					if err != nil {
						return err
					}
				}
				return end
			})
		}
		undone := errors.New("undone")
		if err := write(undone); !errors.Is(err, undone) {
			t.Fatal(err)
		}
		if err := write(nil); err != nil {
			t.Fatal(err)
		}
		err := db.Read(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			return tx.QueryRow(ctx, `SELECT count(*) FROM item`).Scan(new(int))
		})
		if err != nil {
			t.Fatal(err)
		}
		after := db.Stats()
		got := sqldb.Stats{Reads: after.Reads - before.Reads, Commits: after.Commits - before.Commits, Rows: after.Rows - before.Rows}
		if diff := cmp.Diff(sqldb.Stats{Reads: 3, Commits: 1, Rows: 4}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
