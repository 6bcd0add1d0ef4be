package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// ClockKey names a clock within its handoff.
type ClockKey struct {
	Kind deadline.Kind
	Run  int
}

// Clock is a clock's row. Two rows are the same iff they are equal. Times are Unix microseconds, 0 for none.
type Clock struct {
	ClockKey
	State    deadline.State
	Reason   deadline.Reason
	Tier     string
	Rep      string
	Pool     string
	Calendar string
	Edition  int64
	StartAt  int64
	RiskAt   int64
	DueAt    int64
	StopAt   int64
	Elapsed  int64 // microseconds
	Answered bool
	Goal     int64  // microseconds, in the clock's own time; 0 for none
	Causes   string // the shares of the causes, in their order; empty if it was not missed
	Told     deadline.Alerts
	NextAt   int64

	ChangedAt int64  // when what counts of it changed last
	ChangedBy string // what changed that: the kind of event, or [TimePassed]
}

// TimePassed is what changes a clock when nothing happens but that.
const TimePassed = "time_passed"

// Counts is what of a clock counts in reports.
func (c Clock) Counts() Clock {
	return Clock{ClockKey: c.ClockKey, State: c.State, Tier: c.Tier, Rep: c.Rep, Pool: c.Pool, DueAt: c.DueAt, Elapsed: c.Elapsed,
		Answered: c.Answered, Causes: c.Causes}
}

// After is the row with when and by what it came to count as it does, given the row before it.
func (c Clock) After(old Clock, now time.Time, by string) Clock {
	c.ChangedAt, c.ChangedBy = old.ChangedAt, old.ChangedBy
	if c.Counts() != old.Counts() {
		c.ChangedAt, c.ChangedBy = now.UnixMicro(), by
	}
	return c
}

// Row is a clock as it is stored, with what it has told so far.
func Row(c deadline.Clock, told deadline.Alerts) Clock {
	return Clock{ClockKey: ClockKey{c.Kind, c.Run}, State: c.State, Reason: c.Reason, Tier: c.Tier, Rep: c.Rep, Pool: c.Pool,
		Calendar: c.Calendar, Edition: c.Edition, StartAt: micros(c.Start), RiskAt: micros(c.AtRisk), DueAt: micros(c.Due),
		StopAt: micros(c.Stop), Elapsed: c.Elapsed.Microseconds(), Answered: c.Answered, Goal: c.Goal.Span.Microseconds(),
		Causes: spell(c.Shares()), Told: told, NextAt: micros(c.Next(told))}
}

const clockColumns = `handoff, kind, run, state, reason, tier, rep, pool, calendar, edition, start_at, risk_at, due_at, stop_at,
	elapsed, answered, goal, causes, told, next_at, changed_at, changed_by`

// loadClocks reads the clocks of handoffs.
func loadClocks(ctx context.Context, q sqldb.Querier, handoffs map[string]*Handoff) error {
	if len(handoffs) == 0 {
		return nil
	}
	list, args := sqldb.In(1, slices.Sorted(maps.Keys(handoffs)))
	for row, err := range q.Query(ctx, `SELECT `+clockColumns+` FROM clock WHERE handoff IN (`+list+`)`, args...) {
		if err != nil {
			return fmt.Errorf("read clocks: %w", err)
		}
		var handoff string
		c, err := scanClock(row, &handoff)
		if err != nil {
			return err
		}
		handoffs[handoff].Clocks[c.ClockKey] = c
	}
	return nil
}

func scanClock(row sqldb.Row, handoff *string) (Clock, error) {
	var c Clock
	var answered int64
	var risk, due, stop, next *int64
	err := row.Scan(handoff, &c.Kind, &c.Run, &c.State, &c.Reason, &c.Tier, &c.Rep, &c.Pool, &c.Calendar, &c.Edition, &c.StartAt, &risk, &due,
		&stop, &c.Elapsed, &answered, &c.Goal, &c.Causes, &c.Told, &next, &c.ChangedAt, &c.ChangedBy)
	if err != nil {
		return Clock{}, fmt.Errorf("read clock: %w", err)
	}
	c.RiskAt, c.DueAt, c.StopAt, c.NextAt = deref(risk), deref(due), deref(stop), deref(next)
	c.Answered = answered != 0
	return c, nil
}

var clockTable = &sqldb.Table{Name: "clock", Columns: []sqldb.Column{
	{Name: "handoff", Type: sqldb.Text}, {Name: "kind", Type: sqldb.Text}, {Name: "run", Type: sqldb.Int},
	{Name: "state", Type: sqldb.Int}, {Name: "reason", Type: sqldb.Text}, {Name: "tier", Type: sqldb.Text},
	{Name: "rep", Type: sqldb.Text}, {Name: "pool", Type: sqldb.Text}, {Name: "calendar", Type: sqldb.Text}, {Name: "edition", Type: sqldb.Int},
	{Name: "start_at", Type: sqldb.Int}, {Name: "risk_at", Type: sqldb.Int}, {Name: "due_at", Type: sqldb.Int},
	{Name: "stop_at", Type: sqldb.Int}, {Name: "elapsed", Type: sqldb.Int}, {Name: "answered", Type: sqldb.Int},
	{Name: "goal", Type: sqldb.Int}, {Name: "causes", Type: sqldb.Text}, {Name: "told", Type: sqldb.Int}, {Name: "next_at", Type: sqldb.Int},
	{Name: "changed_at", Type: sqldb.Int}, {Name: "changed_by", Type: sqldb.Text},
}, Suffix: `ON CONFLICT (handoff, kind, run) DO UPDATE SET state = excluded.state, reason = excluded.reason, tier = excluded.tier,
	rep = excluded.rep, pool = excluded.pool, calendar = excluded.calendar, edition = excluded.edition, start_at = excluded.start_at,
	risk_at = excluded.risk_at, due_at = excluded.due_at, stop_at = excluded.stop_at, elapsed = excluded.elapsed,
	answered = excluded.answered, goal = excluded.goal, causes = excluded.causes, told = excluded.told, next_at = excluded.next_at,
	changed_at = excluded.changed_at, changed_by = excluded.changed_by`}

