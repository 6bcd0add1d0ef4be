package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/handoffhq/handoff/services/feedback/internal/recalibrate"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Recalibration is a recalibration as it is kept.
type Recalibration struct {
	ID            string
	Weeks, Held   int64
	MostChanges   int64
	LeastKept     int64 // per cent
	CountNotReady bool
	Test          bool
	CreatedAt     int64
	State         RecalibrationState
	Phase         int32 // as the API numbers it
	Cause         int32 // likewise
	FinishedAt    int64
	Baseline      int64 // the version in force that it began with; 0 before it began
	Draft         int64 // 0 for none
	Found         Found
	Diff          []byte // serialised
	Simulation    []byte // likewise
	Events        int64
	DueAt         int64
	Tries         int64

	Fate Fate // of the draft
	// Superseded says that another version than the draft came into force since it was proposed.
	Superseded bool
}

// RecalibrationState is how far a recalibration is by itself. What became of its draft is a fact of its own.
type RecalibrationState int

// The states. The numbers are the API's.
const (
	Recalibrating RecalibrationState = iota + 1
	Proposed
	NothingProposed
)

// Found is what a search found.
type Found struct {
	Sentence       string
	Cases          int // that were looked at
	Steps          []recalibrate.Step
	Edits          []recalibrate.Edit
	Training, Held recalibrate.Figures
	Left           []Dissent
}

// Dissent is a change that was refused, and by which draft.
type Dissent struct {
	recalibrate.Dissent
	Recalibration string
	Team          int32
	At            int64
}

// Fate is what became of a version.
type Fate struct {
	RefusedBy   int32 // the team, as the API numbers it; 0 for none
	RefusedAt   int64
	ActivatedAt int64 // 0 for never
}

const recalibrationColumns = `id, weeks, held_out, most_changes, least_kept, count_not_ready, test, created_at, state, phase, cause, finished_at,
	baseline, draft, found, diff, simulation, events, due_at, tries`

func (r *Recalibration) row() ([]any, error) {
	found, err := json.Marshal(r.Found)
	return []any{r.ID, r.Weeks, r.Held, r.MostChanges, r.LeastKept, flag(r.CountNotReady), flag(r.Test), r.CreatedAt, int64(r.State), r.Phase, r.Cause,
		r.FinishedAt, r.Baseline, r.Draft, string(found), bytes(r.Diff), bytes(r.Simulation), r.Events, r.DueAt, r.Tries}, err
}

