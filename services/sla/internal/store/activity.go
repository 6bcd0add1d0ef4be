package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Activity is something that sales did.
type Activity struct {
	Handoff   string
	ID        string
	Type      int64 // as the API numbers them
	OccurAt   time.Time
	Rep       string
	Automated bool
	Source    string
	SourceID  string
	RecordAt  time.Time
	Actor     string    // whose pace it is part of; empty if of nobody's
	Vouched   bool      // its source says so itself
	Suspect   bool      // it is one of too many for a person
	ConfirmAt time.Time // when somebody confirmed it; zero if nobody has
}

const activityColumns = `handoff, id, type, occur_at, rep, automated, source, source_id, record_at, actor, vouched, suspect, confirm_at`

// Recorded finds the activity of a handoff that a system knows by an id.
func Recorded(ctx context.Context, q sqldb.Querier, handoff, source, sourceID string) (Activity, error) {
	a, err := scanActivity(q.QueryRow(ctx, `SELECT `+activityColumns+` FROM activity
		WHERE handoff = $1 AND source = $2 AND source_id = $3 AND source <> '' AND source_id <> ''`, handoff, source, sourceID))
	if errors.Is(err, sqldb.ErrNoRows) {
		return Activity{}, ErrNotFound
	}
	return a, err
}

// ActivityOf finds an activity of a handoff by its id.
func ActivityOf(ctx context.Context, q sqldb.Querier, handoff, id string) (Activity, error) {
	a, err := scanActivity(q.QueryRow(ctx, `SELECT `+activityColumns+` FROM activity WHERE handoff = $1 AND id = $2`, handoff, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return Activity{}, ErrNotFound
	}
	return a, err
}

// Named finds activities by their handoffs and ids. Those that are not known are missing.
func Named(ctx context.Context, q sqldb.Querier, handoffs, ids []string) (map[ActivityKey]Activity, error) {
	of, args := sqldb.In(1, handoffs)
	list, more := sqldb.In(1+len(args), ids)
	all, err := activities(ctx, q, `WHERE handoff IN (`+of+`) AND id IN (`+list+`)`, append(args, more...)...)
	found := map[ActivityKey]Activity{}
	for _, a := range all {
		found[ActivityKey{a.Handoff, a.ID}] = a
	}
	return found, err
}

// ActivityKey names an activity.
type ActivityKey struct{ Handoff, ID string }

// Suspects lists activities that are flagged and not confirmed after a place in the list, the oldest first; those of a rep if one
// is given.
func Suspects(ctx context.Context, q sqldb.Querier, rep string, after int64, afterID string, limit int64) ([]Activity, error) {
	return activities(ctx, q, `WHERE suspect = 1 AND confirm_at IS NULL AND (occur_at, id) > ($1, $2) AND ($3 = '' OR rep = $3)
		ORDER BY occur_at, id LIMIT $4`, after, afterID, rep, limit)
}

// Activities lists what sales did with a handoff after a place in the list, the oldest first.
func Activities(ctx context.Context, q sqldb.Querier, handoff string, after int64, afterID string, limit int64) ([]Activity, error) {
	return activities(ctx, q, `WHERE handoff = $1 AND (occur_at, id) > ($2, $3) ORDER BY occur_at, id LIMIT $4`, handoff, after, afterID, limit)
}

// activities reads the activities of which a condition holds.
func activities(ctx context.Context, q sqldb.Querier, where string, args ...any) ([]Activity, error) {
	var all []Activity
	for row, err := range q.Query(ctx, `SELECT `+activityColumns+` FROM activity `+where, args...) {
		if err != nil {
			return nil, fmt.Errorf("read activities: %w", err)
		}
		a, err := scanActivity(row)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

func scanActivity(row sqldb.Row) (Activity, error) {
	var a Activity
	var automated, occur, record, vouched, suspect int64
	var confirm *int64
	err := row.Scan(&a.Handoff, &a.ID, &a.Type, &occur, &a.Rep, &automated, &a.Source, &a.SourceID, &record, &a.Actor, &vouched, &suspect, &confirm)
	if err != nil {
		return Activity{}, fmt.Errorf("read activity: %w", err)
	}
	a.OccurAt, a.RecordAt, a.ConfirmAt = instant(&occur), instant(&record), instant(confirm)
	a.Automated, a.Vouched, a.Suspect = automated != 0, vouched != 0, suspect != 0
	return a, nil
}

var activityTable = &sqldb.Table{Name: "activity", Columns: []sqldb.Column{
	{Name: "handoff", Type: sqldb.Text}, {Name: "id", Type: sqldb.Text}, {Name: "type", Type: sqldb.Int},
	{Name: "occur_at", Type: sqldb.Int}, {Name: "rep", Type: sqldb.Text}, {Name: "automated", Type: sqldb.Int},
	{Name: "source", Type: sqldb.Text}, {Name: "source_id", Type: sqldb.Text}, {Name: "record_at", Type: sqldb.Int},
	{Name: "actor", Type: sqldb.Text}, {Name: "vouched", Type: sqldb.Int}, {Name: "suspect", Type: sqldb.Int}, {Name: "confirm_at", Type: sqldb.Int},
}}

// AddActivity stores an activity of a handoff that is locked.
func AddActivity(tx *sqldb.Tx, a Activity) {
	tx.Insert(activityTable, a.Handoff, a.ID, a.Type, a.OccurAt.UnixMicro(), a.Rep, a.Automated, a.Source, a.SourceID, a.RecordAt.UnixMicro(),
		a.Actor, a.Vouched, a.Suspect, orNull(micros(a.ConfirmAt)))
}
