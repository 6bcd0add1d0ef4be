package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/credit"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// AloneFreezing waits until nobody takes in facts any more, and keeps them from it until the end of the transaction.
func AloneFreezing(ctx context.Context, tx *sqldb.Tx) error {
	var id int64
	return tx.QueryRow(ctx, `SELECT id FROM freezing WHERE id = 0`+tx.Dialect().ForUpdate()).Scan(&id)
}

// ShareFreezing waits until nobody puts opportunities on record any more, and keeps them from it until the end of the
// transaction.
func ShareFreezing(ctx context.Context, tx *sqldb.Tx) error {
	var id int64
	return tx.QueryRow(ctx, `SELECT id FROM freezing WHERE id = 0`+tx.Dialect().ForShare()).Scan(&id)
}

// AnySince reports whether an opportunity was put on record at an instant or after it.
func AnySince(ctx context.Context, tx *sqldb.Tx, since time.Time) (bool, error) {
	var n int64
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM opportunity WHERE created_at >= $1 LIMIT 1) AS one`, since.UnixMicro()).Scan(&n)
	return n > 0, err
}

// Frozen is which team sourced an opportunity, by which playbook, and when that was frozen.
type Frozen struct {
	ID        string
	CreatedAt time.Time
	SourcedBy credit.Team
	Playbook  int64
}

// FrozenSince reads what was frozen at an instant or after it, in order of the ids.
func FrozenSince(ctx context.Context, tx *sqldb.Tx, since time.Time) ([]Frozen, error) {
	return frozen(ctx, tx, ``, since)
}

// FrozenAbout is [FrozenSince] of the opportunities that the given leads may bear on: that they or anybody at their accounts
// have a part in, now or before.
func FrozenAbout(ctx context.Context, tx *sqldb.Tx, since time.Time, leads []string) ([]Frozen, error) {
	list, args := sqldb.In(2, leads)
	return frozen(ctx, tx, ` AND id IN (
		WITH known AS (SELECT id, survivor, account FROM lead UNION SELECT id, survivor, account FROM lead_past),
			person AS (SELECT DISTINCT survivor FROM known WHERE id IN (`+list+`)),
			record AS (SELECT k.id, k.account FROM known k JOIN person p ON p.survivor = k.survivor),
			deal AS (SELECT id, account, handoff FROM opportunity WHERE created_at >= $1
				UNION SELECT id, account, handoff FROM opportunity_past)
		SELECT d.id FROM deal d JOIN record r ON r.account = d.account WHERE d.account <> ''
		UNION SELECT d.id FROM deal d JOIN handoff h ON h.id = d.handoff JOIN record r ON r.id = h.lead
		UNION SELECT c.opportunity FROM opportunity_contact c JOIN record r ON r.id = c.lead
		UNION SELECT c.opportunity FROM opportunity_contact_past c JOIN record r ON r.id = c.lead)`, since, args...)
}

func frozen(ctx context.Context, tx *sqldb.Tx, condition string, since time.Time, args ...any) ([]Frozen, error) {
	var all []Frozen
	for row, err := range tx.Query(ctx, `SELECT id, created_at, sourced_by, playbook FROM opportunity WHERE created_at >= $1`+condition+`
		ORDER BY id`, append([]any{since.UnixMicro()}, args...)...) {
		if err != nil {
			return nil, err
		}
		var f Frozen
		var created int64
		if err := row.Scan(&f.ID, &created, &f.SourcedBy, &f.Playbook); err != nil {
			return nil, err
		}
		f.CreatedAt = at(created)
		all = append(all, f)
	}
	return all, nil
}

// Refreeze corrects which team sourced an opportunity.
func Refreeze(ctx context.Context, tx *sqldb.Tx, o *Opportunity) error {
	_, err := tx.Exec(ctx, `UPDATE opportunity SET sourced_by = $1, playbook = $2, row_version = $3, events = $4 WHERE id = $5`,
		o.SourcedBy, o.Playbook, o.RowVersion, o.Events, o.ID)
	return err
}
