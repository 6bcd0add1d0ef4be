package attribution

import (
	"context"

	"google.golang.org/protobuf/proto"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/patch"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// CreateCampaign implements AttributionService.
func (s *Service) CreateCampaign(ctx context.Context, req *attributionv1.CreateCampaignRequest) (*attributionv1.Campaign, error) {
	now := s.cfg.Now()
	given := req.GetCampaign()
	if given.GetDisplayName() == "" {
		return nil, fault.Field("campaign.display_name", "is required")
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*attributionv1.Campaign, error) {
		c := &store.Campaign{ID: req.GetCampaignId(), DisplayName: given.GetDisplayName(), Channel: given.GetChannel(),
			Category: given.GetCategory(), CreatedAt: now, UpdatedAt: now, RowVersion: 1, Events: 1}
		free, err := store.InsertCampaign(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		created := campaignProto(c)
		if !free {
			return nil, fault.Taken(created.GetName())
		}
		return created, s.log.EmitChange(ctx, tx, eventlog.Key{Name: created.GetName(), Seq: new(int64)}, "CreateCampaign", nil, created)
	})
}

// GetCampaign implements AttributionService.
func (s *Service) GetCampaign(ctx context.Context, req *attributionv1.GetCampaignRequest) (*attributionv1.Campaign, error) {
	c, err := store.GetCampaign(ctx, s.cfg.DB, ident.ID(req.GetName(), "campaigns"))
	if err != nil {
		return nil, missing(err, req.GetName())
	}
	return campaignProto(c), nil
}

// ListCampaigns implements AttributionService.
func (s *Service) ListCampaigns(ctx context.Context, req *attributionv1.ListCampaignsRequest) (*attributionv1.ListCampaignsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	rows, err := store.ListCampaigns(ctx, s.cfg.DB, page.Key.Text, page.Limit())
	if err != nil {
		return nil, err
	}
	rows, next := paging.Cut(page, rows, func(c *store.Campaign) paging.Key { return paging.Key{Text: c.ID} })
	resp := &attributionv1.ListCampaignsResponse{NextPageToken: next}
	for _, c := range rows {
		resp.Campaigns = append(resp.Campaigns, campaignProto(c))
	}
	return resp, nil
}

// UpdateCampaign implements AttributionService.
func (s *Service) UpdateCampaign(ctx context.Context, req *attributionv1.UpdateCampaignRequest) (*attributionv1.Campaign, error) {
	now := s.cfg.Now()
	name := req.GetCampaign().GetName()
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*attributionv1.Campaign, error) {
		c, err := store.LockCampaign(ctx, tx, ident.ID(name, "campaigns"))
		if err != nil {
			return nil, missing(err, name)
		}
		if err := etag.Check(name, req.GetCampaign().GetEtag(), c.RowVersion); err != nil {
			return nil, err
		}
		before := campaignProto(c)
		wanted, err := patch.Apply(req, before, req.GetCampaign())
		if err != nil {
			return nil, err
		}
		if wanted.GetDisplayName() == "" {
			return nil, fault.Field("campaign.display_name", "is required")
		}
		c.DisplayName, c.Channel, c.Category = wanted.GetDisplayName(), wanted.GetChannel(), wanted.GetCategory()
		if proto.Equal(before, campaignProto(c)) {
			return before, nil
		}
		c.UpdatedAt = now
		c.RowVersion++
		after := campaignProto(c)
		if err := s.log.EmitChange(ctx, tx, eventlog.Key{Name: name, Seq: &c.Events}, "UpdateCampaign", before, after); err != nil {
			return nil, err
		}
		return after, store.UpdateCampaign(ctx, tx, c)
	})
}
