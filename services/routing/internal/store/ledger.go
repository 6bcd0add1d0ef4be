package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

// Turn is one decision: the row of a ledger.
type Turn struct {
	Book         string
	Epoch, Turn  int64
	Pool         string // that decided
	Rep          string
	Handoff      string
	Assignment   int64
	Rule         fairness.Rule
	Tie          fairness.Tie
	Clamped      string // what the limit on deficits moved, as JSON; empty for nothing
	DecidedAt    int64
	CreditedAt   int64 // when it was taken back; 0 if it counts
	CreditReason int64 // as in the API
	CreditedBy   string
}

const turnColumns = `book text, epoch int, turn int, pool text, rep text, handoff text, assignment int, rule int, tie int, clamped text,
	decided_at int, credited_at int, credit_reason int, credited_by text`

var (
	ledgerTable = plain("ledger", turnColumns)
	rosterTable = plain("roster", `book text, epoch int, members text`)
)

func (t *Turn) fields() []any {
	return []any{&t.Book, &t.Epoch, &t.Turn, &t.Pool, &t.Rep, &t.Handoff, &t.Assignment, &t.Rule, &t.Tie, &t.Clamped,
		&t.DecidedAt, &t.CreditedAt, &t.CreditReason, &t.CreditedBy}
}

var selectTurn = `SELECT ` + columns(ledgerTable) + ` FROM ledger `

// AddTurn writes a decision down.
func AddTurn(tx *sqldb.Tx, t *Turn) { tx.Insert(ledgerTable, t.fields()...) }

// Moves are what the limit on deficits moved, as a turn keeps it.
func Moves(shares []fairness.Share) (string, error) {
	if len(shares) == 0 {
		return "", nil
	}
	body, err := json.Marshal(shares)
	return string(body), err
}

// Moved reads what Moves has written.
func (t *Turn) Moved() ([]fairness.Share, error) {
	if t.Clamped == "" {
		return nil, nil
	}
	var shares []fairness.Share
	if err := json.Unmarshal([]byte(t.Clamped), &shares); err != nil {
		return nil, fmt.Errorf("read turn %d-%d of book %s: %w", t.Epoch, t.Turn, t.Book, err)
	}
	return shares, nil
}

// AddRoster writes down who accrues in an epoch of a book: once, with its first decision.
func AddRoster(tx *sqldb.Tx, book string, r fairness.Roster) error {
	members, err := json.Marshal(r.Members)
	if err != nil {
		return fmt.Errorf("write roster of book %s: %w", book, err)
	}
	tx.Insert(rosterTable, book, r.Epoch, string(members))
	return nil
}

// Rosters reads who accrued in epochs of a book, by epoch.
func Rosters(ctx context.Context, q sqldb.Querier, book string, epochs []int64) (map[int64]fairness.Roster, error) {
	rosters := make(map[int64]fairness.Roster, len(epochs))
	if len(epochs) == 0 {
		return rosters, nil
	}
	in, args := sqldb.In(2, epochs)
	for row, err := range q.Query(ctx, `SELECT epoch, members FROM roster WHERE book = $1 AND epoch IN (`+in+`)`, append([]any{book}, args...)...) {
		if err != nil {
			return nil, err
		}
		var r fairness.Roster
		var members string
		if err := row.Scan(&r.Epoch, &members); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(members), &r.Members); err != nil {
			return nil, fmt.Errorf("read roster %d of book %s: %w", r.Epoch, book, err)
		}
		rosters[r.Epoch] = r
	}
	return rosters, nil
}

// GetTurn reads a decision.
func GetTurn(ctx context.Context, q sqldb.Querier, book string, epoch, turn int64) (*Turn, error) {
	return one[Turn](q.QueryRow(ctx, selectTurn+`WHERE book = $1 AND epoch = $2 AND turn = $3`, book, epoch, turn))
}

// TurnFilter says which decisions of a book are listed. An empty rep asks for nothing.
type TurnFilter struct {
	Book, Rep string
	// Epoch and Turn are those of the last decision of the page before; 0 for the first page.
	Epoch, Turn int64
}

// ListTurns reads decisions, the newest first.
func ListTurns(ctx context.Context, q sqldb.Querier, f TurnFilter, limit int64) ([]*Turn, error) {
	c := &conditions{}
	c.and(`book = ?`, f.Book)
	if f.Rep != "" {
		c.and(`rep = ?`, f.Rep)
	}
	if f.Epoch > 0 || f.Turn > 0 {
		c.and(`(epoch, turn) < (?, ?)`, f.Epoch, f.Turn)
	}
	return all[Turn](q.Query(ctx, selectTurn+c.where()+` ORDER BY epoch DESC, turn DESC LIMIT `+c.value(limit), c.args...))
}
