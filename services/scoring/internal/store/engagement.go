package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

const engagementColumns = `id, lead_id, source, source_event_id, type, page, form, asset, campaign, channel, automated, occurred_at, recorded_at, account_id, known_at`

var engagementTable = &sqldb.Table{Name: "engagement", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "lead_id", Type: sqldb.Text}, {Name: "source", Type: sqldb.Text},
	{Name: "source_event_id", Type: sqldb.Text}, {Name: "type", Type: sqldb.Text}, {Name: "page", Type: sqldb.Text},
	{Name: "form", Type: sqldb.Text}, {Name: "asset", Type: sqldb.Text}, {Name: "campaign", Type: sqldb.Text},
	{Name: "channel", Type: sqldb.Text}, {Name: "automated", Type: sqldb.Int}, {Name: "occurred_at", Type: sqldb.Int},
	{Name: "recorded_at", Type: sqldb.Int}, {Name: "account_id", Type: sqldb.Text}, {Name: "known_at", Type: sqldb.Int},
}, Suffix: `ON CONFLICT DO NOTHING RETURNING id`}

// AddEngagements writes engagements and tells by their ids which are new. The others were recorded before.
func AddEngagements(ctx context.Context, tx *sqldb.Tx, engagements []record.Engagement) (map[string]struct{}, error) {
	added := make(map[string]struct{}, len(engagements))
	err := pieces(engagements, func(engagements []record.Engagement) error {
		rows := make([][]any, len(engagements))
		for i := range engagements {
			e := &engagements[i]
			rows[i] = []any{e.ID, e.Lead, e.Source, e.SourceEventID, e.Type, e.Page, e.Form, e.Asset, e.Campaign, e.Channel,
				flag(e.Automated), micros(e.OccurredAt), micros(e.RecordedAt), e.Account, micros(e.Known())}
		}
		return tx.InsertReturning(ctx, engagementTable, func(row sqldb.Row) error {
			var id string
			err := row.Scan(&id)
			added[id] = struct{}{}
			return err
		}, rows...)
	})
	return added, err
}

func scanEngagement(row sqldb.Row) (record.Engagement, error) {
	return scanWith(row)
}

// scanWith reads an engagement, and what comes after it in the row.
func scanWith(row sqldb.Row, more ...any) (record.Engagement, error) {
	var e record.Engagement
	var occurred, recorded, known int64
	err := row.Scan(append([]any{&e.ID, &e.Lead, &e.Source, &e.SourceEventID, &e.Type, &e.Page, &e.Form, &e.Asset, &e.Campaign, &e.Channel,
		&e.Automated, &occurred, &recorded, &e.Account, &known}, more...)...)
	e.OccurredAt, e.RecordedAt, e.KnownAt = instant(occurred), instant(recorded), instant(known)
	return e, err
}

// History reads what people did under some leads, what machines did left out, as it was known at an instant; the zero time is
// now. Of each lead it reads the newest, up to a number.
func History(ctx context.Context, q sqldb.Querier, leads []string, knownAt time.Time, newest int64) ([]record.Engagement, error) {
	var all []record.Engagement
	until := micros(knownAt)
	if until == 0 {
		until = forever
	}
	err := pieces(leads, func(ids []string) error {
		list, args := sqldb.In(3, ids)
		found, err := collect(q.Query(ctx, `SELECT `+engagementColumns+` FROM
			(SELECT `+engagementColumns+`, row_number() OVER (PARTITION BY lead_id ORDER BY occurred_at DESC, id DESC) AS place
			FROM engagement WHERE lead_id IN (`+list+`) AND automated = 0 AND known_at <= $1) AS newest
			WHERE place <= $2 ORDER BY occurred_at, id`, append([]any{until, newest}, args...)...), scanEngagement)
		all = append(all, found...)
		return err
	})
	return all, err
}

// Place is where a page of engagements ends.
type Place struct {
	OccurredAt int64 // microseconds
	ID         string
}

// Engagements lists what happened under some leads below a place, the newest first.
func Engagements(ctx context.Context, q sqldb.Querier, leads []string, below Place, limit int64) ([]record.Engagement, error) {
	list, args := sqldb.In(4, leads)
	return collect(q.Query(ctx, `SELECT `+engagementColumns+` FROM engagement WHERE lead_id IN (`+list+`) AND (occurred_at, id) < ($1, $2)
		ORDER BY occurred_at DESC, id DESC LIMIT $3`, append([]any{below.OccurredAt, below.ID, limit}, args...)...), scanEngagement)
}
