package store

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// List is one version of a reference list.
type List struct {
	Name       string
	Version    int64 // 0: there is none yet
	Events     int64
	Entries    Entries
	RecordedAt time.Time
}

// Entries are what a list holds.
type Entries struct {
	Values   []string          `json:"values,omitempty"`
	Accounts map[string]string `json:"accounts,omitempty"` // domain or host to account id
}

const listQuery = `SELECT l.name, l.version, h.events, l.entries, l.recorded_at FROM reference_list l
	JOIN reference_list_head h ON h.name = l.name `

func scanList(row sqldb.Row) (*List, error) {
	l := &List{}
	var entries string
	var recorded int64
	if err := row.Scan(&l.Name, &l.Version, &l.Events, &entries, &recorded); err != nil {
		return nil, err
	}
	l.RecordedAt = instant(recorded)
	return l, decoded("entries", l.Name, json.Unmarshal([]byte(entries), &l.Entries))
}

// Lists reads all lists as they were at an instant; the zero time is now.
func Lists(ctx context.Context, q sqldb.Querier, at time.Time) ([]*List, error) {
	until := micros(at)
	if until == 0 {
		until = math.MaxInt64
	}
	return collect(q.Query(ctx, listQuery+`WHERE l.version =
		(SELECT max(p.version) FROM reference_list p WHERE p.name = l.name AND p.recorded_at <= $1) ORDER BY l.name`, until), scanList)
}

// ListsAfter lists the lists behind a name, in order.
func ListsAfter(ctx context.Context, q sqldb.Querier, name string, limit int64) ([]*List, error) {
	return collect(q.Query(ctx, listQuery+`WHERE l.name > $1 AND l.version = h.version ORDER BY l.name LIMIT $2`, name, limit), scanList)
}

// GetList reads a list as it is.
func GetList(ctx context.Context, q sqldb.Querier, name string) (*List, error) {
	found, err := collect(q.Query(ctx, listQuery+`WHERE l.name = $1 AND l.version = h.version`, name), scanList)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, ErrNotFound
	}
	return found[0], nil
}

// LockList reads a list, or an empty one of version 0, and keeps other writers off it until the end of the transaction.
func LockList(ctx context.Context, tx *sqldb.Tx, name string) (*List, error) {
	if _, err := tx.Exec(ctx, `INSERT INTO reference_list_head (name, version, events) VALUES ($1, 0, 0) ON CONFLICT DO NOTHING`, name); err != nil {
		return nil, err
	}
	l := &List{Name: name}
	if err := tx.QueryRow(ctx, `SELECT version, events FROM reference_list_head WHERE name = $1`+tx.Dialect().ForUpdate(), name).Scan(&l.Version, &l.Events); err != nil {
		return nil, err
	}
	known, err := GetList(ctx, tx, name)
	if errors.Is(err, ErrNotFound) {
		return l, nil
	}
	return known, err
}

// AddList writes a further version of a list.
func AddList(ctx context.Context, tx *sqldb.Tx, l *List) error {
	entries, err := json.Marshal(l.Entries)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO reference_list (name, version, entries, recorded_at) VALUES ($1, $2, $3, $4)`,
		l.Name, l.Version, string(entries), micros(l.RecordedAt)); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE reference_list_head SET version = $1, events = $2 WHERE name = $3`, l.Version, l.Events, l.Name)
	return err
}
