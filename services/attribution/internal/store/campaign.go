package store

import (
	"context"
	"errors"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Campaign is one campaign.
type Campaign struct {
	ID          string
	DisplayName string
	Channel     string
	Category    string
	CreatedAt   time.Time
	UpdatedAt   time.Time
	RowVersion  int64
	Events      int64 // told about it so far
}

const campaignColumns = `id, display_name, channel, category, created_at, updated_at, row_version, events`

// GetCampaign reads a campaign. It fails with [ErrNotFound].
func GetCampaign(ctx context.Context, q sqldb.Querier, id string) (*Campaign, error) {
	return foundCampaign(q.QueryRow(ctx, `SELECT `+campaignColumns+` FROM campaign WHERE id = $1`, id))
}

// LockCampaign reads a campaign and keeps other writers off it until the end of the transaction. It fails with
// [ErrNotFound].
func LockCampaign(ctx context.Context, tx *sqldb.Tx, id string) (*Campaign, error) {
	return foundCampaign(tx.QueryRow(ctx, `SELECT `+campaignColumns+` FROM campaign WHERE id = $1`+tx.Dialect().ForUpdate(), id))
}

// ListCampaigns reads up to limit campaigns after an id, by id.
func ListCampaigns(ctx context.Context, q sqldb.Querier, after string, limit int64) ([]*Campaign, error) {
	return campaigns(ctx, q, `SELECT `+campaignColumns+` FROM campaign WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// Campaigns reads the campaigns of the given ids that there are, by id.
func Campaigns(ctx context.Context, q sqldb.Querier, ids []string) (map[string]*Campaign, error) {
	list, args := sqldb.In(1, ids)
	found, err := campaigns(ctx, q, `SELECT `+campaignColumns+` FROM campaign WHERE id IN (`+list+`)`, args...)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*Campaign, len(found))
	for _, c := range found {
		byID[c.ID] = c
	}
	return byID, nil
}

// InsertCampaign stores a new campaign and reports whether its id was free.
func InsertCampaign(ctx context.Context, tx *sqldb.Tx, c *Campaign) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO campaign (`+campaignColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING`,
		c.ID, c.DisplayName, c.Channel, c.Category, c.CreatedAt.UnixMicro(), c.UpdatedAt.UnixMicro(), c.RowVersion, c.Events)
	return n == 1, err
}

// UpdateCampaign stores a changed campaign.
func UpdateCampaign(ctx context.Context, tx *sqldb.Tx, c *Campaign) error {
	_, err := tx.Exec(ctx, `UPDATE campaign SET display_name = $1, channel = $2, category = $3, updated_at = $4, row_version = $5, events = $6
		WHERE id = $7`, c.DisplayName, c.Channel, c.Category, c.UpdatedAt.UnixMicro(), c.RowVersion, c.Events, c.ID)
	return err
}

func campaigns(ctx context.Context, q sqldb.Querier, query string, args ...any) ([]*Campaign, error) {
	var all []*Campaign
	for row, err := range q.Query(ctx, query, args...) {
		if err != nil {
			return nil, err
		}
		c, err := scanCampaign(row)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func foundCampaign(row sqldb.Row) (*Campaign, error) {
	c, err := scanCampaign(row)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	return c, err
}

func scanCampaign(row sqldb.Row) (*Campaign, error) {
	c := &Campaign{}
	var created, updated int64
	if err := row.Scan(&c.ID, &c.DisplayName, &c.Channel, &c.Category, &created, &updated, &c.RowVersion, &c.Events); err != nil {
		return nil, err
	}
	c.CreatedAt, c.UpdatedAt = at(created), at(updated)
	return c, nil
}
