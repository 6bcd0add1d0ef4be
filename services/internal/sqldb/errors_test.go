package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

func TestUniqueErrorsNameTheirIndexAlike(t *testing.T) {
	inserts := []struct{ query, index string }{
		{`INSERT INTO mail (id, source, source_id) VALUES (1, 'x', 'x')`, "mail_pkey"},
		{`INSERT INTO mail (id, source, source_id) VALUES (2, 'web', '1')`, "mail_source"},
		{`INSERT INTO mail (id, source, source_id, address) VALUES (2, 'x', 'x', 'a@b')`, "mail_address_key"},
		{`INSERT INTO item (id) VALUES ('a')`, "item_pkey"},
		{`INSERT INTO counter (id, n) VALUES (1, 1) RETURNING n`, "counter_pkey"},
	}
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		do(t, db, `INSERT INTO mail (id, source, source_id, address) VALUES (1, 'web', '1', 'a@b')`)
		do(t, db, `INSERT INTO item (id) VALUES ('a')`)
		for _, c := range inserts {
			ways := map[string]func(ctx context.Context, tx *sqldb.Tx) error{
				"exec":  func(ctx context.Context, tx *sqldb.Tx) error { _, err := tx.Exec(ctx, c.query); return err },
				"query": func(ctx context.Context, tx *sqldb.Tx) error { return tx.QueryRow(ctx, c.query).Scan(new(int)) },
			}
			for way, run := range ways {
				err := fmt.Errorf("add: %w", db.InTx(t.Context(), run))
				unique, ok := errors.AsType[*sqldb.UniqueError](err)
				if !ok || unique.Index != c.index {
					t.Errorf("%s by %s: got %v, want a duplicate under %s", c.query, way, err, c.index)
				}
				if !sqldb.IsUnique(err) || !sqldb.IsUnique(err, "other", c.index) || sqldb.IsUnique(err, "other") {
					t.Errorf("%s by %s: IsUnique does not tell %s from others", c.query, way, c.index)
				}
				if sqldb.IsUnavailable(err) || sqldb.IsSerialization(err) {
					t.Errorf("%s by %s: taken for the database's fault", c.query, way)
				}
			}
		}
		bare := &sqldb.Table{Name: "item", Columns: []sqldb.Column{{Name: "id", Type: sqldb.Text}}}
		err := db.InTx(t.Context(), func(_ context.Context, tx *sqldb.Tx) error { tx.Insert(bare, "a"); return nil })
		if !sqldb.IsUnique(err, "item_pkey") {
			t.Errorf("buffered row: got %v, want a duplicate under item_pkey", err)
		}
	})
}

func TestForeignKeysTypesAndNamesAreEnforcedOnBoth(t *testing.T) {
	sqldbtest.Each(t, schema, func(t *testing.T, db *sqldb.DB) {
		for _, query := range []string{
			`INSERT INTO reply (id, mail) VALUES (1, 99)`,
			`UPDATE counter SET n = 'many'`,
			`DELETE FROM item WHERE id = "typo"`,
			`UPDATE counter SET n = NULL`,
		} {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, query)
				return err
			})
			if err == nil || sqldb.IsUnique(err) || sqldb.IsUnavailable(err) {
				t.Errorf("%s: got %v, want an error of no special class", query, err)
			}
		}
	})
}
