package scoring

import (
	"context"
	"time"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/proof"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// CheckEvidence implements ScoringService.
func (s *Service) CheckEvidence(ctx context.Context, req *scoringv1.CheckEvidenceRequest) (*scoringv1.CheckEvidenceResponse, error) {
	asOf := moment(req.GetAsOfTime())
	lead, err := s.visible(ctx, ident.ID(req.GetLead(), "leads"))
	if err != nil {
		return nil, err
	}
	if lead.CreatedAt.After(asOf) { // by the clock of another machine
		asOf = lead.CreatedAt
	}
	rules, err := s.rules.version(ctx, s.cfg.DB, shelf.Number(req.GetPlaybook()), asOf)
	if err != nil {
		return nil, err
	}
	var checks []proof.Check
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		subject, err := recalled(ctx, tx, lead, rules, asOf)
		if err == nil {
			checks = rules.Policy.Prove(subject, itemsOf(req.GetItems()), asOf)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	resp := &scoringv1.CheckEvidenceResponse{}
	for _, c := range checks {
		resp.Checks = append(resp.Checks, &scoringv1.EvidenceCheck{Finding: scoringv1.EvidenceCheck_Finding(c.Finding),
			Cause: scoringv1.EvidenceCheck_Cause(c.Cause), MissingFacts: c.Missing, RecordedValue: c.Recorded})
	}
	return resp, nil
}

// version is a version of the playbook, in force or not, with the lists as they were at an instant.
func (r *rulebook) version(ctx context.Context, q sqldb.Querier, number int64, at time.Time) (rules dossier.Rules, err error) {
	pinned, err := r.shelf.Get(ctx, q, number)
	if err != nil {
		return rules, err
	}
	lists, err := store.Lists(ctx, q, at)
	if err != nil {
		return rules, err
	}
	rules.Playbook, rules.Lists = number, gather(lists)
	rules.Policy, err = equip(ctx, q, pinned.Policy)
	return rules, err
}

func itemsOf(items []*scoringv1.EvidenceItem) []proof.Item {
	all := make([]proof.Item, len(items))
	for i, item := range items {
		all[i] = proof.Item{Criterion: item.GetCriterion(), Field: item.GetField(), Observed: item.GetObservedValue()}
	}
	return all
}
