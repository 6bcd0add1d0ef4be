package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Job is people who must be judged again, in pieces, in the order of their leads.
type Job struct {
	ID    string
	Scope Scope
	After string // the lead up to which it is done; empty at first
}

// Scope is who is concerned; the empty scope is everybody.
type Scope struct {
	Accounts []string `json:"accounts,omitempty"` // ids of accounts that changed: their leads
	Domains  []string `json:"domains,omitempty"`  // registrable domains: leads with an address there
	Names    []string `json:"names,omitempty"`    // keys of company names: leads who name it
	Refs     []string `json:"refs,omitempty"`     // accounts as their source calls them: leads who were taken in with it
	// Match says that accounts or lists changed, so that the account of each lead must be decided again.
	Match bool `json:"match,omitempty"`
	// Similar are names of accounts that changed: leads who name a company that is like one of them. Then nobody else is
	// concerned, and the job goes on by the names that leads gave.
	Similar []string `json:"similar,omitempty"`
	// Waiting is a key under which engagements wait that belong to a lead or account now; then nobody else is concerned.
	Waiting *Awaited `json:"waiting,omitempty"`
}

// Awaited is a key that engagements waited under, and the lead or account that has it now.
type Awaited struct {
	Key     Key    `json:"key"`
	Lead    string `json:"lead,omitempty"`
	Account string `json:"account,omitempty"`
}

// Everybody reports whether nobody is left out.
func (s Scope) Everybody() bool {
	return len(s.Accounts)+len(s.Domains)+len(s.Names)+len(s.Refs) == 0
}

// Concerned lists the ids of leads in a scope after one, in order; merged leads are left out.
func Concerned(ctx context.Context, q sqldb.Querier, s Scope, after string, limit int64) ([]string, error) {
	if s.Everybody() {
		return collect(q.Query(ctx, `SELECT id FROM lead WHERE id > $1 AND merged_into = '' ORDER BY id LIMIT $2`, after, limit), scanText)
	}
	args := []any{after, limit}
	in := func(items []string) string {
		list, more := sqldb.In(len(args)+1, items)
		args = append(args, more...)
		return list
	}
	const part = `SELECT id FROM lead WHERE id > $1 AND merged_into = '' AND `
	return collect(q.Query(ctx, `SELECT id FROM (`+
		part+`account_id <> '' AND account_id IN (`+in(s.Accounts)+`)
		UNION `+part+`domain <> '' AND domain IN (`+in(s.Domains)+`)
		UNION `+part+`company <> '' AND company IN (`+in(s.Names)+`)
		UNION `+part+`account_ref <> '' AND account_ref IN (`+in(s.Refs)+`)
		) AS concerned ORDER BY id LIMIT $2`, args...), scanText)
}

// unsure are the leads whose account a name that is alike could change; an index has them.
const unsure = `company <> '' AND rule IN ('UNMATCHED', 'NAME_FUZZY', 'REVIEW_NAME_MULTI', 'REVIEW_PERSON_MULTI')`

// Companies lists the keys of company names after one, in order, that leads gave whose account an alike name could change.
func Companies(ctx context.Context, q sqldb.Querier, after string, limit int64) ([]string, error) {
	return collect(q.Query(ctx, `SELECT DISTINCT company FROM lead WHERE company > $1 AND `+unsure+` ORDER BY company LIMIT $2`, after, limit), scanText)
}

// Plan writes a job. One of the same id that is under way begins anew.
func Plan(ctx context.Context, tx *sqldb.Tx, id string, s Scope, due time.Time) error {
	scope, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO job (id, scope, after_lead, due_at) VALUES ($1, $2, '', $3)
		ON CONFLICT (id) DO UPDATE SET scope = excluded.scope, after_lead = ''`, id, string(scope), micros(due))
	return err
}

// NextJob is when the first job is due; ok is false when there is none.
func NextJob(ctx context.Context, q sqldb.Querier) (due time.Time, ok bool, err error) {
	var at *int64
	if err := q.QueryRow(ctx, `SELECT min(due_at) FROM job`).Scan(&at); err != nil || at == nil {
		return time.Time{}, false, err
	}
	return instant(*at), true, nil
}

// LockJob takes the first job that is due, and keeps others off it until the end of the transaction.
func LockJob(ctx context.Context, tx *sqldb.Tx, now time.Time) (*Job, error) {
	j := &Job{}
	var scope string
	err := tx.QueryRow(ctx, `SELECT id, scope, after_lead FROM job WHERE due_at <= $1 ORDER BY due_at, id LIMIT 1`+tx.Dialect().ForUpdate(),
		micros(now)).Scan(&j.ID, &scope, &j.After)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return j, decoded("scope", j.ID, json.Unmarshal([]byte(scope), &j.Scope))
}

// Proceed notes how far a job is.
func Proceed(ctx context.Context, tx *sqldb.Tx, id, after string) error {
	_, err := tx.Exec(ctx, `UPDATE job SET after_lead = $1 WHERE id = $2`, after, id)
	return err
}

// Finish removes a job.
func Finish(ctx context.Context, tx *sqldb.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM job WHERE id = $1`, id)
	return err
}
