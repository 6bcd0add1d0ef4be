package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Closed is a period that is closed.
type Closed struct {
	Name       string // such as 2026-03
	Length     string // week, month or quarter
	Start, End time.Time
	Zone       string // of its midnights
	At         time.Time
	Role       string // in which somebody closed it
	Playbook   string // that was judged by; empty if there was none
	Clocks     int64  // that were counted
}

// LockClosing keeps others from closing a period of a length until the end of the transaction. It gives the name of the one that
// was closed last; empty if none was.
func LockClosing(ctx context.Context, tx *sqldb.Tx, length string) (latest string, err error) {
	_, err = tx.Exec(ctx, `INSERT INTO closing (length, latest) VALUES ($1, '') ON CONFLICT (length) DO NOTHING`, length)
	if err != nil {
		return "", fmt.Errorf("lock closing: %w", err)
	}
	err = tx.QueryRow(ctx, `SELECT latest FROM closing WHERE length = $1`+tx.Dialect().ForUpdate(), length).Scan(&latest)
	if err != nil {
		return "", fmt.Errorf("lock closing: %w", err)
	}
	return latest, nil
}

const closedColumns = `name, length, start_at, end_at, zone, close_at, role, playbook, clocks`

// GetClosed reads a closed period by its name.
func GetClosed(ctx context.Context, q sqldb.Querier, name string) (*Closed, error) {
	return oneClosed(q.QueryRow(ctx, `SELECT `+closedColumns+` FROM closed_period WHERE name = $1`, name))
}

// ListClosed reads closed periods by name.
func ListClosed(ctx context.Context, q sqldb.Querier, after string, limit int64) ([]*Closed, error) {
	var all []*Closed
	for row, err := range q.Query(ctx, `SELECT `+closedColumns+` FROM closed_period WHERE name > $1 ORDER BY name LIMIT $2`, after, limit) {
		if err != nil {
			return nil, fmt.Errorf("list closed periods: %w", err)
		}
		c, err := oneClosed(row)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func oneClosed(row sqldb.Row) (*Closed, error) {
	c := &Closed{}
	var start, end, at int64
	err := row.Scan(&c.Name, &c.Length, &start, &end, &c.Zone, &at, &c.Role, &c.Playbook, &c.Clocks)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read closed period: %w", err)
	}
	c.Start, c.End, c.At = instant(&start), instant(&end), instant(&at)
	return c, nil
}

// PutClosed stores a period that is closed, and that it is the last one of its length, whose closing is locked.
func PutClosed(ctx context.Context, tx *sqldb.Tx, c *Closed) error {
	_, err := tx.Exec(ctx, `INSERT INTO closed_period (`+closedColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		c.Name, c.Length, c.Start.UnixMicro(), c.End.UnixMicro(), c.Zone, c.At.UnixMicro(), c.Role, c.Playbook, c.Clocks)
	if err != nil {
		return fmt.Errorf("store closed period: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE closing SET latest = $1 WHERE length = $2`, c.Name, c.Length); err != nil {
		return fmt.Errorf("store closed period: %w", err)
	}
	return nil
}

var closedReportTable = &sqldb.Table{Name: "closed_report", Columns: []sqldb.Column{
	{Name: "period", Type: sqldb.Text}, {Name: "rep", Type: sqldb.Text}, {Name: "document", Type: sqldb.Bytes},
}}

// PutClosedReport stores the report of a closed period: that of a rep, or of everybody if none is given.
func PutClosedReport(tx *sqldb.Tx, period, rep string, document []byte) {
	tx.Insert(closedReportTable, period, rep, document)
}

// ClosedReport reads the report of a closed period: that of a rep, or of everybody if none is given.
func ClosedReport(ctx context.Context, q sqldb.Querier, period, rep string) ([]byte, error) {
	var document []byte
	err := q.QueryRow(ctx, `SELECT document FROM closed_report WHERE period = $1 AND rep = $2`, period, rep).Scan(&document)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read closed report: %w", err)
	}
	return document, nil
}
