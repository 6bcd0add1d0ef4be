package store

import (
	"context"
	"slices"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Decision is how it was decided where a handoff goes.
type Decision struct {
	Handoff           string
	Number, DecidedAt int64  // Number counts the decisions on the handoff from 1
	Body              []byte // a serialised RouteDecision, with ids for names, and without what can be told from elsewhere
}

var decisionTable = plain("route_decision", `handoff text, number int, decided_at int, body bytes`)

func (d *Decision) fields() []any { return []any{&d.Handoff, &d.Number, &d.DecidedAt, &d.Body} }

// AddDecision writes a decision down.
func AddDecision(tx *sqldb.Tx, d *Decision) { tx.Insert(decisionTable, d.fields()...) }

// Decisions reads the newest decisions on a handoff, in their order.
func Decisions(ctx context.Context, q sqldb.Querier, handoff string, newest int64) ([]*Decision, error) {
	found, err := all[Decision](q.Query(ctx, `SELECT `+columns(decisionTable)+` FROM route_decision WHERE handoff = $1
		ORDER BY number DESC LIMIT $2`, handoff, newest))
	slices.Reverse(found)
	return found, err
}
