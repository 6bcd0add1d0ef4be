package feedback

import (
	"context"
	"errors"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/scope"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// ListPatterns implements FeedbackService.
func (s *Service) ListPatterns(ctx context.Context, req *feedbackv1.ListPatternsRequest) (*feedbackv1.ListPatternsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	view, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	var patterns []*store.Pattern
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		patterns, err = store.Patterns(ctx, tx, page.Key.Text, req.GetUnacknowledged(), page.Limit(), view)
		return err
	})
	if err != nil {
		return nil, err
	}
	resp := &feedbackv1.ListPatternsResponse{}
	patterns, resp.NextPageToken = paging.Cut(page, patterns, func(p *store.Pattern) paging.Key { return paging.Key{Text: p.ID} })
	for _, p := range patterns {
		resp.Patterns = append(resp.Patterns, toPattern(p))
	}
	return resp, nil
}

// GetPattern implements FeedbackService.
func (s *Service) GetPattern(ctx context.Context, req *feedbackv1.GetPatternRequest) (*feedbackv1.Pattern, error) {
	view, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	var found *feedbackv1.Pattern
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		found, err = shownPattern(ctx, tx, req.GetName(), view)
		return err
	})
	return found, err
}

// AcknowledgePattern implements FeedbackService.
func (s *Service) AcknowledgePattern(ctx context.Context, req *feedbackv1.AcknowledgePatternRequest) (*feedbackv1.Pattern, error) {
	now, actor := s.cfg.Now(), auth.Principal(auth.ActorFrom(ctx))
	view, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*feedbackv1.Pattern, error) {
		if _, err := shownPattern(ctx, tx, req.GetName(), view); err != nil {
			return nil, err
		}
		if _, err := store.Acknowledge(ctx, tx, ident.ID(req.GetName(), "patterns"), now, actor, req.GetNote()); err != nil {
			return nil, err
		}
		return shownPattern(ctx, tx, req.GetName(), view)
	})
}

// shownPattern is a pattern as the caller may see it. One that they may not see answers like a missing one.
func shownPattern(ctx context.Context, tx *sqldb.Tx, name string, view store.View) (*feedbackv1.Pattern, error) {
	p, err := store.GetPattern(ctx, tx, ident.ID(name, "patterns"), view)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.Missing(name)
	}
	if err != nil {
		return nil, err
	}
	return toPattern(p), nil
}

// view is what the caller may see: a rep their own patterns, and whoever leads reps also those of reps.
func (s *Service) view(ctx context.Context) (store.View, error) {
	name, kept, err := scope.Rep(ctx, s.cfg.Routing)
	return store.View{Kept: kept, Rep: ident.ID(name, "reps"), Reps: auth.Has(auth.ActorFrom(ctx), accessv1.Role_ROLE_SALES_MANAGER,
		accessv1.Role_ROLE_REVOPS, accessv1.Role_ROLE_EXEC, accessv1.Role_ROLE_SERVICE)}, err
}
