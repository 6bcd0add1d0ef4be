package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/feedback/internal/recalibrate"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Cases reads what sales made of the leads that qualified in a period [from, to), by the last answer to each handoff. Meetings
// that a partner brought are none: no line is drawn before them.
func Cases(ctx context.Context, q sqldb.Querier, from, to time.Time, countNotReady bool) ([]recalibrate.Case, error) {
	var all []recalibrate.Case
	for row, err := range q.Query(ctx, `SELECT h.id, h.lead, h.mql_at, v.step, v.standing, v.counted_reason, v.outcome, v.rating
		FROM handoff h JOIN verdict v ON v.handoff_id = h.id
		WHERE h.mql_at >= $1 AND h.mql_at < $2 AND h.meeting = '' AND v.state <> 0 AND NOT EXISTS (SELECT 1 FROM verdict l
			WHERE l.handoff_id = h.id AND (l.assignment, l.step) > (v.assignment, v.step) AND l.state <> 0)
		ORDER BY h.mql_at, h.id`, from.UnixMicro(), to.UnixMicro()) {
		if err != nil {
			return nil, err
		}
		var c recalibrate.Case
		var a recalibrate.Answer
		var at int64
		var step verdict.Step
		var reason verdict.Reason
		var outcome verdict.Outcome
		if err := row.Scan(&c.Handoff, &c.Lead, &at, &step, &a.Standing, &reason, &outcome, &a.Rating); err != nil {
			return nil, err
		}
		a.Step, a.Reason, a.Outcome = step, reason, outcome
		c.At = time.UnixMicro(at).UTC()
		if label := a.Label(countNotReady); label.Counts {
			c.Good, c.Word = label.Good, label.Word
			all = append(all, c)
		}
	}
	return all, nil
}
