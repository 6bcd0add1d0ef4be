package attribution

import (
	"context"
	"fmt"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/deal"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/patch"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// CreateOpportunity implements AttributionService.
func (s *Service) CreateOpportunity(ctx context.Context, req *attributionv1.CreateOpportunityRequest) (*attributionv1.Opportunity, error) {
	now := s.cfg.Now()
	given, err := dealOf(req.GetOpportunity(), "opportunity")
	if err != nil {
		return nil, err
	}
	asked := []ask{{given: given, path: "opportunity"}}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*attributionv1.Opportunity, error) {
		recorded, err := s.record(ctx, tx, asked, now)
		if err != nil {
			return nil, err
		}
		return opportunityProto(recorded[0]), nil
	})
}

// BatchCreateOpportunities implements AttributionService.
func (s *Service) BatchCreateOpportunities(ctx context.Context, req *attributionv1.BatchCreateOpportunitiesRequest) (*attributionv1.BatchCreateOpportunitiesResponse, error) {
	now := s.cfg.Now()
	asked := make([]ask, len(req.GetRequests()))
	for i, r := range req.GetRequests() {
		if r.GetRequestId() != "" && r.GetRequestId() != req.GetRequestId() {
			return nil, fault.Field(fmt.Sprintf("requests[%d].request_id", i), "differs from that of the whole request")
		}
		path := fmt.Sprintf("requests[%d].opportunity", i)
		given, err := dealOf(r.GetOpportunity(), path)
		if err != nil {
			return nil, err
		}
		asked[i] = ask{given: given, path: path}
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*attributionv1.BatchCreateOpportunitiesResponse, error) {
		recorded, err := s.record(ctx, tx, asked, now)
		if err != nil {
			return nil, err
		}
		resp := &attributionv1.BatchCreateOpportunitiesResponse{}
		for _, o := range recorded {
			resp.Opportunities = append(resp.Opportunities, opportunityProto(o))
		}
		return resp, nil
	})
}

// GetOpportunity implements AttributionService.
func (s *Service) GetOpportunity(ctx context.Context, req *attributionv1.GetOpportunityRequest) (*attributionv1.Opportunity, error) {
	var o *store.Opportunity
	err := s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		o, err = store.GetOpportunity(ctx, tx, ident.ID(req.GetName(), "opportunities"))
		return err
	})
	if err != nil {
		return nil, missing(err, req.GetName())
	}
	return opportunityProto(o), nil
}

// ListOpportunities implements AttributionService.
func (s *Service) ListOpportunities(ctx context.Context, req *attributionv1.ListOpportunitiesRequest) (*attributionv1.ListOpportunitiesResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	filter := store.OpportunityFilter{Account: ident.ID(req.GetAccount(), "accounts"), State: deal.State(req.GetState())}
	var rows []*store.Opportunity
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		rows, err = store.ListOpportunities(ctx, tx, filter, before(page), page.Limit())
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, next := paging.Cut(page, rows, func(o *store.Opportunity) paging.Key { return paging.Key{Number: o.OpenedAt.UnixMicro(), Text: o.ID} })
	resp := &attributionv1.ListOpportunitiesResponse{NextPageToken: next}
	for _, o := range rows {
		resp.Opportunities = append(resp.Opportunities, opportunityProto(o))
	}
	return resp, nil
}

// UpdateOpportunity implements AttributionService.
func (s *Service) UpdateOpportunity(ctx context.Context, req *attributionv1.UpdateOpportunityRequest) (*attributionv1.Opportunity, error) {
	now := s.cfg.Now()
	name := req.GetOpportunity().GetName()
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*attributionv1.Opportunity, error) {
		o, err := store.LockOpportunity(ctx, tx, ident.ID(name, "opportunities"))
		if err != nil {
			return nil, missing(err, name)
		}
		if err := etag.Check(name, req.GetOpportunity().GetEtag(), o.RowVersion); err != nil {
			return nil, err
		}
		wanted, err := wantedDeal(o, req)
		if err != nil {
			return nil, err
		}
		if err := wanted.Check(now); err != nil {
			return nil, refused(err, "opportunity")
		}
		if err := s.change(ctx, tx, []*entry{{row: o, wanted: wanted, known: true}}, now); err != nil {
			return nil, err
		}
		return opportunityProto(o), nil
	})
}

// wantedDeal is the deal that a request makes of the one on record.
func wantedDeal(o *store.Opportunity, req *attributionv1.UpdateOpportunityRequest) (deal.Deal, error) {
	merged, err := patch.Apply(req, opportunityProto(o), req.GetOpportunity())
	if err != nil {
		return deal.Deal{}, err
	}
	wanted, err := dealOf(merged, "opportunity")
	return o.Become(wanted), err
}
