package store

import (
	"context"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Meeting is one that a partner brought. It never changes.
type Meeting struct {
	Name      string // as the API spells it
	Handoff   string // the id of the handoff that it began, or was added to
	Partner   string // empty if none
	Playbook  int64  // the version that it was checked by
	Added     bool   // whether sales had the lead already
	BroughtAt int64  // Unix microseconds
	Checks    []byte // its rubric, as the API encodes it
}

var meetingTable = &sqldb.Table{Name: "meeting", Suffix: "ON CONFLICT DO NOTHING", Columns: []sqldb.Column{
	{Name: "name", Type: sqldb.Text}, {Name: "handoff_id", Type: sqldb.Text}, {Name: "partner", Type: sqldb.Text},
	{Name: "playbook", Type: sqldb.Int}, {Name: "added", Type: sqldb.Int}, {Name: "brought_at", Type: sqldb.Int},
	{Name: "checks", Type: sqldb.Bytes},
}}

// Bring stores a meeting.
func Bring(tx *sqldb.Tx, m Meeting) {
	tx.Insert(meetingTable, m.Name, m.Handoff, m.Partner, m.Playbook, m.Added, m.BroughtAt, m.Checks)
}

const selectMeeting = `SELECT name, handoff_id, partner, playbook, added, brought_at, checks FROM meeting `

// Meetings reads the meetings of a handoff, the first that was brought first.
func Meetings(ctx context.Context, q sqldb.Querier, handoff string) ([]*Meeting, error) {
	var all []*Meeting
	for row, err := range q.Query(ctx, selectMeeting+`WHERE handoff_id = $1 ORDER BY brought_at, name`, handoff) {
		if err != nil {
			return nil, err
		}
		m := &Meeting{}
		if err := row.Scan(&m.Name, &m.Handoff, &m.Partner, &m.Playbook, &m.Added, &m.BroughtAt, &m.Checks); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}
