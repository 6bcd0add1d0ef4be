// Package store keeps playbook versions.
package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/playbook/internal/agreement"
)

//go:embed migrations/*.sql
var embedded embed.FS

// Migrations makes the tables of the playbook service.
func Migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil { // the directory is embedded above
		return embedded
	}
	return sub
}

// ErrNotFound says that there is no such version.
var ErrNotFound = errors.New("no such playbook version")

// Playbook is one version. Times are Unix microseconds, 0 for none.
type Playbook struct {
	Version     int64
	Document    []byte // serialised
	YAML        string
	Origin      int32
	Agreement   agreement.Version
	SignedAt    map[agreement.Team]int64
	CreatedAt   int64
	UpdatedAt   int64
	ActivatedAt int64
	ReviewDueAt int64
	RowVersion  int64
	Events      int64

	RolledBackFrom int64    // the version whose document this one brings back; 0 for none
	Refusal        *Refusal // nil unless it was refused
	Reviews        []Review // the oldest first; none unless it is in force
}

// Name is the version's resource name.
func (p *Playbook) Name() string { return fmt.Sprintf("playbooks/%d", p.Version) }

// NextVersion takes the number of a new version.
func NextVersion(ctx context.Context, tx *sqldb.Tx) (int64, error) {
	var n int64
	err := tx.QueryRow(ctx, `UPDATE head SET last_version = last_version + 1 WHERE id = 0 RETURNING last_version`).Scan(&n)
	return n, err
}

// LockActivation keeps any other activation out until the end of the transaction, and gives the number of activations so
// far.
func LockActivation(ctx context.Context, tx *sqldb.Tx) (int64, error) {
	var n int64
	err := tx.QueryRow(ctx, `UPDATE head SET activations = activations + 1 WHERE id = 0 RETURNING activations`).Scan(&n)
	return n - 1, err
}

const columns = `version, document, yaml, hash, state, origin, created_at, updated_at, activated_at, review_due_at, row_version, events, rolled_back_from`

// Get reads a version.
func Get(ctx context.Context, q sqldb.Querier, version int64) (*Playbook, error) {
	return one(ctx, q, q.QueryRow(ctx, `SELECT `+columns+` FROM playbook WHERE version = $1`, version))
}

// Lock reads a version and keeps other writers off it until the end of the transaction.
func Lock(ctx context.Context, tx *sqldb.Tx, version int64) (*Playbook, error) {
	return one(ctx, tx, tx.QueryRow(ctx, `SELECT `+columns+` FROM playbook WHERE version = $1`+tx.Dialect().ForUpdate(), version))
}

// Active reads the version in force.
func Active(ctx context.Context, q sqldb.Querier) (*Playbook, error) {
	return one(ctx, q, q.QueryRow(ctx, `SELECT `+columns+` FROM playbook WHERE state = $1`, int64(agreement.Active)))
}

// List reads versions below a number, the newest first.
func List(ctx context.Context, q sqldb.Querier, below int64, limit int64) ([]*Playbook, error) {
	var all []*Playbook
	for row, err := range q.Query(ctx, `SELECT `+columns+` FROM playbook WHERE version < $1 ORDER BY version DESC LIMIT $2`, below, limit) {
		if err != nil {
			return nil, err
		}
		p, err := scan(row)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	for _, p := range all {
		if err := p.complete(ctx, q); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func one(ctx context.Context, q sqldb.Querier, row sqldb.Row) (*Playbook, error) {
	p, err := scan(row)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return p, p.complete(ctx, q)
}

// complete reads what stands in other tables.
func (p *Playbook) complete(ctx context.Context, q sqldb.Querier) error {
	if err := signatures(ctx, q, p); err != nil {
		return err
	}
	switch p.Agreement.State {
	case agreement.Refused:
		return refusal(ctx, q, p)
	case agreement.Active: // a review ends with the version
		return reviews(ctx, q, p)
	default:
		return nil
	}
}

func scan(row sqldb.Row) (*Playbook, error) {
	p := &Playbook{SignedAt: map[agreement.Team]int64{}}
	var activated, due, from *int64
	err := row.Scan(&p.Version, &p.Document, &p.YAML, &p.Agreement.Hash, &p.Agreement.State, &p.Origin, &p.CreatedAt, &p.UpdatedAt,
		&activated, &due, &p.RowVersion, &p.Events, &from)
	if err != nil {
		return nil, err
	}
	p.ActivatedAt, p.ReviewDueAt, p.RolledBackFrom = deref(activated), deref(due), deref(from)
	return p, nil
}

func signatures(ctx context.Context, q sqldb.Querier, p *Playbook) error {
	for row, err := range q.Query(ctx, `SELECT team, issuer, signer, signed_at FROM signature WHERE version = $1 ORDER BY team`, p.Version) {
		if err != nil {
			return err
		}
		var s agreement.Signature
		var at int64
		if err := row.Scan(&s.Team, &s.Issuer, &s.Signer, &at); err != nil {
			return err
		}
		p.Agreement.Signatures = append(p.Agreement.Signatures, s)
		p.SignedAt[s.Team] = at
	}
	return nil
}

// Insert stores a new version.
func Insert(ctx context.Context, tx *sqldb.Tx, p *Playbook) error {
	_, err := tx.Exec(ctx, `INSERT INTO playbook (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		p.Version, p.Document, p.YAML, p.Agreement.Hash, int64(p.Agreement.State), int64(p.Origin), p.CreatedAt, p.UpdatedAt,
		nullable(p.ActivatedAt), nullable(p.ReviewDueAt), p.RowVersion, p.Events, nullable(p.RolledBackFrom))
	return err
}

// Update stores where a version stands, and its new signatures.
func Update(ctx context.Context, tx *sqldb.Tx, p *Playbook) error {
	_, err := tx.Exec(ctx, `UPDATE playbook SET state = $1, updated_at = $2, activated_at = $3, review_due_at = $4, row_version = $5, events = $6
		WHERE version = $7`, int64(p.Agreement.State), p.UpdatedAt, nullable(p.ActivatedAt), nullable(p.ReviewDueAt), p.RowVersion, p.Events, p.Version)
	if err != nil {
		return err
	}
	for _, s := range p.Agreement.Signatures {
		if _, err := tx.Exec(ctx, `INSERT INTO signature (version, team, issuer, signer, hash, signed_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (version, team) DO NOTHING`, p.Version, int64(s.Team), s.Issuer, s.Signer, p.Agreement.Hash, p.SignedAt[s.Team]); err != nil {
			return err
		}
	}
	return p.putRefusal(ctx, tx)
}

func deref(p *int64) int64 {
	if p == nil {
		return 0
	}
	return *p
}

func nullable(at int64) any {
	if at == 0 {
		return nil
	}
	return at
}
