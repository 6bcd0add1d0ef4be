package store

import (
	"context"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/playbook/internal/agreement"
)

// Refusal is the dissent of a team.
type Refusal struct {
	Team            agreement.Team
	Issuer, Refuser string
	Comment         string
	At              int64
}

func refusal(ctx context.Context, q sqldb.Querier, p *Playbook) error {
	p.Refusal = &Refusal{}
	return q.QueryRow(ctx, `SELECT team, issuer, refuser, comment, refused_at FROM refusal WHERE version = $1`, p.Version).
		Scan(&p.Refusal.Team, &p.Refusal.Issuer, &p.Refusal.Refuser, &p.Refusal.Comment, &p.Refusal.At)
}

func (p *Playbook) putRefusal(ctx context.Context, tx *sqldb.Tx) error {
	r := p.Refusal
	if r == nil {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO refusal (version, team, issuer, refuser, comment, refused_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		p.Version, int64(r.Team), r.Issuer, r.Refuser, r.Comment, r.At)
	return err
}
