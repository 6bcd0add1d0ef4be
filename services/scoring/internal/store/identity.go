package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
)

// Key is what tells who a person is, within a scope: that of a partner, or the empty one, of everybody.
type Key struct {
	Kind   KeyKind
	Source string // of a source id; a telephone number, or a company's domain; the domain of a host; empty for an address
	Value  string
	Scope  string
}

// KeyKind is what a key is made of.
type KeyKind int

// The kinds of keys. The last two are no proof: whoever came first has them.
const (
	BySource KeyKind = iota + 1
	ByEmail
	ByPhoneSurname
	ByNameDomain
	// These two name accounts. What waits under them is given away when accounts or lists change, which nobody else does then.
	ByAccountDomain
	ByAccountRef
)

// KeyOf is a key in a scope.
func KeyOf(key dedupe.Key, scope string) Key {
	switch key.Rule {
	case dedupe.BySource:
		return Key{Kind: BySource, Source: key.First, Value: key.Second, Scope: scope}
	case dedupe.ByPhoneSurname:
		return Key{Kind: ByPhoneSurname, Source: key.First, Value: key.Second, Scope: scope}
	case dedupe.ByNameDomain:
		return Key{Kind: ByNameDomain, Source: key.Second, Value: key.First, Scope: scope}
	}
	return Key{Kind: ByEmail, Value: key.First, Scope: scope}
}

var identityTable = &sqldb.Table{Name: "identity", Columns: []sqldb.Column{
	{Name: "kind", Type: sqldb.Int}, {Name: "source", Type: sqldb.Text}, {Name: "value", Type: sqldb.Text},
	{Name: "scope", Type: sqldb.Text}, {Name: "lead_id", Type: sqldb.Text},
}, Suffix: `ON CONFLICT DO NOTHING RETURNING kind, source, value, scope`}

// Claim gives keys to leads; an empty id is nobody yet. Keys that were taken before are left as they are; who has them is the
// answer, and they are locked until the end of the transaction. Of several that claim one key at the same time, one gets
// it and the others see that.
func Claim(ctx context.Context, tx *sqldb.Tx, claims map[Key]string) (taken map[Key]string, err error) {
	keys := make([]Key, 0, len(claims))
	for key := range claims {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, compareKeys)
	won := make(map[Key]struct{}, len(keys))
	err = pieces(keys, func(keys []Key) error {
		rows := make([][]any, len(keys))
		for i, key := range keys {
			rows[i] = []any{int64(key.Kind), key.Source, key.Value, key.Scope, claims[key]}
		}
		return tx.InsertReturning(ctx, identityTable, func(row sqldb.Row) error {
			var key Key
			err := row.Scan(&key.Kind, &key.Source, &key.Value, &key.Scope)
			won[key] = struct{}{}
			return err
		}, rows...)
	})
	if err != nil {
		return nil, err
	}
	lost := slices.DeleteFunc(keys, func(key Key) bool { _, is := won[key]; return is })
	return owners(ctx, tx, lost)
}

// owners gives the leads of keys, and locks them. CROSS JOIN has SQLite look up each key; by itself it may read the whole
// table in order instead.
func owners(ctx context.Context, tx *sqldb.Tx, keys []Key) (map[Key]string, error) {
	found := make(map[Key]string, len(keys))
	err := pieces(keys, func(keys []Key) error {
		list, args := keyValues(tx, keys)
		for row, err := range tx.Query(ctx, `WITH k(kind, source, value, scope) AS (VALUES `+list+`)
			SELECT i.kind, i.source, i.value, i.scope, i.lead_id FROM k CROSS JOIN identity i
			WHERE k.kind = i.kind AND k.source = i.source AND k.value = i.value AND k.scope = i.scope
			ORDER BY i.kind, i.source, i.value, i.scope`+ofTable(tx, "i"), args...) {
			if err != nil {
				return err
			}
			var key Key
			var lead string
			if err := row.Scan(&key.Kind, &key.Source, &key.Value, &key.Scope, &lead); err != nil {
				return err
			}
			found[key] = lead
		}
		return nil
	})
	return found, err
}

// ofTable locks the rows of one table of a join.
func ofTable(tx *sqldb.Tx, table string) string {
	if lock := tx.Dialect().ForUpdate(); lock != "" {
		return lock + " OF " + table
	}
	return ""
}

// Give gives keys, which must exist, to leads.
func Give(ctx context.Context, tx *sqldb.Tx, keys map[Key]string) error {
	rows := make([][]any, 0, len(keys))
	for key, lead := range keys {
		rows = append(rows, []any{int64(key.Kind), key.Source, key.Value, key.Scope, lead})
	}
	return pieces(rows, func(rows [][]any) error {
		list, args := tx.Dialect().Values(1, []sqldb.Type{sqldb.Int, sqldb.Text, sqldb.Text, sqldb.Text, sqldb.Text}, rows)
		_, err := tx.Exec(ctx, `WITH k(kind, source, value, scope, lead_id) AS (VALUES `+list+`)
			UPDATE identity SET lead_id = k.lead_id FROM k
			WHERE k.kind = identity.kind AND k.source = identity.source AND k.value = identity.value AND k.scope = identity.scope`, args...)
		return err
	})
}

func keyValues(tx *sqldb.Tx, keys []Key) (string, []any) {
	rows := make([][]any, len(keys))
	for i, key := range keys {
		rows[i] = []any{int64(key.Kind), key.Source, key.Value, key.Scope}
	}
	return tx.Dialect().Values(1, []sqldb.Type{sqldb.Int, sqldb.Text, sqldb.Text, sqldb.Text}, rows)
}

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Scope, b.Scope))
}
