package store

import (
	"context"
	"strings"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// AccountFilter says which accounts a list holds, in which order, and where the page begins.
type AccountFilter struct {
	Surging bool
	ByScore bool   // the highest score first; else the newest first
	Score   int64  // of the last account of the page before, if by score
	Below   string // its id
}

// ListedAccount is an account with the score by which it is ordered.
type ListedAccount struct {
	Account *record.Account
	Score   int64
}

var listedColumns = "a." + strings.ReplaceAll(accountColumns, ", ", ", a.")

// ListAccounts lists accounts.
func ListAccounts(ctx context.Context, q sqldb.Querier, f AccountFilter, limit int64) ([]*ListedAccount, error) {
	from, args := `a.id < $1 ORDER BY a.id DESC LIMIT $2`, []any{f.Below, limit}
	if f.ByScore {
		from, args = `(m.score, m.account_id) < ($1, $2) ORDER BY m.score DESC, m.account_id DESC LIMIT $3`, []any{f.Score, f.Below, limit}
	}
	if f.Surging {
		from = `m.surging = 1 AND ` + from
	}
	return collect(q.Query(ctx, `SELECT `+listedColumns+`, m.score FROM momentum m JOIN account a ON a.id = m.account_id WHERE `+from, args...), scanListed)
}

func scanListed(row sqldb.Row) (*ListedAccount, error) {
	l := &ListedAccount{}
	var err error
	l.Account, err = scanAccount(also{row, &l.Score})
	return l, err
}

// also is a row with one more column than its reader knows.
type also struct {
	sqldb.Row
	column any
}

// Scan reads the columns that the reader knows, and the last one.
func (a also) Scan(dest ...any) error { return a.Row.Scan(append(dest, a.column)...) }
