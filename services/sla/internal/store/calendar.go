package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Calendar is a calendar in its newest edition.
type Calendar struct {
	ID        string
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
	Events    int64
	Document  []byte // serialised, without name, times and etag
}

// Edition is a version of a calendar and from when it counts.
type Edition struct {
	Calendar string
	Version  int64
	From     time.Time
	Digest   string // of the document
}

const calendarColumns = `c.id, c.version, c.created_at, c.updated_at, c.events, e.document`

const calendars = ` FROM calendar c JOIN calendar_edition e ON e.calendar = c.id AND e.version = c.version`

// GetCalendar reads a calendar.
func GetCalendar(ctx context.Context, q sqldb.Querier, id string) (*Calendar, error) {
	return oneCalendar(q.QueryRow(ctx, `SELECT `+calendarColumns+calendars+` WHERE c.id = $1`, id))
}

// LockCalendar reads a calendar and keeps others from changing it, or reckoning with it, until the end of the transaction.
func LockCalendar(ctx context.Context, tx *sqldb.Tx, id string) (*Calendar, error) {
	var version int64
	err := tx.QueryRow(ctx, `SELECT version FROM calendar WHERE id = $1`+tx.Dialect().ForUpdate(), id).Scan(&version)
	if err != nil && !errors.Is(err, sqldb.ErrNoRows) {
		return nil, fmt.Errorf("lock calendar: %w", err)
	}
	return GetCalendar(ctx, tx, id)
}

// ReserveCalendar is LockCalendar for a calendar that may not exist yet: nobody else can make it meanwhile.
func ReserveCalendar(ctx context.Context, tx *sqldb.Tx, id string) (*Calendar, error) {
	if err := announce(ctx, tx, []string{id}); err != nil {
		return nil, err
	}
	return LockCalendar(ctx, tx, id)
}

// ListCalendars reads calendars by id.
func ListCalendars(ctx context.Context, q sqldb.Querier, after string, limit int64) ([]*Calendar, error) {
	var all []*Calendar
	for row, err := range q.Query(ctx, `SELECT `+calendarColumns+calendars+` WHERE c.id > $1 ORDER BY c.id LIMIT $2`, after, limit) {
		if err != nil {
			return nil, fmt.Errorf("list calendars: %w", err)
		}
		c, err := oneCalendar(row)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func oneCalendar(row sqldb.Row) (*Calendar, error) {
	c := &Calendar{}
	var created, updated int64
	err := row.Scan(&c.ID, &c.Version, &created, &updated, &c.Events, &c.Document)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read calendar: %w", err)
	}
	c.CreatedAt, c.UpdatedAt = instant(&created), instant(&updated)
	return c, nil
}

var calendarTable = &sqldb.Table{Name: "calendar", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "version", Type: sqldb.Int}, {Name: "created_at", Type: sqldb.Int},
	{Name: "updated_at", Type: sqldb.Int}, {Name: "events", Type: sqldb.Int},
}, Suffix: `ON CONFLICT (id) DO NOTHING`}

// announce makes rows for calendars that do not exist yet, so that they can be locked.
func announce(ctx context.Context, tx *sqldb.Tx, ids []string) error {
	rows := make([][]any, len(ids))
	for i, id := range ids {
		rows[i] = []any{id, int64(0), int64(0), int64(0), int64(0)}
	}
	_, err := tx.InsertNow(ctx, calendarTable, rows...)
	return err
}

// PutCalendar stores a new edition of a calendar that is locked, and has the running clocks that count in it swept.
func PutCalendar(ctx context.Context, tx *sqldb.Tx, c *Calendar) error {
	_, err := tx.Exec(ctx, `UPDATE calendar SET version = $1, created_at = $2, updated_at = $3, events = $4 WHERE id = $5`,
		c.Version, c.CreatedAt.UnixMicro(), c.UpdatedAt.UnixMicro(), c.Events, c.ID)
	if err != nil {
		return fmt.Errorf("store calendar: %w", err)
	}
	digest := sha256.Sum256(c.Document)
	_, err = tx.Exec(ctx, `INSERT INTO calendar_edition (calendar, version, from_at, digest, document) VALUES ($1, $2, $3, $4, $5)`,
		c.ID, c.Version, c.UpdatedAt.UnixMicro(), hex.EncodeToString(digest[:]), c.Document)
	if err != nil {
		return fmt.Errorf("store calendar: %w", err)
	}
	return startSweep(ctx, tx, c)
}

// Consult gives the editions of calendars, the oldest first, and keeps them from being changed, or made, until the end of
// the transaction: what was reckoned by them is stored before they change.
func Consult(ctx context.Context, tx *sqldb.Tx, ids []string) ([]Edition, error) {
	list, args := sqldb.In(1, ids)
	missing := slices.Clone(ids)
	for row, err := range tx.Query(ctx, `SELECT id FROM calendar WHERE id IN (`+list+`) ORDER BY id`+tx.Dialect().ForShare(), args...) {
		if err != nil {
			return nil, fmt.Errorf("consult calendars: %w", err)
		}
		var id string
		if err := row.Scan(&id); err != nil {
			return nil, fmt.Errorf("consult calendars: %w", err)
		}
		missing = slices.DeleteFunc(missing, func(m string) bool { return m == id })
	}
	if len(missing) > 0 {
		if err := announce(ctx, tx, missing); err != nil {
			return nil, err
		}
	}
	return Peruse(ctx, tx, ids)
}

// Peruse is Consult for who only reads: it keeps nobody from anything.
func Peruse(ctx context.Context, tx *sqldb.Tx, ids []string) ([]Edition, error) {
	list, args := sqldb.In(1, ids)
	var all []Edition
	for row, err := range tx.Query(ctx, `SELECT calendar, version, from_at, digest FROM calendar_edition WHERE calendar IN (`+list+`)
		ORDER BY calendar, version`, args...) {
		if err != nil {
			return nil, fmt.Errorf("read editions: %w", err)
		}
		var e Edition
		var from int64
		if err := row.Scan(&e.Calendar, &e.Version, &from, &e.Digest); err != nil {
			return nil, fmt.Errorf("read edition: %w", err)
		}
		e.From = instant(&from)
		all = append(all, e)
	}
	return all, nil
}

// Document reads the document of an edition.
func Document(ctx context.Context, q sqldb.Querier, calendar string, version int64) ([]byte, error) {
	var raw []byte
	err := q.QueryRow(ctx, `SELECT document FROM calendar_edition WHERE calendar = $1 AND version = $2`, calendar, version).Scan(&raw)
	if err != nil {
		return nil, fmt.Errorf("read calendar %s: %w", calendar, err)
	}
	return raw, nil
}
