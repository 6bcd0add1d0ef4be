package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Dispute is a dispute over a verdict, whose handoff, assignment and step name it too.
type Dispute struct {
	Handoff    string // the id
	Assignment int64
	Step       verdict.Step
	Rep        string // the assignee, by id
	dispute.Dispute
	Comment       string // why it was opened; free words
	SettledBy     string // the principal; empty unless somebody settled it
	SettleComment string // free words
	Version       int64
}

const disputeColumns = `handoff_id, assignment, step, rep, state, opener, comment, reason, statements, opened_at, term_at, due_at,
	ruling, ruled_reason, settled_by, settle_comment, ended_at, row_version`

// InsertDispute stores a new dispute.
func InsertDispute(ctx context.Context, tx *sqldb.Tx, d *Dispute) error {
	said, err := encodeStatements(d.Statements)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO dispute (`+disputeColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		d.Handoff, d.Assignment, d.Step, d.Rep, d.State, d.Opener, d.Comment, d.Reason, said, micros(d.OpenedAt), micros(d.Term),
		micros(d.Due()), d.Decided.Ruling, d.Decided.Reason, d.SettledBy, d.SettleComment, micros(d.EndedAt), d.Version)
	return err
}

// UpdateDispute stores what became of a dispute that was read under the lock of its handoff.
func UpdateDispute(ctx context.Context, tx *sqldb.Tx, d *Dispute) error {
	said, err := encodeStatements(d.Statements)
	if err != nil {
		return err
	}
	d.Version++
	_, err = tx.Exec(ctx, `UPDATE dispute SET state = $1, statements = $2, due_at = $3, ruling = $4, ruled_reason = $5, settled_by = $6,
		settle_comment = $7, ended_at = $8, row_version = $9 WHERE handoff_id = $10 AND assignment = $11 AND step = $12`,
		d.State, said, micros(d.Due()), d.Decided.Ruling, d.Decided.Reason, d.SettledBy, d.SettleComment, micros(d.EndedAt), d.Version,
		d.Handoff, d.Assignment, d.Step)
	return err
}

// GetDispute reads the dispute over a verdict.
func GetDispute(ctx context.Context, q sqldb.Querier, handoff string, assignment int64, step verdict.Step) (*Dispute, error) {
	return scanDispute(q.QueryRow(ctx, `SELECT `+disputeColumns+` FROM dispute WHERE handoff_id = $1 AND assignment = $2 AND step = $3`,
		handoff, assignment, step))
}

// NextLapse is when the next dispute lapses that nobody touches; zero if none does.
func NextLapse(ctx context.Context, q sqldb.Querier) (time.Time, error) {
	var at int64
	err := q.QueryRow(ctx, `SELECT due_at FROM dispute WHERE due_at > 0 ORDER BY due_at LIMIT 1`).Scan(&at)
	if errors.Is(err, sqldb.ErrNoRows) {
		return time.Time{}, nil
	}
	return instant(at), err
}

// LapsedDisputes reads the first disputes that are due, the one that has waited longest first.
func LapsedDisputes(ctx context.Context, q sqldb.Querier, now time.Time, limit int) ([]*Dispute, error) {
	return disputes(ctx, q, `WHERE due_at > 0 AND due_at <= $1 ORDER BY due_at, handoff_id, assignment, step LIMIT $2`, micros(now), limit)
}

// DisputeFilter says which disputes are listed. What is zero asks for nothing.
type DisputeFilter struct {
	Handoff  string
	State    dispute.State
	Campaign string
	Source   string
	Rep      *string // whose assignment it was; the empty name is nobody
	Partner  *string // who brought the lead; the empty name is nobody
	After    *DisputePlace
}

// DisputePlace is where a dispute stands in a list: by when it was opened, then by name.
type DisputePlace struct {
	OpenedAt   int64 // Unix microseconds
	Handoff    string
	Assignment int64
	Step       verdict.Step
}

// Listed is a dispute with what its handoff says of where the lead came from.
type Listed struct {
	*Dispute
	Of *Handoff
}

// ListDisputes reads disputes, the oldest first.
func ListDisputes(ctx context.Context, q sqldb.Querier, f DisputeFilter, limit int64) ([]Listed, error) {
	where, args := f.where()
	args = append(args, limit)
	var all []Listed
	for row, err := range q.Query(ctx, `SELECT `+qualified("d", disputeColumns)+`, h.source, h.campaign, h.partner
		FROM dispute d JOIN handoff h ON h.id = d.handoff_id`+where+`
		ORDER BY d.opened_at, d.handoff_id, d.assignment, d.step LIMIT $`+strconv.Itoa(len(args)), args...) {
		if err != nil {
			return nil, err
		}
		h := &Handoff{}
		d, err := scanDispute(row, &h.Source, &h.Campaign, &h.Partner)
		if err != nil {
			return nil, err
		}
		h.ID = d.Handoff
		all = append(all, Listed{d, h})
	}
	return all, nil
}

func (f DisputeFilter) where() (text string, args []any) {
	var texts []string
	and := func(text string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			text = strings.Replace(text, "?", "$"+strconv.Itoa(len(args)), 1)
		}
		texts = append(texts, text)
	}
	if f.Handoff != "" {
		and(`d.handoff_id = ?`, f.Handoff)
	}
	if f.State > 0 {
		and(`d.state = ?`, f.State)
	}
	if f.Campaign != "" {
		and(`h.campaign = ?`, f.Campaign)
	}
	if f.Source != "" {
		and(`h.source = ?`, f.Source)
	}
	for _, kept := range []struct {
		column string
		to     *string
	}{{"h.partner", f.Partner}, {"d.rep", f.Rep}} {
		if kept.to != nil {
			and(kept.column+` = ?`, *kept.to)
		}
	}
	if a := f.After; a != nil {
		and(`(d.opened_at, d.handoff_id, d.assignment, d.step) > (?, ?, ?, ?)`, a.OpenedAt, a.Handoff, a.Assignment, a.Step)
	}
	if len(texts) == 0 {
		return "", args
	}
	return " WHERE " + strings.Join(texts, " AND "), args
}

func disputes(ctx context.Context, q sqldb.Querier, where string, args ...any) ([]*Dispute, error) {
	var all []*Dispute
	for row, err := range q.Query(ctx, `SELECT `+disputeColumns+` FROM dispute `+where, args...) {
		if err != nil {
			return nil, err
		}
		d, err := scanDispute(row)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// scanDispute reads the columns of a dispute, and those that follow.
func scanDispute(row sqldb.Row, more ...any) (*Dispute, error) {
	d := &Dispute{}
	var said string
	var opened, term, due, ended int64
	err := row.Scan(append([]any{&d.Handoff, &d.Assignment, &d.Step, &d.Rep, &d.State, &d.Opener, &d.Comment, &d.Reason, &said, &opened, &term, &due,
		&d.Decided.Ruling, &d.Decided.Reason, &d.SettledBy, &d.SettleComment, &ended, &d.Version}, more...)...)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	d.OpenedAt, d.Term, d.EndedAt = instant(opened), instant(term), instant(ended)
	d.Statements, err = decodeStatements(said)
	return d, err
}

// statement is dispute.Statement as it is stored.
type statement struct {
	Team    dispute.Team   `json:"team"`
	Ruling  dispute.Ruling `json:"ruling"`
	Reason  verdict.Reason `json:"reason,omitempty"`
	By      string         `json:"by"`
	Comment string         `json:"comment,omitempty"`
	At      int64          `json:"at"`
}

func encodeStatements(all []dispute.Statement) (string, error) {
	rows := make([]statement, len(all))
	for i, s := range all {
		rows[i] = statement{s.Team, s.Position.Ruling, s.Position.Reason, s.By, s.Comment, micros(s.At)}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return "", fmt.Errorf("encode statements: %w", err)
	}
	return string(text), nil
}

func decodeStatements(text string) ([]dispute.Statement, error) {
	var rows []statement
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return nil, fmt.Errorf("decode statements: %w", err)
	}
	var all []dispute.Statement
	for _, r := range rows {
		all = append(all, dispute.Statement{Team: r.Team, Position: dispute.Position{Ruling: r.Ruling, Reason: r.Reason}, By: r.By,
			Comment: r.Comment, At: instant(r.At)})
	}
	return all, nil
}

// qualified puts the name of a table before each column.
func qualified(table, columns string) string {
	names := strings.Split(columns, ",")
	for i, name := range names {
		names[i] = table + "." + strings.TrimSpace(name)
	}
	return strings.Join(names, ", ")
}

// micros is an instant as it is stored; 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant is what micros stored.
func instant(at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMicro(at).UTC()
}