// movedTable changes rows that are there, in what time moves of a clock.
var movedTable = &sqldb.Table{Name: "clock", Columns: []sqldb.Column{
	{Name: "handoff", Type: sqldb.Text}, {Name: "kind", Type: sqldb.Text}, {Name: "run", Type: sqldb.Int},
	{Name: "state", Type: sqldb.Int}, {Name: "elapsed", Type: sqldb.Int}, {Name: "causes", Type: sqldb.Text},
	{Name: "told", Type: sqldb.Int}, {Name: "next_at", Type: sqldb.Int}, {Name: "changed_at", Type: sqldb.Int},
	{Name: "changed_by", Type: sqldb.Text},
}, Suffix: `ON CONFLICT (handoff, kind, run) DO UPDATE SET state = excluded.state, elapsed = excluded.elapsed, causes = excluded.causes,
	told = excluded.told, next_at = excluded.next_at, changed_at = excluded.changed_at, changed_by = excluded.changed_by`}

// movedFrom reports whether a clock that is stored differs from how it is stored in nothing but what time moves.
func (c Clock) movedFrom(old Clock) bool {
	old.State, old.Elapsed, old.Causes, old.Told, old.NextAt = c.State, c.Elapsed, c.Causes, c.Told, c.NextAt
	old.ChangedAt, old.ChangedBy = c.ChangedAt, c.ChangedBy
	return c == old
}

// MoveClock is PutClock for a clock of which it is known how it is stored; the zero Clock if it is not.
func MoveClock(tx *sqldb.Tx, handoff string, old, c Clock) {
	if !c.movedFrom(old) {
		PutClock(tx, handoff, c)
		return
	}
	tx.Insert(movedTable, handoff, string(c.Kind), int64(c.Run), int64(c.State), c.Elapsed, c.Causes, int64(c.Told), orNull(c.NextAt),
		c.ChangedAt, c.ChangedBy)
}

// PutClock stores a clock of a handoff that is locked, once a transaction.
func PutClock(tx *sqldb.Tx, handoff string, c Clock) {
	tx.Insert(clockTable, handoff, string(c.Kind), int64(c.Run), int64(c.State), string(c.Reason), c.Tier, c.Rep, c.Pool, c.Calendar,
		c.Edition, c.StartAt, orNull(c.RiskAt), orNull(c.DueAt), orNull(c.StopAt), c.Elapsed, c.Answered, c.Goal, c.Causes, int64(c.Told), orNull(c.NextAt),
		c.ChangedAt, c.ChangedBy)
}

// DropClock removes a clock of a handoff that is locked. The closed periods that counted it keep when and by what it went.
func DropClock(ctx context.Context, tx *sqldb.Tx, handoff string, key ClockKey, now time.Time, by string) error {
	_, err := tx.Exec(ctx, `DELETE FROM clock WHERE handoff = $1 AND kind = $2 AND run = $3`, handoff, string(key.Kind), int64(key.Run))
	if err != nil {
		return fmt.Errorf("drop clock: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE closed_clock SET gone_at = $1, gone_by = $2 WHERE handoff = $3 AND kind = $4 AND run = $5`,
		now.UnixMicro(), by, handoff, string(key.Kind), int64(key.Run))
	if err != nil {
		return fmt.Errorf("drop clock: %w", err)
	}
	return nil
}

// Due gives the handoffs whose clocks must be looked at by an instant, the longest waiting first, and the instant of the
// last of them when there are more than the limit allows.
func Due(ctx context.Context, q sqldb.Querier, now time.Time, limit int) (ids []string, more time.Time, err error) {
	rows := 0
	for row, err := range q.Query(ctx, `SELECT handoff, next_at FROM clock WHERE next_at <= $1 ORDER BY next_at, handoff LIMIT $2`,
		now.UnixMicro(), int64(limit)) {
		if err != nil {
			return nil, time.Time{}, fmt.Errorf("read due clocks: %w", err)
		}
		var id string
		var next *int64
		if err := row.Scan(&id, &next); err != nil {
			return nil, time.Time{}, fmt.Errorf("read due clock: %w", err)
		}
		ids = append(ids, id)
		if rows++; rows == limit {
			more = instant(next)
		}
	}
	return ids, more, nil
}

// PutOff has the clocks of a handoff that are due by an instant wait until another.
func PutOff(ctx context.Context, tx *sqldb.Tx, handoff string, due, until time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE clock SET next_at = $1 WHERE handoff = $2 AND next_at <= $3`, until.UnixMicro(), handoff, due.UnixMicro())
	return err
}

// NextDue is the earliest instant at which a clock must be looked at; the zero time if none must.
func NextDue(ctx context.Context, q sqldb.Querier) (time.Time, error) {
	var next *int64
	err := q.QueryRow(ctx, `SELECT min(next_at) FROM clock WHERE next_at IS NOT NULL`).Scan(&next)
	return instant(next), err
}

func deref(p *int64) int64 {
	if p == nil {
		return 0
	}
	return *p
}

func orNull(at int64) any {
	if at == 0 {
		return nil
	}
	return at
}
