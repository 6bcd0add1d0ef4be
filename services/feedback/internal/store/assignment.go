package store

import (
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Assignment is who got a handoff, and from where. Handoff and number name it.
type Assignment struct {
	Handoff string // the id
	Number  int64  // from 1
	Rep     string // by id
	Pool    string // that gave it, by id; empty if an owner got it
	Tier    string // at that moment; empty if none
	At      int64  // Unix microseconds
}

var assignmentTable = &sqldb.Table{Name: "assignment", Suffix: "ON CONFLICT DO NOTHING", Columns: []sqldb.Column{
	{Name: "handoff_id", Type: sqldb.Text}, {Name: "number", Type: sqldb.Int}, {Name: "rep", Type: sqldb.Text},
	{Name: "pool", Type: sqldb.Text}, {Name: "tier", Type: sqldb.Text}, {Name: "assigned_at", Type: sqldb.Int},
}}

// Assign stores an assignment.
func Assign(tx *sqldb.Tx, a Assignment) {
	tx.Insert(assignmentTable, a.Handoff, a.Number, a.Rep, a.Pool, a.Tier, a.At)
}

// Ending is how a handoff ended.
type Ending struct {
	Handoff string       // the id
	Step    verdict.Step // that ended it; 0 if the suite did by itself
	Outcome int32        // as the API numbers it
	At      int64        // Unix microseconds
}

var endingTable = &sqldb.Table{Name: "ending", Suffix: "ON CONFLICT DO NOTHING", Columns: []sqldb.Column{
	{Name: "handoff_id", Type: sqldb.Text}, {Name: "step", Type: sqldb.Int}, {Name: "outcome", Type: sqldb.Int}, {Name: "ended_at", Type: sqldb.Int},
}}

// End stores how a handoff ended.
func End(tx *sqldb.Tx, e Ending) { tx.Insert(endingTable, e.Handoff, e.Step, e.Outcome, e.At) }
