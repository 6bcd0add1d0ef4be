package store

import (
	"context"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
)

// Ruling is how a dispute over the answer to an assignment ended.
type Ruling struct {
	Handoff       string
	Assignment    int64
	Upheld        bool
	Before, After lifecycle.Reason // the reason that was given, and that counts now; 0 for none
	At            int64
}

var rulingTable = table("ruling", 2, `handoff text, assignment int, upheld int, reason_before int, reason_after int, ruled_at int`)

func (r *Ruling) fields() []any {
	return []any{&r.Handoff, &r.Assignment, &r.Upheld, &r.Before, &r.After, &r.At}
}

// PutRuling stores how a dispute ended.
func PutRuling(ctx context.Context, tx *sqldb.Tx, r *Ruling) error {
	return put(ctx, tx, rulingTable, []*Ruling{r})
}

// GetRuling reads how the dispute over the answer to an assignment ended. One that did not end, or never was, is ErrNotFound.
func GetRuling(ctx context.Context, q sqldb.Querier, handoff string, assignment int64) (*Ruling, error) {
	return one[Ruling](q.QueryRow(ctx, `SELECT `+columns(rulingTable)+` FROM ruling WHERE handoff = $1 AND assignment = $2`, handoff, assignment))
}
