package attribution

import (
	"context"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/dossier"
	"github.com/handoffhq/handoff/services/attribution/internal/tally"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/money"
)

// GetCreditReport implements AttributionService.
func (s *Service) GetCreditReport(ctx context.Context, req *attributionv1.GetCreditReportRequest) (*attributionv1.CreditReport, error) {
	resp := &attributionv1.CreditReport{}
	err := s.survey(ctx, req, func(ctx context.Context, v *survey) error {
		name, model := v.agreed.model(req.GetModel())
		var sums tally.Tally
		total, err := v.each(ctx, func(d dossier.Dossier) error {
			entries, err := v.agreed.terms.Credit(d, model)
			if err != nil {
				return err
			}
			return sums.Add(d.AmountMinor, entries)
		})
		if err != nil {
			return err
		}
		resp = &attributionv1.CreditReport{
			Model:            name,
			StartTime:        timestamp(v.period.Start),
			EndTime:          timestamp(v.period.End),
			Channels:         creditSlices(sums.Channels(), total.Currency, channelName),
			Campaigns:        creditSlices(sums.Campaigns(), total.Currency, campaignName),
			Total:            total.Proto(),
			Untouched:        money.Amount{Minor: sums.Untouched.AmountMinor, Currency: total.Currency}.Proto(),
			OpportunityCount: sums.Total.Opportunities,
			UntouchedCount:   sums.Untouched.Opportunities,
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return resp, nil
}

func channelName(channel string) string { return channel }

func campaignName(id string) string { return ident.Name("campaigns", id) }

// creditSlices are the slices as the API shows them.
func creditSlices(slices []tally.Slice, currency string, name func(string) string) []*attributionv1.CreditSlice {
	var all []*attributionv1.CreditSlice
	for _, s := range slices {
		all = append(all, &attributionv1.CreditSlice{
			Slice:            name(s.Name),
			Amount:           money.Amount{Minor: s.AmountMinor, Currency: currency}.Proto(),
			OpportunitiesPpm: s.Millionths,
			TouchCount:       s.Touches,
		})
	}
	return all
}
