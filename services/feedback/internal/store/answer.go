package store

import (
	"context"
	"errors"
	"time"

	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Cause is who answered, by which request.
type Cause struct {
	Principal string
	RequestID string
	Kind      int32 // what kind of being the principal is, as the API numbers it
}

// Answer is what somebody said, before it is known whether it counts. Its principal and the request that Routing is asked by
// name it.
type Answer struct {
	Cause
	Asked      string // the id of the request to Routing
	Handoff    string // the id
	Assignment int64
	Rep        string // the assignee, by id
	AnsweredBy string // the rep who stood in for the assignee, by id; empty if nobody did
	Taken      bool   // whether it became a verdict that was told
	verdict.Answer
}

var answerTable = &sqldb.Table{Name: "answer", Suffix: "ON CONFLICT DO NOTHING", Columns: append([]sqldb.Column{
	{Name: "principal", Type: sqldb.Text}, {Name: "asked", Type: sqldb.Text}, {Name: "request_id", Type: sqldb.Text},
	{Name: "actor_kind", Type: sqldb.Int}, {Name: "handoff_id", Type: sqldb.Text}, {Name: "assignment", Type: sqldb.Int},
	{Name: "step", Type: sqldb.Int}, {Name: "rep", Type: sqldb.Text}, {Name: "answered_by", Type: sqldb.Text}, {Name: "taken", Type: sqldb.Int}, {Name: "stored_at", Type: sqldb.Int},
}, detailColumns...)}

// PutAnswer stores an answer, unless one of this name is there already. Stored at is real time: it says when to forget.
func PutAnswer(ctx context.Context, tx *sqldb.Tx, a *Answer, storedAt time.Time) error {
	row, err := detailRow(a.Answer)
	if err != nil {
		return err
	}
	_, err = tx.InsertNow(ctx, answerTable, append([]any{a.Principal, a.Asked, a.RequestID, a.Kind, a.Handoff, a.Assignment, a.Step,
		a.Rep, a.AnsweredBy, false, storedAt.UnixMicro()}, row...))
	return err
}

// GetAnswer reads the answer of a principal about which Routing is, or was, asked by a request.
func GetAnswer(ctx context.Context, q sqldb.Querier, principal, asked string) (*Answer, error) {
	a := &Answer{Cause: Cause{Principal: principal}, Asked: asked}
	row := q.QueryRow(ctx, `SELECT request_id, actor_kind, handoff_id, assignment, step, rep, answered_by, taken, `+details+` FROM answer
		WHERE principal = $1 AND asked = $2`, principal, asked)
	err := scan(row, &a.Answer, &a.RequestID, &a.Kind, &a.Handoff, &a.Assignment, &a.Step, &a.Rep, &a.AnsweredBy, &a.Taken)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	return a, err
}

// TakeAnswer marks an answer, if it is there, as one that became a verdict.
func TakeAnswer(ctx context.Context, tx *sqldb.Tx, principal, asked string) error {
	_, err := tx.Exec(ctx, `UPDATE answer SET taken = 1 WHERE principal = $1 AND asked = $2`, principal, asked)
	return err
}

// DropAnswer deletes an answer that did not become a verdict.
func DropAnswer(ctx context.Context, tx *sqldb.Tx, principal, asked string) error {
	_, err := tx.Exec(ctx, `DELETE FROM answer WHERE principal = $1 AND asked = $2 AND taken = 0`, principal, asked)
	return err
}

// ForgetAnswers deletes up to limit answers stored before an instant, and says how many it found.
func ForgetAnswers(ctx context.Context, tx *sqldb.Tx, before time.Time, limit int64) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM answer WHERE (principal, asked) IN
		(SELECT principal, asked FROM answer WHERE stored_at < $1 ORDER BY stored_at LIMIT $2)`, before.UnixMicro(), limit)
}
