package store

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

const meetingColumns = `id, lead_id, partner, source, source_id, agreement, meet_at, playbook, checks, effect, handoff, disqualifier, created_at`

var meetingTable = &sqldb.Table{Name: "meeting", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "lead_id", Type: sqldb.Text}, {Name: "partner", Type: sqldb.Text},
	{Name: "source", Type: sqldb.Text}, {Name: "source_id", Type: sqldb.Text}, {Name: "agreement", Type: sqldb.Text},
	{Name: "meet_at", Type: sqldb.Int}, {Name: "playbook", Type: sqldb.Int}, {Name: "checks", Type: sqldb.Text},
	{Name: "effect", Type: sqldb.Int}, {Name: "handoff", Type: sqldb.Text}, {Name: "disqualifier", Type: sqldb.Text},
	{Name: "created_at", Type: sqldb.Int},
}, Suffix: `ON CONFLICT DO NOTHING`}

// AddMeeting writes a meeting, and reports whether its partner had brought none of that source and id before.
func AddMeeting(ctx context.Context, tx *sqldb.Tx, m *record.Meeting) (added bool, err error) {
	agreement, err := json.Marshal(m.Agreement)
	if err != nil {
		return false, err
	}
	checks, err := json.Marshal(m.Checks)
	if err != nil {
		return false, err
	}
	n, err := tx.InsertNow(ctx, meetingTable, []any{m.ID, m.Lead, m.Partner, m.Source, m.SourceID, string(agreement), micros(m.MeetAt), m.Playbook,
		string(checks), int64(m.Effect), m.Handoff, m.Disqualifier, micros(m.CreatedAt)})
	return n == 1, err
}

func scanMeeting(row sqldb.Row) (*record.Meeting, error) {
	m := &record.Meeting{}
	var agreement, checks string
	var meet, created int64
	err := row.Scan(&m.ID, &m.Lead, &m.Partner, &m.Source, &m.SourceID, &agreement, &meet, &m.Playbook, &checks, &m.Effect, &m.Handoff,
		&m.Disqualifier, &created)
	if err != nil {
		return nil, err
	}
	m.MeetAt, m.CreatedAt = instant(meet), instant(created)
	return m, decoded("agreement", m.ID, errors.Join(json.Unmarshal([]byte(agreement), &m.Agreement), json.Unmarshal([]byte(checks), &m.Checks)))
}

// Meeting reads a meeting with a lead. The error is [ErrNotFound] if there is no such.
func Meeting(ctx context.Context, q sqldb.Querier, lead, id string) (*record.Meeting, error) {
	return oneMeeting(scanMeeting(q.QueryRow(ctx, `SELECT `+meetingColumns+` FROM meeting WHERE id = $1 AND lead_id = $2`, id, lead)))
}

// MeetingOf reads the meeting that a system knows by an id, of those of a partner. The error is [ErrNotFound] if there is none.
func MeetingOf(ctx context.Context, q sqldb.Querier, partner, source, sourceID string) (*record.Meeting, error) {
	return oneMeeting(scanMeeting(q.QueryRow(ctx, `SELECT `+meetingColumns+` FROM meeting
		WHERE partner = $1 AND source = $2 AND source_id = $3`, partner, source, sourceID)))
}

func oneMeeting(m *record.Meeting, err error) (*record.Meeting, error) {
	if errors.Is(err, sqldb.ErrNoRows) {
		err = ErrNotFound
	}
	return m, err
}

// Meetings lists the meetings with some leads below an id, the newest first.
func Meetings(ctx context.Context, q sqldb.Querier, leads []string, below string, limit int64) ([]*record.Meeting, error) {
	list, args := sqldb.In(3, leads)
	return collect(q.Query(ctx, `SELECT `+meetingColumns+` FROM meeting WHERE lead_id IN (`+list+`) AND id < $1 ORDER BY id DESC LIMIT $2`,
		append([]any{below, limit}, args...)...), scanMeeting)
}

// OpenDeal is the open opportunity of an account that was opened last; empty if there is none.
func OpenDeal(ctx context.Context, q sqldb.Querier, account string) (string, error) {
	return first(q.QueryRow(ctx, `SELECT id FROM opportunity WHERE account_id = $1 AND state = $2 ORDER BY opened_at DESC, id DESC LIMIT 1`,
		account, int64(OpportunityOpen)))
}

// OpenHandoff is the handoff that is open longest of an account's people, one left out; empty if there is none.
func OpenHandoff(ctx context.Context, q sqldb.Querier, account, but string) (string, error) {
	return first(q.QueryRow(ctx, `SELECT handoff FROM lead WHERE account_id = $1 AND account_id <> '' AND id <> $2 AND merged_into = ''
		AND handoff <> '' AND closed_at = 0 ORDER BY qualified_at, id LIMIT 1`, account, but))
}

// first reads a text; empty if there is no row.
func first(row sqldb.Row) (string, error) {
	text, err := scanText(row)
	if errors.Is(err, sqldb.ErrNoRows) {
		err = nil
	}
	return text, err
}
