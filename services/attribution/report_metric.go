package attribution

import (
	"cmp"
	"context"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/dossier"
	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/money"
)

// GetSharedMetricReport implements AttributionService.
func (s *Service) GetSharedMetricReport(ctx context.Context, req *attributionv1.GetSharedMetricReportRequest) (*attributionv1.SharedMetricReport, error) {
	resp := &attributionv1.SharedMetricReport{}
	err := s.survey(ctx, req, func(ctx context.Context, v *survey) error {
		all, currency, err := v.opportunities(ctx, func(dossier.Dossier) {})
		if err != nil {
			return err
		}
		influenced, err := pipeline.SumInfluenced(all, pipeline.BareSQLs{}, pipeline.Union)
		if err != nil {
			return err
		}
		spend, err := store.SumSpend(ctx, v.tx, v.view, v.period, v.agreed.spend)
		if err != nil {
			return err
		}
		worth := money.Amount{Minor: influenced.TotalMinor, Currency: currency}
		resp.StartTime, resp.EndTime = timestamp(v.period.Start), timestamp(v.period.End)
		resp.InfluencedPipeline, resp.InfluencedCount, resp.Spend = worth.Proto(), influenced.Opportunities.Count, spend.Proto()
		ratio, err := perSpend(v.period, worth, spend)
		if err != nil {
			return err
		}
		resp.Standing = standing(ratio, v.agreed.healthy)
		if !ratio.Defined() {
			return nil
		}
		milli, fits := ratio.In(1000)
		if !fits {
			return pipeline.ErrOverflow
		}
		resp.RatioMilli = &milli
		return nil
	})
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// perSpend is the shared number. Nothing, of no currency, is nothing in the currency of the other.
func perSpend(period pipeline.Period, influenced, spend money.Amount) (pipeline.Ratio, error) {
	if _, err := influenced.Add(spend); err != nil {
		return pipeline.Ratio{}, err
	}
	currency := cmp.Or(influenced.Currency, spend.Currency)
	return pipeline.PerSpend(
		pipeline.Figure{Period: period, Currency: currency, AmountMinor: influenced.Minor},
		pipeline.Figure{Period: period, Currency: currency, AmountMinor: spend.Minor})
}

// standing says where the number stands against the healthy range.
func standing(ratio pipeline.Ratio, healthy *pipeline.Band) attributionv1.SharedMetricReport_Standing {
	switch {
	case !ratio.Defined():
		return attributionv1.SharedMetricReport_STANDING_NO_SPEND
	case healthy == nil:
		return attributionv1.SharedMetricReport_STANDING_NO_RANGE
	}
	switch healthy.Standing(ratio) {
	case pipeline.Below:
		return attributionv1.SharedMetricReport_STANDING_BELOW
	case pipeline.Above:
		return attributionv1.SharedMetricReport_STANDING_ABOVE
	default:
		return attributionv1.SharedMetricReport_STANDING_HEALTHY
	}
}
