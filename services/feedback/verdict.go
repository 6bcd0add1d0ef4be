package feedback

import (
	"context"
	"errors"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/scope"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// ListVerdicts implements FeedbackService.
func (s *Service) ListVerdicts(ctx context.Context, req *feedbackv1.ListVerdictsRequest) (*feedbackv1.ListVerdictsResponse, error) {
	if err := scope.Handoff(ctx, s.cfg.Routing, req.GetParent()); err != nil {
		return nil, err
	}
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	resp := &feedbackv1.ListVerdictsResponse{}
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		h, err := store.GetHandoff(ctx, tx, ident.ID(req.GetParent(), "handoffs"))
		if err != nil {
			return err
		}
		after := store.Place{Assignment: page.Key.Number, Step: verdict.ParseStep(page.Key.Text)}
		verdicts, err := store.Verdicts(ctx, tx, h.ID, after, page.Limit())
		if err != nil {
			return err
		}
		verdicts, resp.NextPageToken = paging.Cut(page, verdicts, place)
		for _, v := range verdicts {
			resp.Verdicts = append(resp.Verdicts, toVerdict(v, h))
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return resp, s.exists(ctx, req.GetParent())
	}
	return resp, err
}

// place is where a page ends.
func place(v *store.Verdict) paging.Key {
	return paging.Key{Number: v.Assignment, Text: v.Step.String()}
}

// exists makes sure that a handoff exists of which nothing has arrived here. Routing has told it to those who see only
// their own.
func (s *Service) exists(ctx context.Context, name string) error {
	if !scope.Wide(auth.ActorFrom(ctx)) {
		return nil
	}
	_, err := s.cfg.Routing.GetHandoff(ctx, &routingv1.GetHandoffRequest{Name: name})
	return err
}
