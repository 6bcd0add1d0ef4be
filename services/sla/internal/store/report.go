package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// Slice says by what a report is cut besides the kind of clock.
type Slice string

// The slices, each the expression of a clock's row that names it.
const (
	Whole  Slice = `''`
	ByTier Slice = `tier`
	ByRep  Slice = `rep`
)

// Period is a stretch of time, and whose clocks count.
type Period struct {
	Start, End time.Time // half-open
	Now        time.Time // what is open and due before it is missed
	Rep        string    // only this rep's clocks; everybody's if empty
}

// Tally is what became of the clocks of a kind that fell due in a period.
type Tally struct {
	Kind      deadline.Kind
	Slice     string
	Met       int64
	Missed    int64
	Cancelled int64
	Answered  int64 // in time or not
	Median    time.Duration
	P90       time.Duration
}

// Tallies counts the clocks that fell due in a period, by kind and slice, in this order. Clocks without a tier or a rep are
// not in any slice but the whole.
//
// Median and P90 are the nearest rank: the smallest time used within which at least half, or nine tenths, of the answered
// clocks were answered.
func Tallies(ctx context.Context, q sqldb.Querier, p Period, by Slice) ([]Tally, error) {
	var all []Tally
	args := []any{p.Start.UnixMicro(), p.End.UnixMicro(), p.Rep, p.Now.UnixMicro()}
	for row, err := range q.Query(ctx, tallyQuery(by), args...) {
		if err != nil {
			return nil, fmt.Errorf("tally clocks: %w", err)
		}
		var t Tally
		var median, p90 *int64
		if err := row.Scan(&t.Kind, &t.Slice, &t.Met, &t.Missed, &t.Cancelled, &t.Answered, &median, &p90); err != nil {
			return nil, fmt.Errorf("tally clocks: %w", err)
		}
		t.Median, t.P90 = time.Duration(deref(median))*time.Microsecond, time.Duration(deref(p90))*time.Microsecond
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b Tally) int { return cmp.Or(a.Kind.Compare(b.Kind), cmp.Compare(a.Slice, b.Slice)) })
	return all, nil
}

// tallyQuery ranks the answered clocks of each kind and slice by the time they used; the unanswered come behind them.
func tallyQuery(by Slice) string {
	return `WITH due AS (
			SELECT kind, ` + string(by) + ` AS slice, state, answered, elapsed, due_at FROM clock
			WHERE due_at >= $1 AND due_at < $2 AND ($3 = '' OR rep = $3)),
		ranked AS (
			SELECT kind, slice, state, answered, elapsed, due_at,
				ROW_NUMBER() OVER (PARTITION BY kind, slice ORDER BY answered DESC, elapsed) AS place,
				SUM(answered) OVER (PARTITION BY kind, slice) AS places
			FROM due)
		SELECT kind, slice,
			COUNT(*) FILTER (WHERE state = 2),
			COUNT(*) FILTER (WHERE state = 4 OR state IN (1, 3) AND due_at < $4),
			COUNT(*) FILTER (WHERE state = 5),
			COUNT(*) FILTER (WHERE answered = 1),
			MAX(elapsed) FILTER (WHERE answered = 1 AND place * 2 >= places AND place * 2 < places + 2),
			MAX(elapsed) FILTER (WHERE answered = 1 AND place * 10 >= places * 9 AND place * 10 < places * 9 + 10)
		FROM ranked WHERE ` + wanted(by) + ` GROUP BY kind, slice`
}

// wanted leaves out what is in no slice.
func wanted(by Slice) string {
	if by == Whole {
		return `1 = 1`
	}
	return `slice <> ''`
}

// Intake is what marketing passed on in a period.
type Intake struct {
	MQLs     int64
	Misfits  int64 // rejected as outside the profile or without budget
	Opened   int64 // of which the context is known
	Complete int64 // of these, with everything that the playbook requires
}

// TakenIn counts the leads that became MQLs in a period.
func TakenIn(ctx context.Context, q sqldb.Querier, start, end time.Time) (Intake, error) {
	var i Intake
	err := q.QueryRow(ctx, `SELECT COUNT(*), COUNT(*) FILTER (WHERE reason IN (1, 2)), COUNT(lacking), COUNT(*) FILTER (WHERE lacking = 0)
		FROM handoff WHERE mql_at >= $1 AND mql_at < $2`, start.UnixMicro(), end.UnixMicro()).Scan(&i.MQLs, &i.Misfits, &i.Opened, &i.Complete)
	if err != nil {
		return Intake{}, fmt.Errorf("count MQLs: %w", err)
	}
	return i, nil
}
