package attribution

import (
	"context"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/dossier"
	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"github.com/handoffhq/handoff/services/internal/credit"
	"github.com/handoffhq/handoff/services/internal/money"
)

// GetSourcingReport implements AttributionService.
func (s *Service) GetSourcingReport(ctx context.Context, req *attributionv1.GetSourcingReportRequest) (*attributionv1.SourcingReport, error) {
	resp := &attributionv1.SourcingReport{}
	err := s.survey(ctx, req, func(ctx context.Context, v *survey) error {
		rules := []pipeline.SourceRule{pipeline.RecordedSource, pipeline.FirstTouch, pipeline.BeforeSales}
		marketed := make([]int64, len(rules))
		all, currency, err := v.opportunities(ctx, func(d dossier.Dossier) {
			answers := v.agreed.terms.Sourcing(d)
			for i, rule := range rules {
				if answers.By(rule) == credit.Marketing {
					marketed[i]++
				}
			}
		})
		if err != nil {
			return err
		}
		classes, err := pipeline.BreakDown(all)
		if err != nil {
			return err
		}
		resp.StartTime, resp.EndTime = timestamp(v.period.Start), timestamp(v.period.End)
		resp.Sourced = sourcingClass(classes.Sourced, currency)
		resp.Influenced = sourcingClass(classes.InfluencedNotSourced, currency)
		resp.Untouched = sourcingClass(classes.Untouched, currency)
		resp.Pipeline = sourcingClass(classes.Total, currency)
		for i, rule := range rules {
			resp.Rules = append(resp.Rules, &attributionv1.SourcedRuleCount{
				Rule: sourcedBy(rule), OpportunityCount: marketed[i]})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return resp, nil
}

func sourcingClass(l pipeline.Line, currency string) *attributionv1.SourcingClass {
	return &attributionv1.SourcingClass{OpportunityCount: l.Count, Amount: money.Amount{Minor: l.AmountMinor, Currency: currency}.Proto()}
}

// sourcedBy is a rule as the API names it.
func sourcedBy(rule pipeline.SourceRule) playbookv1.SourcedBy {
	return playbookv1.SourcedBy(playbookv1.SourcedBy_value["SOURCED_BY_"+rule.String()])
}
