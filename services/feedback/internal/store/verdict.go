package store

import (
	"context"
	"errors"

	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Verdict is an answer that counts. Handoff, assignment and step name it.
type Verdict struct {
	Handoff    string // the id
	Assignment int64
	Rep        string // the assignee, by id
	AnsweredBy string // the rep who stood in for the assignee, by id; empty if nobody did
	State      int32  // of the handoff after the answer, as the API numbers it; 0 while it is not known
	AnsweredAt int64  // Unix microseconds
	Standing   dispute.Standing
	Counted    verdict.Reason // the reason that counts in reports; 0 if none does
	Disputed   bool           // whether there was ever a dispute over it
	Cause
	verdict.Answer
}

var verdictTable = &sqldb.Table{Name: "verdict", Columns: append([]sqldb.Column{
	{Name: "handoff_id", Type: sqldb.Text}, {Name: "assignment", Type: sqldb.Int}, {Name: "step", Type: sqldb.Int},
	{Name: "rep", Type: sqldb.Text}, {Name: "answered_by", Type: sqldb.Text}, {Name: "state", Type: sqldb.Int},
	{Name: "answered_at", Type: sqldb.Int},
	{Name: "principal", Type: sqldb.Text}, {Name: "request_id", Type: sqldb.Text}, {Name: "actor_kind", Type: sqldb.Int},
	{Name: "standing", Type: sqldb.Int}, {Name: "counted_reason", Type: sqldb.Int}, {Name: "disputed", Type: sqldb.Int},
}, detailColumns...)}

// InsertVerdict stores a new verdict.
func InsertVerdict(tx *sqldb.Tx, v *Verdict) error {
	row, err := detailRow(v.Answer)
	if err != nil {
		return err
	}
	tx.Insert(verdictTable, append([]any{v.Handoff, v.Assignment, v.Step, v.Rep, v.AnsweredBy, v.State, v.AnsweredAt,
		v.Principal, v.RequestID, v.Kind, v.Standing, v.Counted, v.Disputed}, row...)...)
	return nil
}

// SetState stores the state of the handoff after the answer.
func SetState(ctx context.Context, tx *sqldb.Tx, v *Verdict) error {
	_, err := tx.Exec(ctx, `UPDATE verdict SET state = $1 WHERE handoff_id = $2 AND assignment = $3 AND step = $4`,
		v.State, v.Handoff, v.Assignment, v.Step)
	return err
}

// SetStanding stores what became of a verdict.
func SetStanding(ctx context.Context, tx *sqldb.Tx, v *Verdict) error {
	_, err := tx.Exec(ctx, `UPDATE verdict SET standing = $1, counted_reason = $2, disputed = $3
		WHERE handoff_id = $4 AND assignment = $5 AND step = $6`, v.Standing, v.Counted, v.Disputed, v.Handoff, v.Assignment, v.Step)
	return err
}

const selectVerdict = `SELECT handoff_id, assignment, step, rep, answered_by, state, answered_at, principal, request_id, actor_kind,
	standing, counted_reason, disputed, ` + details + `
	FROM verdict `

// GetVerdict reads a verdict.
func GetVerdict(ctx context.Context, q sqldb.Querier, handoff string, assignment int64, step verdict.Step) (*Verdict, error) {
	return one(q.QueryRow(ctx, selectVerdict+`WHERE handoff_id = $1 AND assignment = $2 AND step = $3`, handoff, assignment, step))
}

// OpenVerdict reads the verdict on a handoff of which it is not known where it led; there is one at the most.
func OpenVerdict(ctx context.Context, q sqldb.Querier, handoff string) (*Verdict, error) {
	return one(q.QueryRow(ctx, selectVerdict+`WHERE handoff_id = $1 AND state = 0`, handoff))
}

// Place is where a verdict stands among those on its handoff, in the order of time: by assignment, then by step.
type Place struct {
	Assignment int64
	Step       verdict.Step
}

// Verdicts reads the complete verdicts on a handoff after a place, the oldest first.
func Verdicts(ctx context.Context, q sqldb.Querier, handoff string, after Place, limit int64) ([]*Verdict, error) {
	var all []*Verdict
	for row, err := range q.Query(ctx, selectVerdict+`WHERE handoff_id = $1 AND (assignment, step) > ($2, $3) AND state <> 0
		ORDER BY assignment, step LIMIT $4`, handoff, after.Assignment, after.Step, limit) {
		if err != nil {
			return nil, err
		}
		v, err := one(row)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

func one(row sqldb.Row) (*Verdict, error) {
	v := &Verdict{}
	err := scan(row, &v.Answer, &v.Handoff, &v.Assignment, &v.Step, &v.Rep, &v.AnsweredBy, &v.State, &v.AnsweredAt,
		&v.Principal, &v.RequestID, &v.Kind, &v.Standing, &v.Counted, &v.Disputed)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	return v, err
}
