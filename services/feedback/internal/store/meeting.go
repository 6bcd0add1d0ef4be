package store

import (
	"context"
	"iter"
	"time"

	stated "github.com/handoffhq/handoff/services/feedback/internal/statement"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Meeting is one that a partner brought. It never changes.
type Meeting struct {
	Name      string // as the API spells it
	Handoff   string // the id of the handoff that it began, or was added to
	Partner   string // empty if none
	Playbook  int64  // the version that it was checked by
	Added     bool   // whether sales had the lead already
	BroughtAt int64  // Unix microseconds
	Checks    []byte // its rubric, as the API encodes it
}

var meetingTable = &sqldb.Table{Name: "meeting", Suffix: "ON CONFLICT DO NOTHING", Columns: []sqldb.Column{
	{Name: "name", Type: sqldb.Text}, {Name: "handoff_id", Type: sqldb.Text}, {Name: "partner", Type: sqldb.Text},
	{Name: "playbook", Type: sqldb.Int}, {Name: "added", Type: sqldb.Int}, {Name: "brought_at", Type: sqldb.Int},
	{Name: "checks", Type: sqldb.Bytes},
}}

// Bring stores a meeting.
func Bring(tx *sqldb.Tx, m Meeting) {
	tx.Insert(meetingTable, m.Name, m.Handoff, m.Partner, m.Playbook, m.Added, m.BroughtAt, m.Checks)
}

// Brought is a meeting with what is known of it.
type Brought struct {
	Meeting
	Campaign   string // of the handoff; empty if none, or while the handoff is not known
	Facts      stated.Facts
	Assignment int64  // that was answered; 0 without an answer
	AnsweredAt int64  // Unix microseconds; 0 without an answer
	Evidence   string // of the answer; see [Brought.Proofs]
	Rating     int64
	Match      verdict.Match
	Said       string        // the month in whose statement it is stated last; empty if in none
	Was        stated.Result // what is stated there
}

// Proofs are what proves the reason of the answer.
func (b *Brought) Proofs() ([]verdict.Evidence, error) { return decodeEvidence(b.Evidence) }

// Broughts reads the meetings of a partner that are stated already, and those that were brought in [from, before), in the order
// in which they were brought. The answer to a meeting is the one to the last assignment that was answered; what followed an
// accept there is how the work on the lead ended.
func Broughts(ctx context.Context, q sqldb.Querier, partner string, from, before time.Time) iter.Seq2[*Brought, error] {
	return func(yield func(*Brought, error) bool) {
		for row, err := range q.Query(ctx, selectBrought, partner, from.UnixMicro(), before.UnixMicro(),
			verdict.Accept, verdict.Reject, verdict.Recycle) {
			if err != nil {
				yield(nil, err)
				return
			}
			if b, err := scanBrought(row); !yield(b, err) || err != nil {
				return
			}
		}
	}
}

const selectBrought = `SELECT m.name, m.handoff_id, m.partner, m.playbook, m.added, m.brought_at, m.checks, COALESCE(h.campaign, ''),
		CASE WHEN EXISTS (SELECT 1 FROM meeting f WHERE f.handoff_id = m.handoff_id AND (f.brought_at, f.name) < (m.brought_at, m.name))
			THEN 1 ELSE 0 END,
		COALESCE(v.step, 0), COALESCE(v.standing, 0), COALESCE(v.counted_reason, 0), COALESCE(v.assignment, 0), COALESCE(v.answered_at, 0),
		COALESCE(v.evidence, '[]'), COALESCE(v.rating, 0), COALESCE(v.message_match, 0),
		COALESCE(e.outcome, 0), COALESCE(s.month, ''), COALESCE(s.state, 0), COALESCE(s.reason, 0)
	FROM meeting m
	LEFT JOIN handoff h ON h.id = m.handoff_id
	LEFT JOIN verdict v ON v.handoff_id = m.handoff_id AND v.state <> 0 AND v.step IN ($4, $5, $6)
		AND NOT EXISTS (SELECT 1 FROM verdict o WHERE o.handoff_id = v.handoff_id AND o.state <> 0 AND o.step IN ($4, $5, $6)
			AND (o.assignment > v.assignment OR o.assignment = v.assignment AND o.step < v.step))
	LEFT JOIN ending e ON e.handoff_id = m.handoff_id
	LEFT JOIN stated s ON s.meeting = m.name
	WHERE m.partner = $1 AND (s.meeting IS NOT NULL OR m.brought_at >= $2 AND m.brought_at < $3)
	ORDER BY m.brought_at, m.name`

func scanBrought(row sqldb.Row) (*Brought, error) {
	b := &Brought{}
	var outcome int32
	err := row.Scan(&b.Name, &b.Handoff, &b.Partner, &b.Playbook, &b.Added, &b.BroughtAt, &b.Checks, &b.Campaign,
		&b.Facts.Repeated, &b.Facts.Step, &b.Facts.Standing, &b.Facts.Counted, &b.Assignment, &b.AnsweredAt, &b.Evidence, &b.Rating, &b.Match,
		&outcome, &b.Said, &b.Was.State, &b.Was.Reason)
	b.Facts.Ended, b.Facts.Another = outcome != 0, outcome == another
	return b, err
}

// another is the outcome of a handoff whose lead turned out to be another one, as the API numbers it.
const another = 6

// FirstBrought is when the first meeting of all partners was brought; zero if there is none.
func FirstBrought(ctx context.Context, q sqldb.Querier) (time.Time, error) {
	var first int64
	err := q.QueryRow(ctx, `SELECT COALESCE(min(brought_at), 0) FROM meeting WHERE partner <> ''`).Scan(&first)
	if err != nil || first == 0 {
		return time.Time{}, err
	}
	return time.UnixMicro(first).UTC(), nil
}

// Partners are all that brought meetings, by name.
func Partners(ctx context.Context, q sqldb.Querier) ([]string, error) {
	var all []string
	for row, err := range q.Query(ctx, `SELECT DISTINCT partner FROM meeting WHERE partner <> '' ORDER BY partner`) {
		if err != nil {
			return nil, err
		}
		var partner string
		if err := row.Scan(&partner); err != nil {
			return nil, err
		}
		all = append(all, partner)
	}
	return all, nil
}
