package store

import (
	"context"
	"fmt"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/compliance"
)

// outcomeOf is what became of a clock that fell due in a period that is over, as [compliance.Outcome] numbers it: one that is not
// met and was not cancelled is missed.
const outcomeOf = `CASE c.state WHEN 2 THEN 1 WHEN 5 THEN 3 ELSE 2 END`

// CloseClocks keeps the clocks that fell due in a period that is over as they stand, and says how many they are.
func CloseClocks(ctx context.Context, tx *sqldb.Tx, name string, p Period) (int64, error) {
	n, err := tx.Exec(ctx, `INSERT INTO closed_clock (period, handoff, kind, run, outcome, answered, elapsed, due_at, tier, rep, pool, source, causes)
		SELECT $1, c.handoff, c.kind, c.run, `+outcomeOf+`, c.answered, c.elapsed, c.due_at, c.tier, c.rep, c.pool, h.source, c.causes
		FROM clock c JOIN handoff h ON h.id = c.handoff WHERE c.due_at >= $2 AND c.due_at < $3`,
		name, p.Start.UnixMicro(), p.End.UnixMicro())
	if err != nil {
		return 0, fmt.Errorf("close clocks: %w", err)
	}
	return n, nil
}

// ClosedClocks gives the clocks that a closed period counted, as they stood.
func ClosedClocks(ctx context.Context, q sqldb.Querier, name string, each func(compliance.Clock)) error {
	for row, err := range q.Query(ctx, `SELECT kind, outcome, answered, elapsed, due_at, tier, rep, pool, source, causes FROM closed_clock
		WHERE period = $1`, name) {
		if err != nil {
			return fmt.Errorf("read closed clocks: %w", err)
		}
		var c Counted
		var s side
		if err := row.Scan(append([]any{&c.Kind}, s.fields(&c)...)...); err != nil {
			return fmt.Errorf("read closed clock: %w", err)
		}
		if err := s.into(&c); err != nil {
			return err
		}
		each(c.Clock)
	}
	return nil
}

// Counted is a clock as a period counts it. One that it does not count has no outcome.
type Counted struct {
	compliance.Clock
	Due time.Time
}

// side is how a clock counts, as it is read.
type side struct {
	answered, elapsed, due int64
	causes                 string
}

// fields are where the columns of a side go.
func (s *side) fields(c *Counted) []any {
	return []any{&c.Outcome, &s.answered, &s.elapsed, &s.due, &c.Tier, &c.Rep, &c.Team, &c.Source, &s.causes}
}

// into fills in what is not read as it is.
func (s *side) into(c *Counted) (err error) {
	c.Answered, c.Elapsed = s.answered != 0, time.Duration(s.elapsed)*time.Microsecond
	if s.due != 0 {
		c.Due = instant(&s.due)
	}
	c.Causes, err = unspell(s.causes)
	return err
}

// Restated is a clock that counts otherwise in a closed period than it did.
type Restated struct {
	Handoff string
	ClockKey
	Closed, Live Counted
	ChangedAt    time.Time // when what counts of the clock changed last; zero if that is not known
	ChangedBy    string
}

// Restatements gives the clocks that count otherwise in a closed period than they did, by name; those of a rep if one is given: a
// clock that went from one rep to another is gone for the one, and new for the other.
func Restatements(ctx context.Context, q sqldb.Querier, p *Closed, rep string) ([]Restated, error) {
	var all []Restated
	for row, err := range q.Query(ctx, restatements, p.Name, p.Start.UnixMicro(), p.End.UnixMicro(), rep) {
		if err != nil {
			return nil, fmt.Errorf("read restatements: %w", err)
		}
		var r Restated
		var was, is side
		var at int64
		into := append([]any{&r.Handoff, &r.Kind, &r.Run, &at, &r.ChangedBy}, was.fields(&r.Closed)...)
		if err := row.Scan(append(into, is.fields(&r.Live)...)...); err != nil {
			return nil, fmt.Errorf("read restatement: %w", err)
		}
		if err := was.into(&r.Closed); err != nil {
			return nil, err
		}
		if err := is.into(&r.Live); err != nil {
			return nil, err
		}
		r.Closed.Kind, r.Live.Kind = r.Kind, r.Kind
		if r.Live.Outcome == compliance.Pending {
			r.Live = Counted{} // it is another period's, or another rep's
		}
		if at != 0 {
			r.ChangedAt = instant(&at)
		}
		all = append(all, r)
	}
	return all, nil
}

// liveColumns are how a clock counts today, missing if there is none.
const liveColumns = `c.answered, c.elapsed, c.due_at, c.tier, c.rep, c.pool, h.source, c.causes`

// restatements are the clocks that a period counted and that are not the same today, and those that it did not count. What has left
// the period has another deadline, and so is not the same.
const restatements = `SELECT f.handoff, f.kind, f.run, COALESCE(c.changed_at, f.gone_at, 0), COALESCE(c.changed_by, f.gone_by, ''),
		f.outcome, f.answered, f.elapsed, f.due_at, f.tier, f.rep, f.pool, f.source, f.causes,
		CASE WHEN c.due_at >= $2 AND c.due_at < $3 AND ($4 = '' OR c.rep = $4) THEN ` + outcomeOf + ` ELSE 0 END,
		COALESCE(c.answered, 0), COALESCE(c.elapsed, 0), COALESCE(c.due_at, 0), COALESCE(c.tier, ''), COALESCE(c.rep, ''),
		COALESCE(c.pool, ''), COALESCE(h.source, ''), COALESCE(c.causes, '')
	FROM closed_clock f LEFT JOIN clock c ON c.handoff = f.handoff AND c.kind = f.kind AND c.run = f.run LEFT JOIN handoff h ON h.id = c.handoff
	WHERE f.period = $1 AND ($4 = '' OR f.rep = $4) AND (c.due_at IS NULL OR $4 <> '' AND c.rep <> $4
		OR (f.outcome, f.answered, f.elapsed, f.due_at, f.tier, f.rep, f.pool, f.source, f.causes) <> (` + outcomeOf + `, ` + liveColumns + `))
	UNION ALL
	SELECT c.handoff, c.kind, c.run, c.changed_at, c.changed_by, 0, 0, 0, 0, '', '', '', '', '', ` + outcomeOf + `, ` + liveColumns + `
	FROM clock c JOIN handoff h ON h.id = c.handoff
	WHERE c.due_at >= $2 AND c.due_at < $3 AND ($4 = '' OR c.rep = $4) AND NOT EXISTS (SELECT 1 FROM closed_clock f
		WHERE f.period = $1 AND f.handoff = c.handoff AND f.kind = c.kind AND f.run = c.run AND ($4 = '' OR f.rep = $4))
	ORDER BY 1, 2, 3`
