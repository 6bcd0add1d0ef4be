package store

import (
	"context"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/cover"
)

// Whereabouts reads where reps are at an instant, by rep. Of those who do not exist nothing is said. Of overlapping absences
// the one that began last and names a cover says who stands in.
func Whereabouts(ctx context.Context, q sqldb.Querier, reps []string, at int64) (map[string]cover.Rep, error) {
	found := make(map[string]cover.Rep, len(reps))
	if len(reps) == 0 {
		return found, nil
	}
	in, args := sqldb.In(2, reps)
	for row, err := range q.Query(ctx, `SELECT r.id, r.active, a.cover FROM rep r
		LEFT JOIN absence a ON a.rep = r.id AND a.start_at <= $1 AND a.end_at > $1
		WHERE r.id IN (`+in+`) ORDER BY r.id, a.start_at, a.id`, append([]any{at}, args...)...) {
		if err != nil {
			return nil, err
		}
		var id string
		var active bool
		var by *string
		if err := row.Scan(&id, &active, &by); err != nil {
			return nil, err
		}
		r := found[id]
		r.Active = active
		if by != nil {
			r.Away = true
		}
		if by != nil && *by != "" {
			r.Cover = *by
		}
		found[id] = r
	}
	return found, nil
}

// CoveredBy reads which reps are away at an instant and name one of these as their cover.
func CoveredBy(ctx context.Context, q sqldb.Querier, covers []string, at int64) ([]string, error) {
	if len(covers) == 0 {
		return nil, nil
	}
	in, args := sqldb.In(2, covers)
	return texts(q.Query(ctx, `SELECT DISTINCT rep FROM absence WHERE cover <> '' AND cover IN (`+in+`) AND start_at <= $1 AND end_at > $1 ORDER BY rep`,
		append([]any{at}, args...)...))
}

// CoversWithin reads all absences with a cover that have a part of a stretch of time, but for one.
func CoversWithin(ctx context.Context, q sqldb.Querier, start, end int64, except string) ([]cover.Absence, error) {
	rows, err := all[Absence](q.Query(ctx, selectAbsence+`WHERE cover <> '' AND end_at > $1 AND start_at < $2 AND id <> $3`, start, end, except))
	absences := make([]cover.Absence, len(rows))
	for i, a := range rows {
		absences[i] = cover.Absence{Rep: a.Rep, Cover: a.Cover, Start: a.StartAt, End: a.EndAt}
	}
	return absences, err
}

// Attendance is when a timer wants to look at a rep's coming or going.
type Attendance struct {
	Rep   string
	DueAt int64
}

var attendanceTable = table("attendance", 1, `rep text, due_at int`)

func (a *Attendance) fields() []any { return []any{&a.Rep, &a.DueAt} }

// PutAttendance stores when a rep is looked at next; at 0 no more. The rep is locked.
func PutAttendance(ctx context.Context, tx *sqldb.Tx, rep string, due int64) error {
	if due > 0 {
		return put(ctx, tx, attendanceTable, []*Attendance{{Rep: rep, DueAt: due}})
	}
	_, err := tx.Exec(ctx, `DELETE FROM attendance WHERE rep = $1`, rep)
	return err
}

// GetAttendance reads when a rep is looked at next.
func GetAttendance(ctx context.Context, q sqldb.Querier, rep string) (*Attendance, error) {
	return one[Attendance](q.QueryRow(ctx, `SELECT rep, due_at FROM attendance WHERE rep = $1`, rep))
}

// DueAttendance reads who is to be looked at first by an instant.
func DueAttendance(ctx context.Context, q sqldb.Querier, at int64) (*Attendance, error) {
	return one[Attendance](q.QueryRow(ctx, `SELECT rep, due_at FROM attendance WHERE due_at <= $1 ORDER BY due_at, rep LIMIT 1`, at))
}
