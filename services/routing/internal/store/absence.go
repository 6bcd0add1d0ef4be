package store

import (
	"context"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Absence is a time when a rep is away: from StartAt to before EndAt.
type Absence struct {
	ID, Rep              string
	StartAt, EndAt       int64
	Kind                 string
	Cover                string // the rep who stands in; empty for nobody
	CreatedAt, UpdatedAt int64
	RowVersion, Events   int64
}

var absenceTable = table("absence", 1, `id text, rep text, start_at int, end_at int, kind text, cover text, created_at int, updated_at int,
	row_version int, events int`)

func (a *Absence) fields() []any {
	return []any{&a.ID, &a.Rep, &a.StartAt, &a.EndAt, &a.Kind, &a.Cover, &a.CreatedAt, &a.UpdatedAt, &a.RowVersion, &a.Events}
}

var selectAbsence = `SELECT ` + columns(absenceTable) + ` FROM absence `

// GetAbsence reads an absence of a rep.
func GetAbsence(ctx context.Context, q sqldb.Querier, rep, id string) (*Absence, error) {
	return one[Absence](q.QueryRow(ctx, selectAbsence+`WHERE id = $1 AND rep = $2`, id, rep))
}

// ListAbsences reads a rep's absences by start and id, after one.
func ListAbsences(ctx context.Context, q sqldb.Querier, rep string, afterStart int64, afterID string, limit int64) ([]*Absence, error) {
	return all[Absence](q.Query(ctx, selectAbsence+`WHERE rep = $1 AND (start_at, id) > ($2, $3) ORDER BY start_at, id LIMIT $4`,
		rep, afterStart, afterID, limit))
}

// AbsencesAfter reads the absences of reps that are not over at an instant.
func AbsencesAfter(ctx context.Context, q sqldb.Querier, reps []string, at int64) ([]*Absence, error) {
	in, args := sqldb.In(2, reps)
	return all[Absence](q.Query(ctx, selectAbsence+`WHERE end_at > $1 AND rep IN (`+in+`) ORDER BY rep, start_at, id`,
		append([]any{at}, args...)...))
}

// InsertAbsence stores a new absence. It gives ErrIDTaken.
func InsertAbsence(ctx context.Context, tx *sqldb.Tx, a *Absence) error {
	_, err := tx.InsertNow(ctx, &sqldb.Table{Name: absenceTable.Name, Columns: absenceTable.Columns}, a.fields())
	return taken(err)
}

// PutAbsence stores an absence whose rep is locked.
func PutAbsence(ctx context.Context, tx *sqldb.Tx, a *Absence) error {
	return put(ctx, tx, absenceTable, []*Absence{a})
}

// DeleteAbsence takes an absence back.
func DeleteAbsence(ctx context.Context, tx *sqldb.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM absence WHERE id = $1`, id)
	return err
}
