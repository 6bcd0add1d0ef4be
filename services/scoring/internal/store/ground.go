package store

import (
	"context"
	"fmt"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Share keeps accounts, lists and the playbook as they are until the end of the transaction, and gives the number of
// changes of playbook and lists so far. Others may share them too.
func Share(ctx context.Context, tx *sqldb.Tx) (int64, error) {
	return rules(ctx, tx, tx.Dialect().ForShare())
}

// Rules gives the number of changes of playbook and lists so far.
func Rules(ctx context.Context, q sqldb.Querier) (int64, error) { return rules(ctx, q, "") }

func rules(ctx context.Context, q sqldb.Querier, lock string) (int64, error) {
	var n int64
	if err := q.QueryRow(ctx, `SELECT rules FROM ground WHERE id = 0`+lock).Scan(&n); err != nil {
		return 0, fmt.Errorf("read ground: %w", err)
	}
	return n, nil
}

// TakeAccounts keeps everybody else from judging people and from changing accounts until the end of the transaction, and gives
// the number of this change: they are committed in the order of their numbers.
func TakeAccounts(ctx context.Context, tx *sqldb.Tx) (number int64, err error) {
	if _, err := tx.Exec(ctx, `UPDATE ground SET accounts = accounts + 1 WHERE id = 0`); err != nil {
		return 0, err
	}
	return number, tx.QueryRow(ctx, `SELECT accounts FROM ground WHERE id = 0`).Scan(&number)
}

// TakeRules keeps everybody else from judging people until the end of the transaction, in which the playbook or a list
// changes.
func TakeRules(ctx context.Context, tx *sqldb.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE ground SET rules = rules + 1 WHERE id = 0`)
	return err
}