func flag(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// bytes are never null.
func bytes(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// AddRecalibration writes a recalibration that is to be worked out.
func AddRecalibration(ctx context.Context, tx *sqldb.Tx, r *Recalibration) error {
	row, err := r.row()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO recalibration (`+recalibrationColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`, row...)
	return err
}

// SetRecalibration writes how far a recalibration is.
func SetRecalibration(ctx context.Context, tx *sqldb.Tx, r *Recalibration) error {
	row, err := r.row()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE recalibration SET state = $2, phase = $3, cause = $4, finished_at = $5, baseline = $6, draft = $7, found = $8,
		diff = $9, simulation = $10, events = $11, due_at = $12, tries = $13 WHERE id = $1`, append([]any{r.ID}, row[8:]...)...)
	return err
}

const selectRecalibration = `SELECT r.id, r.weeks, r.held_out, r.most_changes, r.least_kept, r.count_not_ready, r.test, r.created_at, r.state, r.phase,
	r.cause, r.finished_at, r.baseline, r.draft, r.found, r.diff, r.simulation, r.events, r.due_at, r.tries,
	COALESCE(f.refused_by, 0), COALESCE(f.refused_at, 0), COALESCE(f.activated_at, 0),
	CASE WHEN r.draft > 0 AND EXISTS (SELECT 1 FROM fate o WHERE o.version <> r.draft AND o.activated_at >= r.finished_at) THEN 1 ELSE 0 END
	FROM recalibration r LEFT JOIN fate f ON f.version = r.draft AND r.draft > 0 `

// GetRecalibration reads a recalibration.
func GetRecalibration(ctx context.Context, q sqldb.Querier, id string) (*Recalibration, error) {
	return oneRecalibration(q.QueryRow(ctx, selectRecalibration+`WHERE r.id = $1`, id))
}

// LockRecalibration reads one that is still being worked out, and keeps other writers off it until the end of the transaction.
func LockRecalibration(ctx context.Context, tx *sqldb.Tx, id string) (*Recalibration, error) {
	if _, err := tx.Exec(ctx, `UPDATE recalibration SET tries = tries WHERE id = $1`, id); err != nil {
		return nil, err
	}
	return oneRecalibration(tx.QueryRow(ctx, selectRecalibration+`WHERE r.id = $1 AND r.state = 1`, id))
}

// NextRecalibration reads the one that is due first of those that are to be worked out.
func NextRecalibration(ctx context.Context, q sqldb.Querier) (*Recalibration, error) {
	return oneRecalibration(q.QueryRow(ctx, selectRecalibration+`WHERE r.state = 1 ORDER BY r.due_at, r.id LIMIT 1`))
}

// CountRecalibrations is how many there are, and how many of them are to be worked out.
func CountRecalibrations(ctx context.Context, q sqldb.Querier) (all, running int64, err error) {
	err = q.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE state = 1) FROM recalibration`).Scan(&all, &running)
	return all, running, err
}

// Recalibrations reads those before one in time, the newest first.
func Recalibrations(ctx context.Context, q sqldb.Querier, createdAt int64, id string, limit int64) ([]*Recalibration, error) {
	return recalibrations(ctx, q, selectRecalibration+`WHERE (r.created_at, r.id) < ($1, $2) ORDER BY r.created_at DESC, r.id DESC LIMIT $3`,
		createdAt, id, limit)
}

// RefusedSince reads those whose drafts were refused after an instant, the oldest first.
func RefusedSince(ctx context.Context, q sqldb.Querier, after time.Time) ([]*Recalibration, error) {
	return recalibrations(ctx, q, selectRecalibration+`WHERE f.refused_at > $1 ORDER BY f.refused_at, r.id`, after.UnixMicro())
}

func recalibrations(ctx context.Context, q sqldb.Querier, query string, args ...any) (all []*Recalibration, err error) {
	for row, err := range q.Query(ctx, query, args...) {
		if err != nil {
			return nil, err
		}
		r, err := oneRecalibration(row)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func oneRecalibration(row sqldb.Row) (*Recalibration, error) {
	r := &Recalibration{}
	var found string
	var countNotReady, test, superseded int64
	err := row.Scan(&r.ID, &r.Weeks, &r.Held, &r.MostChanges, &r.LeastKept, &countNotReady, &test, &r.CreatedAt, &r.State, &r.Phase, &r.Cause,
		&r.FinishedAt, &r.Baseline, &r.Draft, &found, &r.Diff, &r.Simulation, &r.Events, &r.DueAt, &r.Tries,
		&r.Fate.RefusedBy, &r.Fate.RefusedAt, &r.Fate.ActivatedAt, &superseded)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	r.CountNotReady, r.Test, r.Superseded = countNotReady != 0, test != 0, superseded != 0
	return r, json.Unmarshal([]byte(found), &r.Found)
}

// Refuse stores that a team refused a version.
func Refuse(ctx context.Context, tx *sqldb.Tx, version int64, team int32, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO fate (version, refused_by, refused_at, activated_at) VALUES ($1, $2, $3, 0)
		ON CONFLICT (version) DO UPDATE SET refused_by = excluded.refused_by, refused_at = excluded.refused_at`, version, team, at.UnixMicro())
	return err
}

// Activate stores that a version came into force.
func Activate(ctx context.Context, tx *sqldb.Tx, version int64, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO fate (version, refused_by, refused_at, activated_at) VALUES ($1, 0, 0, $2)
		ON CONFLICT (version) DO UPDATE SET activated_at = excluded.activated_at`, version, at.UnixMicro())
	return err
}
