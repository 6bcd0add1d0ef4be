package store

import (
	"context"
	"fmt"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/compliance"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// Period is a stretch of time, and whose clocks count.
type Period struct {
	Start, End time.Time // half-open
	Now        time.Time // what is open and due before it is missed
	Rep        string    // only this rep's clocks; everybody's if empty
}

// FellDue gives the clocks that fell due in a period.
func FellDue(ctx context.Context, q sqldb.Querier, p Period, each func(compliance.Clock)) error {
	for row, err := range q.Query(ctx, `SELECT c.kind, c.state, c.answered, c.elapsed, c.due_at, c.tier, c.rep, c.pool, c.causes, h.source
		FROM clock c JOIN handoff h ON h.id = c.handoff WHERE c.due_at >= $1 AND c.due_at < $2 AND ($3 = '' OR c.rep = $3)`,
		p.Start.UnixMicro(), p.End.UnixMicro(), p.Rep) {
		if err != nil {
			return fmt.Errorf("read clocks that fell due: %w", err)
		}
		var c compliance.Clock
		var state deadline.State
		var answered, elapsed, due int64
		var causes string
		if err := row.Scan(&c.Kind, &state, &answered, &elapsed, &due, &c.Tier, &c.Rep, &c.Team, &causes, &c.Source); err != nil {
			return fmt.Errorf("read clock that fell due: %w", err)
		}
		c.Outcome, c.Answered = outcome(state, due < p.Now.UnixMicro()), answered != 0
		c.Elapsed = time.Duration(elapsed) * time.Microsecond
		if c.Causes, err = unspell(causes); err != nil {
			return err
		}
		each(c)
	}
	return nil
}

// outcome is what became of a clock in a state. One that is overdue is missed, also before anybody looked.
func outcome(state deadline.State, past bool) compliance.Outcome {
	switch {
	case state == deadline.Met:
		return compliance.Met
	case state == deadline.Cancelled:
		return compliance.Cancelled
	case state == deadline.Missed, past:
		return compliance.Missed
	default:
		return compliance.Pending
	}
}

// Qualified adds the leads to a ledger that became MQLs in a period.
func Qualified(ctx context.Context, q sqldb.Querier, p Period, into *compliance.Ledger) error {
	for row, err := range q.Query(ctx, `SELECT mql_at, reason, lacking, assign_at, touch_at, accepted, sql, for_sales FROM handoff
		WHERE mql_at >= $1 AND mql_at < $2`, p.Start.UnixMicro(), p.End.UnixMicro()) {
		if err != nil {
			return fmt.Errorf("read MQLs: %w", err)
		}
		var mql, lacking, assigned, touched *int64
		var reason, accepted, sql, forSales int64
		if err := row.Scan(&mql, &reason, &lacking, &assigned, &touched, &accepted, &sql, &forSales); err != nil {
			return fmt.Errorf("read MQL: %w", err)
		}
		into.AddLead(compliance.Lead{MQL: instant(mql), Assigned: instant(assigned), Touched: instant(touched), Accepted: accepted != 0,
			SQL: sql != 0, Misfit: reason == misfitFirmographic || reason == misfitBudget, Opened: lacking != nil, Complete: deref(lacking) == 0,
			ForSales: forSales != 0})
	}
	return nil
}

// The reasons of a rejection that say that the lead met no criteria, as the API numbers them.
const (
	misfitFirmographic = 1
	misfitBudget       = 2
)

// MQLs counts the leads that became MQLs in a stretch of time.
func MQLs(ctx context.Context, q sqldb.Querier, start, end time.Time) (n int64, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM handoff WHERE mql_at >= $1 AND mql_at < $2`, start.UnixMicro(), end.UnixMicro()).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count MQLs: %w", err)
	}
	return n, nil
}

// Overdue is clocks of a kind that are overdue, and whose they are.
type Overdue struct {
	Kind   deadline.Kind
	Rep    string // empty for the suite
	Count  int64
	Oldest time.Time // deadline
}

// OverdueNow gives what is overdue, the longest overdue first; only a rep's if one is given.
func OverdueNow(ctx context.Context, q sqldb.Querier, rep string, limit int) ([]Overdue, error) {
	var all []Overdue
	for row, err := range q.Query(ctx, `SELECT kind, rep, COUNT(*), MIN(due_at) FROM clock WHERE state = 3 AND ($1 = '' OR rep = $1)
		GROUP BY kind, rep ORDER BY MIN(due_at), kind, rep LIMIT $2`, rep, int64(limit)) {
		if err != nil {
			return nil, fmt.Errorf("read overdue clocks: %w", err)
		}
		var o Overdue
		var oldest *int64
		if err := row.Scan(&o.Kind, &o.Rep, &o.Count, &oldest); err != nil {
			return nil, fmt.Errorf("read overdue clocks: %w", err)
		}
		o.Oldest = instant(oldest)
		all = append(all, o)
	}
	return all, nil
}

// Place is where a clock stands among those of all handoffs: by its deadline, and then by its name.
type Place struct {
	DueAt   int64 // microseconds
	Handoff string
	ClockKey
}

// MissedClocks gives the clocks that fell due in a period and were missed, by deadline, after a place; only those of a kind if one is
// given.
func MissedClocks(ctx context.Context, q sqldb.Querier, p Period, kind deadline.Kind, after Place, limit int64) ([]Place, error) {
	var all []Place
	for row, err := range q.Query(ctx, `SELECT due_at, handoff, kind, run FROM clock
		WHERE due_at >= $1 AND due_at < $2 AND (state = 4 OR state IN (1, 3) AND due_at < $3) AND ($4 = '' OR rep = $4) AND ($5 = '' OR kind = $5)
			AND (due_at, handoff, kind, run) > ($6, $7, $8, $9)
		ORDER BY due_at, handoff, kind, run LIMIT $10`, p.Start.UnixMicro(), p.End.UnixMicro(), p.Now.UnixMicro(), p.Rep, string(kind),
		after.DueAt, after.Handoff, string(after.Kind), int64(after.Run), limit) {
		if err != nil {
			return nil, fmt.Errorf("read missed clocks: %w", err)
		}
		var at Place
		var due *int64
		if err := row.Scan(&due, &at.Handoff, &at.Kind, &at.Run); err != nil {
			return nil, fmt.Errorf("read missed clock: %w", err)
		}
		at.DueAt = deref(due)
		all = append(all, at)
	}
	return all, nil
}
