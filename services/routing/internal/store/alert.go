package store

import (
	"context"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Alert is what sales was told of an account.
type Alert struct {
	ID, Account string
	Surge       int64  // which surge of the account it is
	Rep, Pool   string // whom it is for; both empty if nobody
	Body        []byte // the alert as the API shows it, serialised
}

const alertColumns = `id text, account text, surge int, rep text, pool text, body bytes`

var alertTable = &sqldb.Table{Name: "account_alert", Columns: plain("account_alert", alertColumns).Columns, Suffix: `ON CONFLICT DO NOTHING`}

func (a *Alert) fields() []any { return []any{&a.ID, &a.Account, &a.Surge, &a.Rep, &a.Pool, &a.Body} }

// AddAlert stores an alert, and says whether the surge was not told before.
func AddAlert(ctx context.Context, tx *sqldb.Tx, a *Alert) (bool, error) {
	n, err := tx.InsertNow(ctx, alertTable, a.fields())
	return n > 0, err
}

// AlertFilter says which alerts are listed. An empty field asks for nothing.
type AlertFilter struct {
	Rep, Account string
	Only         string // the rep who asks, and sees what is for them or for a pool of theirs
	Before       string // the id of the last alert of the page before
}

// ListAlerts reads alerts, the newest first.
func ListAlerts(ctx context.Context, q sqldb.Querier, f AlertFilter, limit int64) ([]*Alert, error) {
	c := &conditions{}
	for _, field := range []struct{ condition, value string }{{`rep = ?`, f.Rep}, {`account = ?`, f.Account}, {`id < ?`, f.Before}} {
		if field.value != "" {
			c.and(field.condition, field.value)
		}
	}
	if f.Only != "" {
		c.and(`(rep = ? OR pool IN (SELECT pool FROM pool_member WHERE rep = ?))`, f.Only, f.Only)
	}
	return all[Alert](q.Query(ctx, `SELECT id, account, surge, rep, pool, body FROM account_alert `+c.where()+` ORDER BY id DESC LIMIT `+c.value(limit), c.args...))
}
