package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/burst"
)

// sight is how many activities are looked at on either side of one: twice what decides, for those that a playbook trusts decide
// nothing and lie between the others.
const sight = 2 * burst.MaxCount

// Paced is an activity among those of its actor.
type Paced struct {
	Handoff  string
	Playbook int64 // of the handoff; 0 while it is not known
	ID       string
	Rep      string
	OccurAt  time.Time
	Source   string
	Vouched  bool
	Suspect  bool
}

// LockActor keeps others from recording what an actor did until the end of the transaction.
func LockActor(ctx context.Context, tx *sqldb.Tx, name string) error {
	var found string
	lock := func() error {
		return tx.QueryRow(ctx, `SELECT name FROM actor WHERE name = $1`+tx.Dialect().ForUpdate(), name).Scan(&found)
	}
	err := lock()
	if !errors.Is(err, sqldb.ErrNoRows) {
		return err
	}
	switch n, err := tx.InsertNow(ctx, actorTable, []any{name}); {
	case err != nil:
		return fmt.Errorf("add actor: %w", err)
	case n == 1:
		return nil
	}
	return lock() // somebody else added it meanwhile
}

var actorTable = &sqldb.Table{Name: "actor", Columns: []sqldb.Column{{Name: "name", Type: sqldb.Text}}, Suffix: `ON CONFLICT DO NOTHING`}

// Near gives what an actor did around an instant, as far away as a burst can reach, in the order in which it happened.
func Near(ctx context.Context, q sqldb.Querier, actor string, at time.Time) ([]Paced, error) {
	before, err := paced(ctx, q, `a.occur_at > $2 AND a.occur_at <= $3 ORDER BY a.occur_at DESC, a.id DESC`, actor, at.Add(-burst.MaxWithin), at)
	if err != nil {
		return nil, err
	}
	after, err := paced(ctx, q, `a.occur_at > $2 AND a.occur_at < $3 ORDER BY a.occur_at, a.id`, actor, at, at.Add(burst.MaxWithin))
	slices.Reverse(before)
	return append(before, after...), err
}

func paced(ctx context.Context, q sqldb.Querier, where, actor string, from, until time.Time) ([]Paced, error) {
	var all []Paced
	for row, err := range q.Query(ctx, `SELECT a.handoff, h.playbook, a.id, a.rep, a.occur_at, a.source, a.vouched, a.suspect
		FROM activity a JOIN handoff h ON h.id = a.handoff WHERE a.actor = $1 AND a.actor <> '' AND `+where+` LIMIT $4`,
		actor, from.UnixMicro(), until.UnixMicro(), int64(sight)) {
		if err != nil {
			return nil, fmt.Errorf("read what an actor did: %w", err)
		}
		var p Paced
		var occur, vouched, suspect int64
		if err := row.Scan(&p.Handoff, &p.Playbook, &p.ID, &p.Rep, &occur, &p.Source, &vouched, &suspect); err != nil {
			return nil, fmt.Errorf("read what an actor did: %w", err)
		}
		p.OccurAt, p.Vouched, p.Suspect = instant(&occur), vouched != 0, suspect != 0
		all = append(all, p)
	}
	return all, nil
}

// Flag says that an activity of a handoff that is locked is one of too many.
func Flag(ctx context.Context, tx *sqldb.Tx, p Paced) error {
	_, err := tx.Exec(ctx, `UPDATE activity SET suspect = 1 WHERE handoff = $1 AND occur_at = $2 AND id = $3`, p.Handoff, p.OccurAt.UnixMicro(), p.ID)
	return err
}

// Confirm says when somebody confirmed an activity of a handoff that is locked.
func Confirm(ctx context.Context, tx *sqldb.Tx, a Activity) error {
	_, err := tx.Exec(ctx, `UPDATE activity SET confirm_at = $1 WHERE handoff = $2 AND occur_at = $3 AND id = $4`,
		a.ConfirmAt.UnixMicro(), a.Handoff, a.OccurAt.UnixMicro(), a.ID)
	return err
}

// Judgeable gives the activities of a handoff that are part of somebody's pace, with whose it is.
func Judgeable(ctx context.Context, q sqldb.Querier, handoff string) ([]Activity, error) {
	return activities(ctx, q, `WHERE handoff = $1 AND actor <> '' ORDER BY occur_at, id`, handoff)
}
