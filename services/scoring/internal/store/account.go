package store

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// forever is later than anything.
const forever = math.MaxInt64

const accountColumns = `id, source, source_id, test, company, created_at, updated_at, version, seq, events`

// accountTable writes new accounts and replaces known ones.
var accountTable = &sqldb.Table{Name: "account", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "ref", Type: sqldb.Text}, {Name: "source", Type: sqldb.Text}, {Name: "source_id", Type: sqldb.Text},
	{Name: "test", Type: sqldb.Int}, {Name: "name_key", Type: sqldb.Text}, {Name: "parent", Type: sqldb.Text}, {Name: "company", Type: sqldb.Text},
	{Name: "created_at", Type: sqldb.Int}, {Name: "updated_at", Type: sqldb.Int}, {Name: "version", Type: sqldb.Int},
	{Name: "seq", Type: sqldb.Int}, {Name: "events", Type: sqldb.Int},
}, Suffix: `ON CONFLICT (id) DO UPDATE SET name_key = excluded.name_key, parent = excluded.parent, company = excluded.company,
	updated_at = excluded.updated_at, version = excluded.version, seq = excluded.seq, events = excluded.events`}

var accountDomainTable = &sqldb.Table{Name: "account_domain", Columns: []sqldb.Column{
	{Name: "domain", Type: sqldb.Text}, {Name: "account_id", Type: sqldb.Text},
}}

var accountPastTable = &sqldb.Table{Name: "account_past", Columns: []sqldb.Column{
	{Name: "account_id", Type: sqldb.Text}, {Name: "until", Type: sqldb.Int}, {Name: "company", Type: sqldb.Text},
}, Suffix: `ON CONFLICT DO NOTHING`}

// PutAccounts writes accounts, and what was known of them before; before is nil for a new one.
func PutAccounts(ctx context.Context, tx *sqldb.Tx, accounts []*record.Account, before map[string]*record.Company, now time.Time) error {
	var known []string
	for _, a := range accounts {
		company, err := json.Marshal(a.Company)
		if err != nil {
			return err
		}
		tx.Insert(accountTable, a.ID, person.Ref(a.Source, a.SourceID), a.Source, a.SourceID, flag(a.Test), a.Keys.Name, a.Parent, string(company),
			micros(a.CreatedAt), micros(a.UpdatedAt), a.Version, a.Seq, a.Events)
		if before[a.ID] == nil {
			tx.Insert(momentumTable, momentumValues(&record.Momentum{Account: a.ID})...)
			continue
		}
		known = append(known, a.ID)
		past, err := json.Marshal(before[a.ID])
		if err != nil {
			return err
		}
		tx.Insert(accountPastTable, a.ID, micros(now), string(past))
	}
	err := pieces(known, func(ids []string) error {
		list, args := sqldb.In(1, ids)
		_, err := tx.Exec(ctx, `DELETE FROM account_domain WHERE account_id IN (`+list+`)`, args...)
		return err
	})
	for _, a := range accounts {
		for _, domain := range a.Domains() {
			tx.Insert(accountDomainTable, domain, a.ID)
		}
	}
	return err
}

func scanAccount(row sqldb.Row) (*record.Account, error) {
	a := &record.Account{}
	var company string
	var created, updated int64
	if err := row.Scan(&a.ID, &a.Source, &a.SourceID, &a.Test, &company, &created, &updated, &a.Version, &a.Seq, &a.Events); err != nil {
		return nil, err
	}
	a.CreatedAt, a.UpdatedAt = instant(created), instant(updated)
	return a, decoded("company", a.ID, json.Unmarshal([]byte(company), &a.Company))
}

// Wanted names accounts: by id, by a registrable domain, by the key of their name, or as their source calls them.
type Wanted struct {
	IDs, Domains, Names, Refs []string
}

// Accounts reads the accounts that are wanted, and those above them.
func Accounts(ctx context.Context, q sqldb.Querier, want Wanted) ([]*record.Account, error) {
	var args []any
	in := func(items []string) string {
		list, more := sqldb.In(len(args)+1, distinct(items))
		args = append(args, more...)
		return list
	}
	query := `WITH RECURSIVE wanted(id) AS (
		SELECT id FROM account WHERE id IN (` + in(want.IDs) + `)
		UNION SELECT account_id FROM account_domain WHERE domain IN (` + in(want.Domains) + `)
		UNION SELECT id FROM account WHERE name_key IN (` + in(want.Names) + `) AND name_key <> ''
		UNION SELECT id FROM account WHERE ref IN (` + in(want.Refs) + `)
	), up(id, depth) AS (
		SELECT id, 0 FROM wanted
		UNION SELECT account.parent, up.depth + 1 FROM up JOIN account ON account.id = up.id WHERE account.parent <> '' AND up.depth < $` + placeholder(len(args)+1) + `
	) SELECT ` + accountColumns + ` FROM account WHERE id IN (SELECT id FROM up) ORDER BY id`
	if len(args) == 0 {
		return nil, nil
	}
	return collect(q.Query(ctx, query, append(args, int64(dossier.MaxDepth))...), scanAccount)
}

// Named reads the accounts of many names.
func Named(ctx context.Context, q sqldb.Querier, names []string) ([]*record.Account, error) {
	var all []*record.Account
	err := pieces(distinct(names), func(names []string) error {
		found, err := Accounts(ctx, q, Wanted{Names: names})
		all = append(all, found...)
		return err
	})
	return all, err
}

// NamesSince gives the keys of the names of accounts that changed after a number of [TakeAccounts], and the number up to which
// that is.
func NamesSince(ctx context.Context, q sqldb.Querier, after int64) (names []string, upto int64, err error) {
	upto = after
	for row, err := range q.Query(ctx, `SELECT name_key, seq FROM account WHERE seq > $1`, after) {
		if err != nil {
			return nil, 0, err
		}
		var name string
		var seq int64
		if err := row.Scan(&name, &seq); err != nil {
			return nil, 0, err
		}
		names, upto = append(names, name), max(upto, seq)
	}
	return names, upto, nil
}

// Family gives the ids of accounts and of all below them.
func Family(ctx context.Context, q sqldb.Querier, ids []string) ([]string, error) {
	var all []string
	err := pieces(ids, func(ids []string) error {
		list, args := sqldb.In(2, ids)
		found, err := collect(q.Query(ctx, `WITH RECURSIVE down(id, depth) AS (
			SELECT id, 0 FROM account WHERE id IN (`+list+`)
			UNION SELECT account.id, down.depth + 1 FROM down JOIN account ON account.parent = down.id AND account.parent <> '' WHERE down.depth < $1
		) SELECT DISTINCT id FROM down ORDER BY id`, append([]any{int64(dossier.MaxDepth)}, args...)...), scanText)
		all = append(all, found...)
		return err
	})
	return all, err
}

// CompanyAt is what was known of an account at an instant, if that was something else than is known now.
func CompanyAt(ctx context.Context, q sqldb.Querier, account string, at time.Time) (*record.Company, error) {
	for row, err := range q.Query(ctx, `SELECT company FROM account_past WHERE account_id = $1 AND until > $2 ORDER BY until LIMIT 1`, account, micros(at)) {
		if err != nil {
			return nil, err
		}
		var text string
		if err := row.Scan(&text); err != nil {
			return nil, err
		}
		company := &record.Company{}
		return company, decoded("company", account, json.Unmarshal([]byte(text), company))
	}
	return nil, nil
}

// distinct are the texts that are not empty, each once and in order.
func distinct(texts []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return text == "" }))))
}
