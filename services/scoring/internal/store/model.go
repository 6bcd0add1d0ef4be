package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Model is a model as it is kept.
type Model struct {
	ID     string
	Wanted []byte // what was asked for, serialised
	State  ModelState
	// Result is the content of a model that is ready, or the refusal; both are JSON.
	Result                string
	Hash                  string // of a model that is ready
	Test                  bool
	CreatedAt, FinishedAt time.Time
	Events                int64
}

// ModelState is where a model stands. The numbers are the API's.
type ModelState int

// The states.
const (
	ModelRunning ModelState = iota + 1
	ModelReady
	ModelRefused
)

const modelColumns = `id, wanted, state, result, hash, test, created_at, finished_at, events`

// AddModel writes a model that is to be learnt.
func AddModel(ctx context.Context, tx *sqldb.Tx, m *Model) error {
	_, err := tx.Exec(ctx, `INSERT INTO model (`+modelColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		m.ID, m.Wanted, int64(m.State), m.Result, m.Hash, flag(m.Test), micros(m.CreatedAt), micros(m.FinishedAt), m.Events)
	return err
}

// LockModel takes a model, and says whether it is still to be learnt.
func LockModel(ctx context.Context, tx *sqldb.Tx, id string) (running bool, err error) {
	var state ModelState
	err = tx.QueryRow(ctx, `SELECT state FROM model WHERE id = $1`+tx.Dialect().ForUpdate(), id).Scan(&state)
	return state == ModelRunning, err
}

// FinishModel writes what came of a model.
func FinishModel(ctx context.Context, tx *sqldb.Tx, m *Model) error {
	_, err := tx.Exec(ctx, `UPDATE model SET state = $1, result = $2, hash = $3, finished_at = $4, events = $5 WHERE id = $6`,
		int64(m.State), m.Result, m.Hash, micros(m.FinishedAt), m.Events, m.ID)
	return err
}

// CountModels is how many models there are, and how many of them wait to be learnt.
func CountModels(ctx context.Context, q sqldb.Querier) (all, running int64, err error) {
	err = q.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE state = 1) FROM model`).Scan(&all, &running)
	return all, running, err
}

func scanModel(row sqldb.Row) (*Model, error) {
	m := &Model{}
	var created, finished int64
	err := row.Scan(&m.ID, &m.Wanted, &m.State, &m.Result, &m.Hash, &m.Test, &created, &finished, &m.Events)
	m.CreatedAt, m.FinishedAt = instant(created), instant(finished)
	return m, err
}

// GetModel reads a model.
func GetModel(ctx context.Context, q sqldb.Querier, id string) (*Model, error) {
	found, err := collect(q.Query(ctx, `SELECT `+modelColumns+` FROM model WHERE id = $1`, id), scanModel)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// Models lists models below an id, the newest first.
func Models(ctx context.Context, q sqldb.Querier, below string, limit int64) ([]*Model, error) {
	return collect(q.Query(ctx, `SELECT `+modelColumns+` FROM model WHERE id < $1 ORDER BY id DESC LIMIT $2`, below, limit), scanModel)
}

// NextModel is the model that has waited longest to be learnt; ErrNotFound if none does.
func NextModel(ctx context.Context, q sqldb.Querier) (*Model, error) {
	found, err := collect(q.Query(ctx, `SELECT `+modelColumns+` FROM model WHERE state = 1 ORDER BY created_at, id LIMIT 1`), scanModel)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}
