package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/feedback/internal/pattern"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/proportion"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Subject is what patterns are looked for in.
type Subject struct {
	Kind   int32          // as the API numbers it
	Reason verdict.Reason // 0 unless the kind is that of reasons
}

// Figures are what a look found of a pattern.
type Figures struct {
	Share    proportion.Share // for ratings their sum and count
	Before   pattern.Ratings  // zero unless the subject is ratings
	Strong   bool
	Label    pattern.Label // 0 for ratings
	From, To time.Time     // the window
}

// Pattern is what sales says again and again.
type Pattern struct {
	ID string
	Subject
	Figures
	Slices         []pattern.Slice // in the order of dimensions, then values
	FoundAt        time.Time
	Playbook       int64     // the version in force then
	AcknowledgedAt time.Time // zero if it is not
	Acknowledger   string
	Note           string
	Events         int64 // told about it so far
}

var (
	patternTable = &sqldb.Table{Name: "pattern", Columns: []sqldb.Column{
		{Name: "id", Type: sqldb.Text}, {Name: "kind", Type: sqldb.Int}, {Name: "reason", Type: sqldb.Int},
		{Name: "part", Type: sqldb.Int}, {Name: "whole", Type: sqldb.Int}, {Name: "before_part", Type: sqldb.Int}, {Name: "before_whole", Type: sqldb.Int},
		{Name: "strong", Type: sqldb.Int}, {Name: "label", Type: sqldb.Int}, {Name: "from_at", Type: sqldb.Int}, {Name: "to_at", Type: sqldb.Int},
		{Name: "found_at", Type: sqldb.Int}, {Name: "playbook", Type: sqldb.Int}, {Name: "acknowledger", Type: sqldb.Text},
		{Name: "note", Type: sqldb.Text}, {Name: "events", Type: sqldb.Int},
	}}
	patternSliceTable = &sqldb.Table{Name: "pattern_slice", Columns: []sqldb.Column{
		{Name: "pattern_id", Type: sqldb.Text}, {Name: "dimension", Type: sqldb.Int}, {Name: "value", Type: sqldb.Text},
	}}
)

// InsertPattern stores a new pattern.
func InsertPattern(tx *sqldb.Tx, p *Pattern) {
	tx.Insert(patternTable, p.ID, p.Kind, p.Reason, p.Share.Part, p.Share.Whole, p.Before.Sum, p.Before.Count, p.Strong, p.Label,
		p.From.UnixMicro(), p.To.UnixMicro(), p.FoundAt.UnixMicro(), p.Playbook, "", "", p.Events)
	for _, s := range p.Slices {
		tx.Insert(patternSliceTable, p.ID, s.Dimension, s.Value)
	}
}

// Refresh stores what the latest look found of a pattern that was told before.
func Refresh(ctx context.Context, tx *sqldb.Tx, id string, f Figures) error {
	_, err := tx.Exec(ctx, `UPDATE pattern SET part = $1, whole = $2, before_part = $3, before_whole = $4, strong = $5, label = $6,
		from_at = $7, to_at = $8 WHERE id = $9`,
		f.Share.Part, f.Share.Whole, f.Before.Sum, f.Before.Count, flag(f.Strong), f.Label, f.From.UnixMicro(), f.To.UnixMicro(), id)
	return err
}

// Told are the slices of a subject that were told after an instant, with the pattern that told them last.
func Told(ctx context.Context, q sqldb.Querier, of Subject, after time.Time) (map[pattern.Slice]string, error) {
	told := make(map[pattern.Slice]string)
	for row, err := range q.Query(ctx, `SELECT s.dimension, s.value, p.id FROM pattern p JOIN pattern_slice s ON s.pattern_id = p.id
		WHERE p.found_at > $1 AND p.kind = $2 AND p.reason = $3 ORDER BY p.id`, after.UnixMicro(), of.Kind, of.Reason) {
		if err != nil {
			return nil, err
		}
		var s pattern.Slice
		var id string
		if err := row.Scan(&s.Dimension, &s.Value, &id); err != nil {
			return nil, err
		}
		told[s] = id
	}
	return told, nil
}

