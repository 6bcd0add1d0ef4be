package store

import (
	"context"
	"errors"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

// Credit is that a turn is taken back, or given again.
type Credit struct {
	At     int64
	Reason int64 // as in the API
	By     string
}

// Act is one thing that was done to a turn after it was decided.
type Act struct {
	Book        string
	Epoch, Turn int64
	Number      int64 // from 1
	Restored    bool  // given again; otherwise taken back
	Credit
}

var actTable = plain("credit_act", `book text, epoch int, turn int, number int, restored int, at int, reason int, done_by text`)

func (a *Act) fields() []any {
	return []any{&a.Book, &a.Epoch, &a.Turn, &a.Number, &a.Restored, &a.At, &a.Reason, &a.By}
}

// TakeBack marks a decision as taken back and gives its entry. One that is taken back is ErrNotFound.
func TakeBack(ctx context.Context, tx *sqldb.Tx, book string, epoch, turn int64, c Credit) (fairness.Entry, error) {
	row := tx.QueryRow(ctx, `UPDATE ledger SET credited_at = $1, credit_reason = $2, credited_by = $3
		WHERE book = $4 AND epoch = $5 AND turn = $6 AND credited_at = 0 RETURNING rep`, c.At, c.Reason, c.By, book, epoch, turn)
	return done(ctx, tx, row, Act{Book: book, Epoch: epoch, Turn: turn, Credit: c})
}

// GiveAgain marks a decision that was taken back for a reason as one that counts, and gives its entry. One that counts, or was
// taken back for another reason, is ErrNotFound.
func GiveAgain(ctx context.Context, tx *sqldb.Tx, book string, epoch, turn, takenFor int64, c Credit) (fairness.Entry, error) {
	row := tx.QueryRow(ctx, `UPDATE ledger SET credited_at = 0, credit_reason = 0, credited_by = ''
		WHERE book = $1 AND epoch = $2 AND turn = $3 AND credited_at > 0 AND credit_reason = $4 RETURNING rep`, book, epoch, turn, takenFor)
	return done(ctx, tx, row, Act{Book: book, Epoch: epoch, Turn: turn, Restored: true, Credit: c})
}

// done writes down what was done to the turn that a statement has changed, and gives its entry.
func done(ctx context.Context, tx *sqldb.Tx, changed sqldb.Row, a Act) (fairness.Entry, error) {
	var rep string
	err := changed.Scan(&rep)
	if errors.Is(err, sqldb.ErrNoRows) {
		return fairness.Entry{}, ErrNotFound
	}
	if err != nil {
		return fairness.Entry{}, err
	}
	err = tx.QueryRow(ctx, `SELECT COUNT(*) + 1 FROM credit_act WHERE book = $1 AND epoch = $2 AND turn = $3`, a.Book, a.Epoch, a.Turn).Scan(&a.Number)
	if err != nil {
		return fairness.Entry{}, err
	}
	tx.Insert(actTable, a.fields()...)
	rosters, err := Rosters(ctx, tx, a.Book, []int64{a.Epoch})
	if err != nil {
		return fairness.Entry{}, err
	}
	roster, found := rosters[a.Epoch]
	if !found {
		return fairness.Entry{}, ErrNotFound
	}
	return roster.Entry(a.Turn, rep), nil
}

// Acts reads what was done to the turns of a book in some epochs, each one's in their order, by epoch and turn.
func Acts(ctx context.Context, q sqldb.Querier, book string, epochs []int64) (map[[2]int64][]*Act, error) {
	byTurn := map[[2]int64][]*Act{}
	if len(epochs) == 0 {
		return byTurn, nil
	}
	in, args := sqldb.In(2, epochs)
	rows, err := all[Act](q.Query(ctx, `SELECT `+columns(actTable)+` FROM credit_act WHERE book = $1 AND epoch IN (`+in+`)
		ORDER BY epoch, turn, number`, append([]any{book}, args...)...))
	for _, a := range rows {
		key := [2]int64{a.Epoch, a.Turn}
		byTurn[key] = append(byTurn[key], a)
	}
	return byTurn, err
}
