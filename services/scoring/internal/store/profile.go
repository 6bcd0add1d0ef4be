package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/resemblance"
)

// Profile is what the customers of one team's choice have in common. Team is the API's number.
type Profile struct {
	Team      int64
	Accounts  []string // ids
	Profile   resemblance.Profile
	UpdatedAt time.Time
	Version   int64
	Events    int64
}

// GetProfile reads the profile of a team.
func GetProfile(ctx context.Context, q sqldb.Querier, team int64) (*Profile, error) {
	return oneProfile(q.QueryRow(ctx, profileQuery+` WHERE team = $1`, team))
}

// ListProfiles reads the profiles of the teams behind one, in their order.
func ListProfiles(ctx context.Context, q sqldb.Querier, behind, limit int64) ([]*Profile, error) {
	return collect(q.Query(ctx, profileQuery+` WHERE team > $1 ORDER BY team LIMIT $2`, behind, limit), oneProfile)
}

// LockProfile reads the profile of a team, or an empty one of version 0, and keeps other writers off it until the end of the
// transaction.
func LockProfile(ctx context.Context, tx *sqldb.Tx, team int64) (*Profile, error) {
	p, err := oneProfile(tx.QueryRow(ctx, profileQuery+` WHERE team = $1`+tx.Dialect().ForUpdate(), team))
	if errors.Is(err, ErrNotFound) {
		return &Profile{Team: team}, nil
	}
	return p, err
}

const profileQuery = `SELECT team, accounts, profile, updated_at, version, events FROM account_profile`

func oneProfile(row sqldb.Row) (*Profile, error) {
	p := &Profile{}
	var accounts, body string
	var updated int64
	err := row.Scan(&p.Team, &accounts, &body, &updated, &p.Version, &p.Events)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	p.UpdatedAt = instant(updated)
	err = errors.Join(json.Unmarshal([]byte(accounts), &p.Accounts), json.Unmarshal([]byte(body), &p.Profile))
	return p, decoded("profile", "team", err)
}

// PutProfile writes the profile of a team in place of the one before.
func PutProfile(ctx context.Context, tx *sqldb.Tx, p *Profile) error {
	accounts, err := json.Marshal(p.Accounts)
	if err != nil {
		return err
	}
	body, err := json.Marshal(p.Profile)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO account_profile (team, accounts, profile, updated_at, version, events) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (team) DO UPDATE SET accounts = excluded.accounts, profile = excluded.profile, updated_at = excluded.updated_at,
			version = excluded.version, events = excluded.events`,
		p.Team, string(accounts), string(body), micros(p.UpdatedAt), p.Version, p.Events)
	return err
}

// WonLast gives the ids of the accounts with the deals that were won last, the latest first.
func WonLast(ctx context.Context, q sqldb.Querier, limit int64) ([]string, error) {
	return collect(q.Query(ctx, `SELECT account_id FROM opportunity WHERE state = $1 AND account_id <> '' GROUP BY account_id
		ORDER BY MAX(CASE WHEN closed_at > 0 THEN closed_at ELSE opened_at END) DESC, account_id LIMIT $2`, int64(OpportunityWon), limit), scanText)
}