// Acknowledge notes who has seen a pattern, and reports whether they are the first.
func Acknowledge(ctx context.Context, tx *sqldb.Tx, id string, at time.Time, by, note string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE pattern SET acknowledged_at = $1, acknowledger = $2, note = $3 WHERE id = $4 AND acknowledged_at IS NULL`,
		at.UnixMicro(), by, note, id)
	return n > 0, err
}

// View is which patterns, and which of their slices, somebody may see.
type View struct {
	Reps bool   // also those of reps
	Kept bool   // only those of one rep
	Rep  string // that rep, by id
}

// shows is whether a slice may be seen.
func (v View) shows(s pattern.Slice) bool {
	switch {
	case v.Kept:
		return s.Dimension == pattern.Rep && s.Value == v.Rep
	default:
		return v.Reps || s.Dimension != pattern.Rep
	}
}

// visible is whether a pattern has a slice that may be seen, with the parameters of args.
const visible = ` EXISTS (SELECT 1 FROM pattern_slice s WHERE s.pattern_id = pattern.id
	AND ($1 = 1 OR $2 = 0 AND s.dimension <> $3 OR $2 = 1 AND s.dimension = $3 AND s.value = $4))`

func (v View) args() []any { return []any{flag(v.Reps && !v.Kept), flag(v.Kept), pattern.Rep, v.Rep} }

const selectPattern = `SELECT id, kind, reason, part, whole, before_part, before_whole, strong, label, from_at, to_at, found_at, playbook,
	acknowledged_at, acknowledger, note, events FROM pattern WHERE`

// GetPattern reads a pattern as far as it may be seen.
func GetPattern(ctx context.Context, q sqldb.Querier, id string, v View) (*Pattern, error) {
	p, err := scanPattern(q.QueryRow(ctx, selectPattern+visible+` AND id = $5`, append(v.args(), id)...))
	if err != nil {
		return nil, err
	}
	return p, addSlices(ctx, q, []*Pattern{p}, v)
}

// Patterns reads patterns before an id, the latest first, as far as they may be seen; from the latest one if the id is empty.
func Patterns(ctx context.Context, q sqldb.Querier, before string, open bool, limit int64, v View) ([]*Pattern, error) {
	var all []*Pattern
	for row, err := range q.Query(ctx, selectPattern+visible+` AND ($5 = '' OR id < $5) AND ($6 = 0 OR acknowledged_at IS NULL)
		ORDER BY id DESC LIMIT $7`, append(v.args(), before, flag(open), limit)...) {
		if err != nil {
			return nil, err
		}
		p, err := scanPattern(row)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return all, addSlices(ctx, q, all, v)
}

func scanPattern(row sqldb.Row) (*Pattern, error) {
	var p Pattern
	var from, to, found int64
	var acknowledged *int64
	err := row.Scan(&p.ID, &p.Kind, &p.Reason, &p.Share.Part, &p.Share.Whole, &p.Before.Sum, &p.Before.Count, &p.Strong, &p.Label,
		&from, &to, &found, &p.Playbook, &acknowledged, &p.Acknowledger, &p.Note, &p.Events)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	p.From, p.To, p.FoundAt = time.UnixMicro(from).UTC(), time.UnixMicro(to).UTC(), time.UnixMicro(found).UTC()
	if acknowledged != nil {
		p.AcknowledgedAt = time.UnixMicro(*acknowledged).UTC()
	}
	return &p, err
}

// addSlices reads the slices of patterns that are listed by falling id.
func addSlices(ctx context.Context, q sqldb.Querier, patterns []*Pattern, v View) error {
	for row, err := range q.Query(ctx, `SELECT pattern_id, dimension, value FROM pattern_slice WHERE pattern_id >= $1 AND pattern_id <= $2
		ORDER BY pattern_id, dimension, value`, patterns[len(patterns)-1].ID, patterns[0].ID) {
		if err != nil {
			return err
		}
		var id string
		var s pattern.Slice
		if err := row.Scan(&id, &s.Dimension, &s.Value); err != nil {
			return err
		}
		i := slices.IndexFunc(patterns, func(p *Pattern) bool { return p.ID == id })
		if i >= 0 && v.shows(s) {
			patterns[i].Slices = append(patterns[i].Slices, s)
		}
	}
	return nil
}
