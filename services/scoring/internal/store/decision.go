package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// maxCandidates is how many candidates of a decision are kept.
const maxCandidates = 100

const decisionColumns = `lead_id, number, rule, account_id, review, candidates, inputs_hash, normaliser, lists, decided_at, decider`

var decisionTable = &sqldb.Table{Name: "match_decision", Columns: []sqldb.Column{
	{Name: "lead_id", Type: sqldb.Text}, {Name: "number", Type: sqldb.Int}, {Name: "rule", Type: sqldb.Text},
	{Name: "account_id", Type: sqldb.Text}, {Name: "review", Type: sqldb.Int}, {Name: "candidates", Type: sqldb.Text},
	{Name: "inputs_hash", Type: sqldb.Text}, {Name: "normaliser", Type: sqldb.Int}, {Name: "lists", Type: sqldb.Text},
	{Name: "decided_at", Type: sqldb.Int}, {Name: "decider", Type: sqldb.Text},
}}

// AddDecision writes a decision.
func AddDecision(tx *sqldb.Tx, d *record.Decision) error {
	candidates, err := json.Marshal(d.Candidates[:min(len(d.Candidates), maxCandidates)])
	if err != nil {
		return err
	}
	tx.Insert(decisionTable, d.Lead, d.Number, string(d.Code), d.AccountID, flag(d.Review), string(candidates), d.InputsHash,
		int64(d.NormaliserVersion), d.ListsVersion, micros(d.DecidedAt), d.Decider)
	return nil
}

func scanDecision(row sqldb.Row) (*record.Decision, error) {
	d := &record.Decision{}
	var candidates string
	var decided int64
	if err := row.Scan(&d.Lead, &d.Number, &d.Code, &d.AccountID, &d.Review, &candidates, &d.InputsHash, &d.NormaliserVersion, &d.ListsVersion, &decided, &d.Decider); err != nil {
		return nil, err
	}
	d.DecidedAt = instant(decided)
	return d, decoded("candidates", d.Lead, json.Unmarshal([]byte(candidates), &d.Candidates))
}

// Decisions lists the decisions on a lead below a number, the newest first.
func Decisions(ctx context.Context, q sqldb.Querier, lead string, below, limit int64) ([]*record.Decision, error) {
	return collect(q.Query(ctx, `SELECT `+decisionColumns+` FROM match_decision WHERE lead_id = $1 AND number < $2
		ORDER BY number DESC LIMIT $3`, lead, below, limit), scanDecision)
}

// Decision reads a decision on a lead.
func Decision(ctx context.Context, q sqldb.Querier, lead string, number int64) (*record.Decision, error) {
	found, err := collect(q.Query(ctx, `SELECT `+decisionColumns+` FROM match_decision WHERE lead_id = $1 AND number = $2`, lead, number), scanDecision)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// InReview lists the decisions in force that wait for a person, after a place, the oldest first.
func InReview(ctx context.Context, q sqldb.Querier, at int64, lead string, limit int64) ([]*record.Decision, error) {
	return collect(q.Query(ctx, `SELECT `+decisionColumns+` FROM
		(SELECT id, decisions, review_at FROM lead WHERE review_at > 0 AND (review_at, id) > ($1, $2) AND merged_into = '' ORDER BY review_at, id LIMIT $3) AS waiting
		JOIN match_decision ON lead_id = id AND number = decisions ORDER BY review_at, id`, at, lead, limit), scanDecision)
}

// AccountAt is the account of a lead by the decision that was in force at an instant.
func AccountAt(ctx context.Context, q sqldb.Querier, lead string, at time.Time) (string, error) {
	found, err := collect(q.Query(ctx, `SELECT account_id FROM match_decision WHERE lead_id = $1 AND decided_at <= $2
		ORDER BY number DESC LIMIT 1`, lead, micros(at)), scanText)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}
