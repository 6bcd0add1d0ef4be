package attribution

import (
	"context"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/funnel"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
)

// GetFunnelReport implements AttributionService.
func (s *Service) GetFunnelReport(ctx context.Context, req *attributionv1.GetFunnelReportRequest) (*attributionv1.FunnelReport, error) {
	resp := &attributionv1.FunnelReport{}
	err := s.survey(ctx, req, func(ctx context.Context, v *survey) error {
		groups, err := store.Cohort(ctx, v.tx, v.view, v.period)
		if err != nil {
			return err
		}
		resp.StartTime, resp.EndTime = timestamp(v.period.Start), timestamp(v.period.End)
		resp.Stages = funnelStages(funnel.Stages(groups, v.agreed.order))
		for _, slice := range funnel.BySource(groups, v.agreed.order) {
			resp.Sources = append(resp.Sources, &attributionv1.FunnelSlice{Slice: slice.Source, Stages: funnelStages(slice.Stages)})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// funnelStages are the stages as the API shows them. Milestones are numbered alike.
func funnelStages(stages []funnel.Stage) []*attributionv1.FunnelStage {
	all := make([]*attributionv1.FunnelStage, len(stages))
	for i, s := range stages {
		all[i] = &attributionv1.FunnelStage{Milestone: playbookv1.Milestone(s.Milestone), Count: s.Leads}
		if perMille, defined := s.Conversion.In(1000); defined {
			rounded := int32(perMille)
			all[i].ConversionPerMille = &rounded
		}
	}
	return all
}
