package store

import (
	"context"
	"errors"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// ErrIdentityTaken says that another rep has this issuer and subject.
var ErrIdentityTaken = errors.New("issuer and subject belong to another rep")

// ErrIDTaken says that the id is in use.
var ErrIDTaken = errors.New("id is in use")

// Rep is a person who works leads.
type Rep struct {
	ID, DisplayName, Issuer, Subject, Team string
	Manager, Calendar                      string // ids; empty for none
	Active                                 bool
	OfflineAt                              int64  // when the suite took them offline; 0 if it did not
	OfflineCause                           string // the name of the clock that ran out
	MaxOpen, MaxPerDay, MaxPerWeek         *int64
	RollingDays, RollingMax                int64 // how many in so many days; 0 days for no limit
	Coverage                               Covered
	Open                                   int64 // handoffs assigned or accepted now
	CreatedAt, UpdatedAt                   int64
	RowVersion, Events                     int64
}

var repTable = table("rep", 1, `id text, display_name text, issuer text, subject text, team text, manager text, calendar text,
	active int, offline_at int, offline_cause text, max_open int, max_per_day int, max_per_week int, rolling_days int, rolling_max int, coverage text, open_count int,
	created_at int, updated_at int, row_version int, events int`)

func (r *Rep) fields() []any {
	return []any{&r.ID, &r.DisplayName, &r.Issuer, &r.Subject, &r.Team, &r.Manager, &r.Calendar, &r.Active, &r.OfflineAt, &r.OfflineCause, &r.MaxOpen, &r.MaxPerDay,
		&r.MaxPerWeek, &r.RollingDays, &r.RollingMax, &r.Coverage, &r.Open, &r.CreatedAt, &r.UpdatedAt, &r.RowVersion, &r.Events}
}

var selectRep = `SELECT ` + columns(repTable) + ` FROM rep `

// GetRep reads a rep.
func GetRep(ctx context.Context, q sqldb.Querier, id string) (*Rep, error) {
	return one[Rep](q.QueryRow(ctx, selectRep+`WHERE id = $1`, id))
}

// RepOf reads the rep that a caller is.
func RepOf(ctx context.Context, q sqldb.Querier, issuer, subject string) (*Rep, error) {
	return one[Rep](q.QueryRow(ctx, selectRep+`WHERE issuer = $1 AND subject = $2 AND subject <> ''`, issuer, subject))
}

// ListReps reads reps by id, after one.
func ListReps(ctx context.Context, q sqldb.Querier, after string, limit int64) ([]*Rep, error) {
	return all[Rep](q.Query(ctx, selectRep+`WHERE id > $1 ORDER BY id LIMIT $2`, after, limit))
}

// LockReps reads reps and keeps other writers off them, in the order of their ids. Those that do not exist are left out.
func LockReps(ctx context.Context, tx *sqldb.Tx, ids []string) ([]*Rep, error) {
	in, args := sqldb.In(1, ids)
	return all[Rep](tx.Query(ctx, selectRep+`WHERE id IN (`+in+`) ORDER BY id`+tx.Dialect().ForUpdate(), args...))
}

// InsertRep stores a new rep. It gives ErrIDTaken or ErrIdentityTaken.
func InsertRep(ctx context.Context, tx *sqldb.Tx, r *Rep) error {
	_, err := tx.InsertNow(ctx, &sqldb.Table{Name: repTable.Name, Columns: repTable.Columns}, r.fields())
	return taken(err)
}

// PutRep stores a rep that was locked. It gives ErrIdentityTaken.
func PutRep(ctx context.Context, tx *sqldb.Tx, r *Rep) error {
	return taken(put(ctx, tx, repTable, []*Rep{r}))
}

// CountOpen counts handoffs that locked reps got or gave back, the same number for each.
func CountOpen(ctx context.Context, tx *sqldb.Tx, reps []string, change int64) error {
	in, args := sqldb.In(2, reps)
	_, err := tx.Exec(ctx, `UPDATE rep SET open_count = open_count + $1 WHERE id IN (`+in+`)`, append([]any{change}, args...)...)
	return err
}

func taken(err error) error {
	switch {
	case sqldb.IsUnique(err, "rep_identity"):
		return ErrIdentityTaken
	case sqldb.IsUnique(err):
		return ErrIDTaken
	}
	return err
}

// RepsExist says which of the ids are reps.
func RepsExist(ctx context.Context, q sqldb.Querier, ids []string) (map[string]bool, error) {
	in, args := sqldb.In(1, ids)
	found, err := texts(q.Query(ctx, `SELECT id FROM rep WHERE id IN (`+in+`)`, args...))
	return set(found), err
}

// DisplayNames are the names by which people know reps, by id.
func DisplayNames(ctx context.Context, q sqldb.Querier, ids []string) (map[string]string, error) {
	known := make(map[string]string, len(ids))
	if len(ids) == 0 {
		return known, nil
	}
	in, args := sqldb.In(1, ids)
	for row, err := range q.Query(ctx, `SELECT id, display_name FROM rep WHERE id IN (`+in+`)`, args...) {
		if err != nil {
			return nil, err
		}
		var id, name string
		if err := row.Scan(&id, &name); err != nil {
			return nil, err
		}
		known[id] = name
	}
	return known, nil
}

// ManagerOf is the id of a rep's manager; empty for none.
func ManagerOf(ctx context.Context, q sqldb.Querier, id string) (string, error) {
	return reference(ctx, q, `SELECT manager FROM rep WHERE id = $1`, id)
}

// reference follows a column that names another row. A row that is missing points nowhere.
func reference(ctx context.Context, q sqldb.Querier, query, id string) (string, error) {
	var next string
	err := q.QueryRow(ctx, query, id).Scan(&next)
	if errors.Is(err, sqldb.ErrNoRows) {
		return "", nil
	}
	return next, err
}

func set(ids []string) map[string]bool {
	members := make(map[string]bool, len(ids))
	for _, id := range ids {
		members[id] = true
	}
	return members
}
