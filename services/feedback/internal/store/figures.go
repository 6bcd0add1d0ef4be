package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/proportion"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Early is how soon after the first assignment a lead is found to be no fit, to be found so early.
const Early = 48 * time.Hour

// EarlyWrongFit counts the handoffs that were first assigned in a period [from, to), and those of them that sales said early to be no
// fit: of all reps, or of the one, by id, who had them first.
func EarlyWrongFit(ctx context.Context, q sqldb.Querier, from, to time.Time, rep *string) (proportion.Share, error) {
	return share(q.QueryRow(ctx, `SELECT count(*), COALESCE(sum(CASE WHEN EXISTS (SELECT 1 FROM verdict v WHERE v.handoff_id = a.handoff_id AND v.state <> 0
			AND v.answered_at <= a.assigned_at + $3 AND v.counted_reason IN ($4, $5)) THEN 1 ELSE 0 END), 0)
		FROM assignment a WHERE a.number = 1 AND a.assigned_at >= $1 AND a.assigned_at < $2 AND ($6 = '*' OR a.rep = $6)`,
		from.UnixMicro(), to.UnixMicro(), Early.Microseconds(), verdict.BadFitFirmographic, verdict.BadFitBudget, whose(rep)))
}

// Dispositions counts the handoffs that a rep accepted last in a period [from, to), and those of them of which is said all that
// should be: an outcome with its rating, and a reason where the lead is disqualified; or that the lead is recycled. What the suite
// ended by itself is not counted.
func Dispositions(ctx context.Context, q sqldb.Querier, from, to time.Time, rep *string) (proportion.Share, error) {
	return share(q.QueryRow(ctx, `SELECT count(*), COALESCE(sum(CASE WHEN EXISTS (SELECT 1 FROM verdict d WHERE d.handoff_id = v.handoff_id AND d.state <> 0
			AND (d.step = $4 AND d.assignment = v.assignment OR d.step = $5 AND d.rating > 0 AND (d.outcome <> $6 OR d.reason <> 0))) THEN 1 ELSE 0 END), 0)
		FROM verdict v WHERE v.answered_at >= $1 AND v.answered_at < $2 AND v.step = $3
			AND NOT EXISTS (SELECT 1 FROM ending e WHERE e.handoff_id = v.handoff_id AND e.step = 0)
			AND NOT EXISTS (SELECT 1 FROM verdict l WHERE l.handoff_id = v.handoff_id AND l.step = v.step AND l.assignment > v.assignment)
			AND ($7 = '*' OR v.rep = $7)`,
		from.UnixMicro(), to.UnixMicro(), verdict.Accept, verdict.Recycle, verdict.Dispose, verdict.Disqualified, whose(rep)))
}

// Match is how often sales said the same of the message of a campaign.
type Match struct {
	Campaign string // empty for none
	Match    verdict.Match
	Count    int64
}

// Matches counts what sales said in a period [from, to) of the messages of campaigns, by campaign.
func Matches(ctx context.Context, q sqldb.Querier, from, to time.Time, rep *string) ([]Match, error) {
	var matches []Match
	for row, err := range q.Query(ctx, `SELECT h.campaign, v.message_match, count(*) FROM verdict v JOIN handoff h ON h.id = v.handoff_id
		WHERE v.answered_at >= $1 AND v.answered_at < $2 AND v.state <> 0 AND v.message_match <> 0 AND ($3 = '*' OR v.rep = $3)
		GROUP BY h.campaign, v.message_match ORDER BY h.campaign, v.message_match`, from.UnixMicro(), to.UnixMicro(), whose(rep)) {
		if err != nil {
			return nil, err
		}
		var m Match
		if err := row.Scan(&m.Campaign, &m.Match, &m.Count); err != nil {
			return nil, err
		}
		matches = append(matches, m)
	}
	return matches, nil
}

// share reads a whole and its part.
func share(row sqldb.Row) (s proportion.Share, err error) {
	err = row.Scan(&s.Whole, &s.Part)
	return s, err
}
