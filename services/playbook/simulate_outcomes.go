package playbook

import (
	"context"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/hindsight"
)

// perPage is how many opportunities are asked for at once.
const perPage = 1000

// outcomes reads the opportunities that were opened since the period began: they are what qualification is held against.
func (s *simulation) outcomes(ctx context.Context) (*hindsight.Deals, error) {
	deals, token, read := hindsight.NewDeals(), "", int64(0)
	for {
		page, err := s.cfg.Attribution.ListOpportunities(ctx, &attributionv1.ListOpportunitiesRequest{PageSize: perPage, PageToken: token})
		if err != nil {
			return nil, err
		}
		for i, o := range page.GetOpportunities() { // those that were opened last come first
			if o.GetOpenTime().AsTime().Before(s.period.Start) {
				return deals, s.tell(playbookv1.SimulationProgress_PHASE_OUTCOMES, read+int64(i), 0)
			}
			if !o.GetCreateTime().AsTime().After(s.period.AsOf) {
				deals.Add(dealOf(o))
			}
		}
		read += int64(len(page.GetOpportunities()))
		if err := s.tell(playbookv1.SimulationProgress_PHASE_OUTCOMES, read, 0); err != nil {
			return nil, err
		}
		if token = page.GetNextPageToken(); token == "" {
			return deals, nil
		}
	}
}

func dealOf(o *attributionv1.Opportunity) hindsight.Deal {
	d := hindsight.Deal{Handoff: o.GetHandoff(), Account: o.GetAccount(), OpenedAt: o.GetOpenTime().AsTime(),
		Won: o.GetState() == attributionv1.Opportunity_STATE_WON, Open: o.GetState() == attributionv1.Opportunity_STATE_OPEN}
	for _, contact := range o.GetContacts() {
		d.People = append(d.People, contact.GetLead())
	}
	return d
}
