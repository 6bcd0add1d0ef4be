package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
)

// Assignment is one rep's turn at a handoff.
type Assignment struct {
	Handoff     string
	Number      int64 // from 1
	Rep         string
	Pool        string // the pool that gave it; empty for an owner
	Queue       string // the queue that the rep took it from; empty if they did not
	Book        string // the ledger in which it is a turn, and which; empty for none
	Epoch, Turn int64
	AssignedAt  int64
	Cause       int64 // why it was taken from the rep before, as in the API; 0 if it was not
	Answer      lifecycle.Step
	Reason      lifecycle.Reason // of a rejection
	AnsweredAt  int64
	Disposition lifecycle.Step
	Outcome     lifecycle.Outcome // of a disposition
	DisposedAt  int64
	Over        bool // somebody else has the handoff, or nobody
}

var assignmentTable = table("assignment", 2, `handoff text, number int, rep text, pool text, queue text, book text, epoch int, turn int, assigned_at int, cause int,
	answer int, reason int, answered_at int, disposition int, outcome int, disposed_at int, over int`)

func (a *Assignment) fields() []any {
	return []any{&a.Handoff, &a.Number, &a.Rep, &a.Pool, &a.Queue, &a.Book, &a.Epoch, &a.Turn, &a.AssignedAt, &a.Cause, &a.Answer, &a.Reason, &a.AnsweredAt,
		&a.Disposition, &a.Outcome, &a.DisposedAt, &a.Over}
}

// Assignments reads the assignments of handoffs, each one's in their order.
func Assignments(ctx context.Context, q sqldb.Querier, handoffs []string) (map[string][]*Assignment, error) {
	in, args := sqldb.In(1, handoffs)
	rows, err := all[Assignment](q.Query(ctx, `SELECT `+columns(assignmentTable)+` FROM assignment WHERE handoff IN (`+in+`)
		ORDER BY handoff, number`, args...))
	byHandoff := make(map[string][]*Assignment, len(handoffs))
	for _, a := range rows {
		byHandoff[a.Handoff] = append(byHandoff[a.Handoff], a)
	}
	return byHandoff, err
}

// PutAssignments stores assignments. Those of one handoff must come in their order: an earlier one ends before a later
// one begins.
func PutAssignments(ctx context.Context, tx *sqldb.Tx, assignments []*Assignment) error {
	return put(ctx, tx, assignmentTable, assignments)
}

// Arrivals reads when handoffs came to reps since an instant, each rep's in their order.
func Arrivals(ctx context.Context, q sqldb.Querier, reps []string, since int64) (map[string][]time.Time, error) {
	arrivals := map[string][]time.Time{}
	if len(reps) == 0 {
		return arrivals, nil
	}
	in, args := sqldb.In(2, reps)
	for row, err := range q.Query(ctx, `SELECT rep, assigned_at FROM assignment WHERE assigned_at >= $1 AND rep IN (`+in+`) ORDER BY rep, assigned_at`,
		append([]any{since}, args...)...) {
		if err != nil {
			return nil, err
		}
		var rep string
		var at int64
		if err := row.Scan(&rep, &at); err != nil {
			return nil, err
		}
		arrivals[rep] = append(arrivals[rep], Instant(at))
	}
	return arrivals, nil
}

// Refusal is a rep's refusal of a lead, in whatever cycle. Lead is the one that was asked for.
type Refusal struct {
	Lead, Handoff, Rep string
	Step               lifecycle.Step
}

func (r *Refusal) fields() []any { return []any{&r.Lead, &r.Handoff, &r.Rep, &r.Step} }

// Refusals reads who declined or rejected leads before, or those that turned out to be one of them.
func Refusals(ctx context.Context, q sqldb.Querier, leads []string) ([]*Refusal, error) {
	in, args := sqldb.In(3, leads)
	return all[Refusal](q.Query(ctx, `WITH RECURSIVE part(lead, id) AS (
			SELECT survivor, id FROM merged_lead WHERE survivor IN (`+in+`)
			UNION SELECT p.lead, m.id FROM part p JOIN merged_lead m ON m.survivor = p.id
		), own(lead, handoff, rep, answer, number) AS (
			SELECT h.lead, a.handoff, a.rep, a.answer, a.number FROM handoff h JOIN assignment a ON a.handoff = h.id
				WHERE h.lead IN (`+in+`) AND a.answer IN ($1, $2)
			UNION ALL SELECT p.lead, a.handoff, a.rep, a.answer, a.number FROM part p JOIN handoff h ON h.lead = p.id
				JOIN assignment a ON a.handoff = h.id WHERE a.answer IN ($1, $2)
		) SELECT lead, handoff, rep, answer FROM own ORDER BY lead, handoff, number`,
		append([]any{lifecycle.StepDecline, lifecycle.StepReject}, args...)...))
}
