package scoring

import (
	"context"
	"fmt"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/scope"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// CreateLead implements ScoringService.
func (s *Service) CreateLead(ctx context.Context, req *scoringv1.CreateLeadRequest) (*scoringv1.Lead, error) {
	now := s.cfg.Now()
	n, err := s.newcomer(ctx, req, "", req.GetRequestId(), now)
	if err != nil {
		return nil, err
	}
	return idempotency.Together(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*scoringv1.Lead, error) {
		return s.arrive(ctx, tx, now, n), nil
	})
}

// BatchCreateLeads implements ScoringService.
func (s *Service) BatchCreateLeads(ctx context.Context, req *scoringv1.BatchCreateLeadsRequest) (*scoringv1.BatchCreateLeadsResponse, error) {
	now := s.cfg.Now()
	newcomers := make([]*newcomer, len(req.GetRequests()))
	for i, one := range req.GetRequests() {
		if err := sameRequest(one, req, i); err != nil {
			return nil, err
		}
		n, err := s.newcomer(ctx, one, fmt.Sprintf("requests[%d].", i), fmt.Sprintf("%s#%d", req.GetRequestId(), i), now)
		if err != nil {
			return nil, err
		}
		newcomers[i] = n
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*scoringv1.BatchCreateLeadsResponse, error) {
		leads, err := s.takeIn(ctx, tx, now, newcomers, nil)
		return &scoringv1.BatchCreateLeadsResponse{Leads: leads}, err
	})
}

// sameRequest refuses a request within another one that has an id of its own: all of them have one effect.
func sameRequest(one, whole idempotency.Request, i int) error {
	if one.GetRequestId() != "" && one.GetRequestId() != whole.GetRequestId() {
		return fault.Field(fmt.Sprintf("requests[%d].request_id", i), "differs from that of the whole request")
	}
	return nil
}

// GetLead implements ScoringService.
func (s *Service) GetLead(ctx context.Context, req *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
	lead, err := s.visible(ctx, ident.ID(req.GetName(), "leads"))
	if err != nil {
		return nil, err
	}
	leads, err := shown(ctx, s.cfg.DB, []*record.Lead{lead})
	if err != nil {
		return nil, err
	}
	return leads[0], nil
}

// ListLeads implements ScoringService.
func (s *Service) ListLeads(ctx context.Context, req *scoringv1.ListLeadsRequest) (*scoringv1.ListLeadsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	if len(req.GetSourceIds()) > 0 && req.GetSource() == "" {
		return nil, fault.Field("source", "is required with source_ids")
	}
	filter := store.Filter{Source: req.GetSource(), SourceIDs: req.GetSourceIds(), Account: ident.ID(req.GetAccount(), "accounts"), Qualification: standing.Qualification(req.GetQualification())}
	if actor := auth.ActorFrom(ctx); !scope.Wide(actor) {
		if filter.Partner = scope.Partner(actor); filter.Partner == "" {
			return &scoringv1.ListLeadsResponse{}, nil
		}
	}
	resp := &scoringv1.ListLeadsResponse{}
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		rows, err := store.ListLeads(ctx, tx, filter, below(page), page.Limit())
		if err != nil {
			return err
		}
		rows, resp.NextPageToken = paging.Cut(page, rows, func(l *record.Lead) paging.Key { return paging.Key{Text: l.ID} })
		resp.Leads, err = shown(ctx, tx, rows)
		return err
	})
	return resp, err
}

// below is the id below which a page of ids begins, the newest first. No id is as large as the first one's.
func below(page paging.Page) string {
	if page.First {
		return "g"
	}
	return page.Key.Text
}

// visible reads a lead that the caller may see. To a rep that is one whose handoff is theirs, to a partner one that it
// brought; any other answers exactly like a missing one.
func (s *Service) visible(ctx context.Context, id string) (*record.Lead, error) {
	found, err := store.Leads(ctx, s.cfg.DB, []string{id})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.Missing(leadName(id))
	}
	lead, actor := found[0], auth.ActorFrom(ctx)
	if partner := scope.Partner(actor); scope.Wide(actor) || partner != "" && lead.Partner == partner {
		return lead, nil
	}
	if lead.Standing.Handoff == "" {
		return nil, fault.Missing(leadName(id))
	}
	err = scope.Handoff(ctx, s.cfg.Routing, ident.Name("handoffs", lead.Standing.Handoff))
	if f := fault.As(err); f != nil && f.Kind == fault.NotFound {
		return nil, fault.Missing(leadName(id))
	}
	return lead, err
}

// shown are leads as the API shows them, each with what those say that were merged into it.
func shown(ctx context.Context, q sqldb.Querier, rows []*record.Lead) ([]*scoringv1.Lead, error) {
	absorbed, err := absorbedBy(ctx, q, rows)
	if err != nil {
		return nil, err
	}
	leads := make([]*scoringv1.Lead, len(rows))
	for i, row := range rows {
		fields, err := record.Shown(row, absorbed[row.ID])
		if err != nil {
			return nil, err
		}
		who := person.Stored(fields)
		leads[i] = toLead(row, &who)
	}
	return leads, nil
}
