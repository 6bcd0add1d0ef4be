package store

import (
	"encoding/json"
	"fmt"

	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// details are the columns of what an answer says, which the tables answer and verdict have in common.
const details = `reason, detail, evidence, competitor, outcome, target, rating, message_match, next_action, confirmed, next_step, comment`

var detailColumns = []sqldb.Column{
	{Name: "reason", Type: sqldb.Int}, {Name: "detail", Type: sqldb.Text}, {Name: "evidence", Type: sqldb.Text},
	{Name: "competitor", Type: sqldb.Text}, {Name: "outcome", Type: sqldb.Int}, {Name: "target", Type: sqldb.Int},
	{Name: "rating", Type: sqldb.Int}, {Name: "message_match", Type: sqldb.Int}, {Name: "next_action", Type: sqldb.Int},
	{Name: "confirmed", Type: sqldb.Text}, {Name: "next_step", Type: sqldb.Text}, {Name: "comment", Type: sqldb.Text},
	{Name: "finding", Type: sqldb.Int}, // for those who count; it follows from the evidence
}

// evidence is verdict.Evidence as it is stored.
type evidence struct {
	Criterion string `json:"criterion,omitempty"`
	Field     string `json:"field"`
	Observed  string `json:"observed"`
	check
}

// check is verdict.Check as it is stored.
type check struct {
	Finding  verdict.Finding `json:"finding,omitempty"`
	Cause    verdict.Cause   `json:"cause,omitempty"`
	Missing  []string        `json:"missing,omitempty"`
	Recorded string          `json:"recorded,omitempty"`
}

// detailRow gives the values of the columns of details.
func detailRow(a verdict.Answer) ([]any, error) {
	proofs := make([]evidence, len(a.Evidence))
	for i, e := range a.Evidence {
		proofs[i] = evidence{e.Criterion, e.Field, e.Observed, check(e.Check)}
	}
	proof, err := json.Marshal(proofs)
	if err != nil {
		return nil, fmt.Errorf("encode evidence: %w", err)
	}
	confirmed, err := json.Marshal(a.Confirmed)
	if err != nil {
		return nil, fmt.Errorf("encode confirmed items: %w", err)
	}
	return []any{a.Reason, a.Detail, string(proof), a.Competitor, a.Outcome, a.Target, a.Rating, a.Match, a.Action,
		string(confirmed), a.NextStep, a.Comment, a.Finding()}, nil
}

// scan reads the given columns and then those of details.
func scan(row sqldb.Row, a *verdict.Answer, columns ...any) error {
	var proof, confirmed string
	err := row.Scan(append(columns, &a.Reason, &a.Detail, &proof, &a.Competitor, &a.Outcome, &a.Target, &a.Rating, &a.Match, &a.Action,
		&confirmed, &a.NextStep, &a.Comment)...)
	if err != nil {
		return err
	}
	if a.Evidence, err = decodeEvidence(proof); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(confirmed), &a.Confirmed); err != nil {
		return fmt.Errorf("decode confirmed items: %w", err)
	}
	return nil
}

func decodeEvidence(text string) ([]verdict.Evidence, error) {
	var proofs []evidence
	if err := json.Unmarshal([]byte(text), &proofs); err != nil {
		return nil, fmt.Errorf("decode evidence: %w", err)
	}
	var all []verdict.Evidence
	for _, e := range proofs {
		all = append(all, verdict.Evidence{Criterion: e.Criterion, Field: e.Field, Observed: e.Observed, Check: verdict.Check(e.check)})
	}
	return all, nil
}
