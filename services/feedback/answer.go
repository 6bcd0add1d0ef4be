package feedback

import (
	"context"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/idempotency"
)

// answerRequest is a request that answers an assignment of a handoff.
type answerRequest interface {
	idempotency.Request
	GetName() string
	GetAssignment() int32
}

// AcceptHandoff implements FeedbackService.
func (s *Service) AcceptHandoff(ctx context.Context, req *feedbackv1.AcceptHandoffRequest) (*feedbackv1.Verdict, error) {
	return s.answer(ctx, req, verdict.Answer{
		Step:      verdict.Accept,
		Action:    verdict.Action(req.GetNextAction()),
		Confirmed: req.GetConfirmed(),
		NextStep:  req.GetNextStep(),
		Comment:   req.GetComment(),
	})
}

// DeclineHandoff implements FeedbackService.
func (s *Service) DeclineHandoff(ctx context.Context, req *feedbackv1.DeclineHandoffRequest) (*feedbackv1.Verdict, error) {
	return s.answer(ctx, req, verdict.Answer{Step: verdict.Decline, Comment: req.GetComment()})
}

// RejectHandoff implements FeedbackService.
func (s *Service) RejectHandoff(ctx context.Context, req *feedbackv1.RejectHandoffRequest) (*feedbackv1.Verdict, error) {
	return s.answer(ctx, req, verdict.Answer{
		Step:       verdict.Reject,
		Reason:     verdict.Reason(req.GetReason()),
		Detail:     req.GetDetail(),
		Evidence:   fromEvidence(req.GetEvidence()),
		Competitor: req.GetCompetitor(),
		Rating:     int(req.GetRating()),
		Quality:    verdict.Quality(req.GetQuality()),
		Match:      verdict.Match(req.GetMessageMatch()),
		Action:     verdict.Action(req.GetNextAction()),
		Comment:    req.GetComment(),
	})
}

// RecycleHandoff implements FeedbackService.
func (s *Service) RecycleHandoff(ctx context.Context, req *feedbackv1.RecycleHandoffRequest) (*feedbackv1.Verdict, error) {
	return s.answer(ctx, req, verdict.Answer{
		Step:     verdict.Recycle,
		Target:   verdict.Target(req.GetTarget()),
		Rating:   int(req.GetRating()),
		Quality:  verdict.Quality(req.GetQuality()),
		Match:    verdict.Match(req.GetMessageMatch()),
		Action:   verdict.Action(req.GetNextAction()),
		NextStep: req.GetNextStep(),
		Comment:  req.GetComment(),
	})
}

// DisposeHandoff implements FeedbackService.
func (s *Service) DisposeHandoff(ctx context.Context, req *feedbackv1.DisposeHandoffRequest) (*feedbackv1.Verdict, error) {
	return s.answer(ctx, req, verdict.Answer{
		Step:       verdict.Dispose,
		Outcome:    verdict.Outcome(req.GetOutcome()),
		Reason:     verdict.Reason(req.GetReason()),
		Detail:     req.GetDetail(),
		Evidence:   fromEvidence(req.GetEvidence()),
		Competitor: req.GetCompetitor(),
		Rating:     int(req.GetRating()),
		Quality:    verdict.Quality(req.GetQuality()),
		Match:      verdict.Match(req.GetMessageMatch()),
		Action:     verdict.Action(req.GetNextAction()),
		Confirmed:  req.GetConfirmed(),
		NextStep:   req.GetNextStep(),
		Comment:    req.GetComment(),
	})
}
