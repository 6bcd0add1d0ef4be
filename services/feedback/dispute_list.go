package feedback

import (
	"context"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/scope"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// everyHandoff is the id in the parent of a list that is of all handoffs.
const everyHandoff = "-"

// GetDispute implements FeedbackService.
func (s *Service) GetDispute(ctx context.Context, req *feedbackv1.GetDisputeRequest) (*feedbackv1.Dispute, error) {
	at := spotOf(req.GetName())
	if err := scope.Handoff(ctx, s.cfg.Routing, ident.Name("handoffs", at.handoff)); err != nil {
		return nil, missingAs(err, req.GetName())
	}
	var shown *feedbackv1.Dispute
	err := s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		h, err := store.GetHandoff(ctx, tx, at.handoff)
		if err != nil {
			return err
		}
		d, err := store.GetDispute(ctx, tx, at.handoff, at.assignment, at.step)
		if err != nil {
			return err
		}
		shown = toDispute(ctx, d, h)
		return nil
	})
	return shown, missing(err, req.GetName())
}

// ListDisputes implements FeedbackService.
func (s *Service) ListDisputes(ctx context.Context, req *feedbackv1.ListDisputesRequest) (*feedbackv1.ListDisputesResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	filter := store.DisputeFilter{State: dispute.State(req.GetState()), Campaign: req.GetCampaign(), Source: req.GetSource()}
	if err := s.keep(ctx, req.GetParent(), &filter); err != nil {
		return nil, err
	}
	if page.Key.Text != "" {
		at := spotOf(page.Key.Text)
		filter.After = &store.DisputePlace{OpenedAt: page.Key.Number, Handoff: at.handoff, Assignment: at.assignment, Step: at.step}
	}
	rows, err := store.ListDisputes(ctx, s.cfg.DB, filter, page.Limit())
	if err != nil {
		return nil, err
	}
	resp := &feedbackv1.ListDisputesResponse{}
	rows, resp.NextPageToken = paging.Cut(page, rows, func(l store.Listed) paging.Key {
		return paging.Key{Number: l.OpenedAt.UnixMicro(), Text: disputeName(l.Handoff, l.Assignment, l.Step)}
	})
	for _, l := range rows {
		resp.Disputes = append(resp.Disputes, toDispute(ctx, l.Dispute, l.Of))
	}
	if len(rows) == 0 && filter.Handoff != "" {
		return resp, s.exists(ctx, req.GetParent())
	}
	return resp, nil
}

// keep keeps a list to what the caller may see: of one handoff, whatever there is if they see the handoff; of all, the
// disputes over a rep's own assignments, or over what a partner brought.
func (s *Service) keep(ctx context.Context, parent string, filter *store.DisputeFilter) error {
	if id := ident.ID(parent, "handoffs"); id != everyHandoff {
		filter.Handoff = id
		return scope.Handoff(ctx, s.cfg.Routing, parent)
	}
	if partner := scope.Partner(auth.ActorFrom(ctx)); partner != "" {
		filter.Partner = &partner
		return nil
	}
	name, kept, err := scope.Rep(ctx, s.cfg.Routing)
	if kept {
		id := ident.ID(name, "reps")
		filter.Rep = &id
	}
	return err
}
