package store

import (
	"context"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Calendar is a copy of a calendar, serialised.
type Calendar struct {
	ID      string
	Version int64 // counts the copies that came
	Body    []byte
}

func (c *Calendar) fields() []any { return []any{&c.ID, &c.Version, &c.Body} }

// PutCalendar stores the newest copy of a calendar.
func PutCalendar(ctx context.Context, tx *sqldb.Tx, id string, body []byte) error {
	_, err := tx.Exec(ctx, `INSERT INTO calendar (id, version, body) VALUES ($1, 1, $2)
		ON CONFLICT (id) DO UPDATE SET version = calendar.version + 1, body = excluded.body`, id, body)
	return err
}

// CalendarVersions says which copies of calendars there are.
func CalendarVersions(ctx context.Context, q sqldb.Querier, ids []string) (map[string]int64, error) {
	in, args := sqldb.In(1, ids)
	return counts(q.Query(ctx, `SELECT id, version FROM calendar WHERE id IN (`+in+`)`, args...))
}

// Calendars reads copies of calendars.
func Calendars(ctx context.Context, q sqldb.Querier, ids []string) ([]*Calendar, error) {
	in, args := sqldb.In(1, ids)
	return all[Calendar](q.Query(ctx, `SELECT id, version, body FROM calendar WHERE id IN (`+in+`)`, args...))
}
