package store

import (
	"context"
	"iter"
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
	DueAt                 time.Time // when it is to be learnt; of interest only while it is
	Tries                 int64     // how often that failed
}

// ModelState is where a model stands. The numbers are the API's.
type ModelState int

// The states.
const (
	ModelRunning ModelState = iota + 1
	ModelReady
	ModelRefused
)

const modelColumns = `id, wanted, state, result, hash, test, created_at, finished_at, events, due_at, tries`

// AddModel writes a model that is to be learnt.
func AddModel(ctx context.Context, tx *sqldb.Tx, m *Model) error {
	_, err := tx.Exec(ctx, `INSERT INTO model (`+modelColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		m.ID, m.Wanted, int64(m.State), m.Result, m.Hash, flag(m.Test), micros(m.CreatedAt), micros(m.FinishedAt), m.Events, micros(m.DueAt), m.Tries)
	return err
}

// LockModel reads a model, and keeps other writers off it until the end of the transaction.
func LockModel(ctx context.Context, tx *sqldb.Tx, id string) (*Model, error) {
	return oneModel(tx.Query(ctx, `SELECT `+modelColumns+` FROM model WHERE id = $1`+tx.Dialect().ForUpdate(), id))
}

// PostponeModel has a model that could not be learnt tried again later.
func PostponeModel(ctx context.Context, tx *sqldb.Tx, m *Model) error {
	_, err := tx.Exec(ctx, `UPDATE model SET due_at = $1, tries = $2 WHERE id = $3 AND state = 1`, micros(m.DueAt), m.Tries, m.ID)
	return err
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
	var created, finished, due int64
	err := row.Scan(&m.ID, &m.Wanted, &m.State, &m.Result, &m.Hash, &m.Test, &created, &finished, &m.Events, &due, &m.Tries)
	m.CreatedAt, m.FinishedAt, m.DueAt = instant(created), instant(finished), instant(due)
	return m, err
}

// oneModel is the only row of a query; ErrNotFound if there is none.
func oneModel(rows iter.Seq2[sqldb.Row, error]) (*Model, error) {
	found, err := collect(rows, scanModel)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// GetModel reads a model.
func GetModel(ctx context.Context, q sqldb.Querier, id string) (*Model, error) {
	return oneModel(q.Query(ctx, `SELECT `+modelColumns+` FROM model WHERE id = $1`, id))
}

// Models lists models below an id, the newest first.
func Models(ctx context.Context, q sqldb.Querier, below string, limit int64) ([]*Model, error) {
	return collect(q.Query(ctx, `SELECT `+modelColumns+` FROM model WHERE id < $1 ORDER BY id DESC LIMIT $2`, below, limit), scanModel)
}

// NextModel is the model that is to be learnt first; ErrNotFound if none is.
func NextModel(ctx context.Context, q sqldb.Querier) (*Model, error) {
	return oneModel(q.Query(ctx, `SELECT `+modelColumns+` FROM model WHERE state = 1 ORDER BY due_at, id LIMIT 1`))
}
