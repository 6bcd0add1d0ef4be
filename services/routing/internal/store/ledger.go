package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

// Turn is one decision of a pool: the row of its ledger.
type Turn struct {
	Pool        string
	Epoch, Turn int64
	Rep         string
	Handoff     string
	Assignment  int64
	Rule        fairness.Rule
	Tie         fairness.Tie
	DecidedAt   int64
}

var (
	ledgerTable = plain("ledger", `pool text, epoch int, turn int, rep text, handoff text, assignment int, rule int, tie int,
		decided_at int, reversed_at int`)
	rosterTable = plain("roster", `pool text, epoch int, members text`)
)

// AddTurn writes a decision down.
func AddTurn(tx *sqldb.Tx, t Turn) {
	tx.Insert(ledgerTable, t.Pool, t.Epoch, t.Turn, t.Rep, t.Handoff, t.Assignment, t.Rule, t.Tie, t.DecidedAt, int64(0))
}

// AddRoster writes down who accrues in an epoch of a pool: once, with its first decision.
func AddRoster(tx *sqldb.Tx, pool string, r fairness.Roster) error {
	members, err := json.Marshal(r.Members)
	if err != nil {
		return fmt.Errorf("write roster of pool %s: %w", pool, err)
	}
	tx.Insert(rosterTable, pool, r.Epoch, string(members))
	return nil
}

// TakeBack marks a decision as reversed and gives its entry. A decision that was taken back before is ErrNotFound.
func TakeBack(ctx context.Context, tx *sqldb.Tx, pool string, epoch, turn, now int64) (fairness.Entry, error) {
	var rep, members string
	err := tx.QueryRow(ctx, `UPDATE ledger SET reversed_at = $1 WHERE pool = $2 AND epoch = $3 AND turn = $4 AND reversed_at = 0 RETURNING rep`,
		now, pool, epoch, turn).Scan(&rep)
	if err == nil {
		err = tx.QueryRow(ctx, `SELECT members FROM roster WHERE pool = $1 AND epoch = $2`, pool, epoch).Scan(&members)
	}
	if errors.Is(err, sqldb.ErrNoRows) {
		return fairness.Entry{}, ErrNotFound
	}
	if err != nil {
		return fairness.Entry{}, err
	}
	roster := fairness.Roster{Epoch: epoch}
	if err := json.Unmarshal([]byte(members), &roster.Members); err != nil {
		return fairness.Entry{}, fmt.Errorf("read roster of pool %s: %w", pool, err)
	}
	return roster.Entry(turn, rep), nil
}
